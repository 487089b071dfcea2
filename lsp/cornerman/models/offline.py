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


def refuse_model(name: str) -> None:
    """Raise in offline mode for a model that is not on this machine.

    Raises:
        DownloadError: it is on; the text is for the user.
    """
    if is_on():
        raise DownloadError(
            f"The model {name} is not on this machine, and {REASON}; unset it and run "
            f"`cornerman models pull {name}`."
        )
