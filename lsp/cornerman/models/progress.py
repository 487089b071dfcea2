"""How far a download is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` bytes of one ``stage``, a short phrase for the user.

    A ``total`` of 0 means that the stage has nothing to count. Each stage counts on its own: one
    that resumes starts with ``done`` above zero, and wheels are smaller than what they hold.
    """

    done: int
    total: int
    stage: str


Report = Callable[[Progress], None]
"""Told how far it is; an error it raises breaks the download off, and what is there is kept."""
