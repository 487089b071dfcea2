"""The engine's log. It tells what happened, never what was generated or from what."""

from __future__ import annotations

import logging
import traceback

journal = logging.getLogger("cornerman.engine")


def record_failure(what: str, error: BaseException) -> None:
    """Log an unexpected error by its type and place; its text might hold source code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    journal.error("%s: %s at %s", what, type(error).__name__, place)
