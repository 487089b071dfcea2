"""How far a download is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` bytes of one ``stage``, a short phrase for the user.

    Each stage counts on its own: a stage that resumes starts with ``done`` above zero, and the
    wheels of a model are smaller than the model.
    """

    done: int
    total: int
    stage: str


Report = Callable[[Progress], None]
