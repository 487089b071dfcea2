"""Room on the disk for what is to be fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

from cornerman.core.errors import DownloadError


class NoSpaceError(DownloadError):
    """There is no room for a model, whatever the source."""


def check_space(name: str, needed: int, folder: Path) -> None:
    """Refuse a download of ``needed`` bytes that the disk of ``folder`` has no room for.

    Raises:
        NoSpaceError: the text has both figures and is for the user.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NoSpaceError(
            f"The model {name} needs {needed / 1e6:,.1f} MB more on the disk of "
            f"{folder}, which has {free / 1e6:,.1f} MB free; make room there or set "
            "CORNERMAN_CACHE_DIR to a folder on another disk."
        )
