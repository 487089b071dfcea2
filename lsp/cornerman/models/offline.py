"""Offline mode: nothing here touches the network while it is on."""

from __future__ import annotations

import os

from cornerman.core.errors import DownloadError

VARIABLE = "CORNERMAN_OFFLINE"
REASON = f"offline mode is on ({VARIABLE})"
"""A clause for messages."""


def is_on() -> bool:
    """Whether the user has asked for it."""
    return os.environ.get(VARIABLE, "").strip().lower() not in ("", "0", "false", "no", "off")


def refuse() -> None:
    """Raise in offline mode.

    Raises:
        DownloadError: it is on; the text is a clause.
    """
    if is_on():
        raise DownloadError(REASON)
