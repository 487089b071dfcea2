"""What a user is told about models, and what they can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Fit(str, Enum):
    """How a model goes with this machine: ``TIGHT`` runs, and leaves little for other programs."""

    WELL = "well"
    TIGHT = "tight"
    NO = "no"


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """A model as a choice. Sizes in bytes; ``memory_bytes`` is with the usual context.

    ``speed`` is a class: ``fast``, ``fair`` or ``slow``. ``license_note`` is empty for a licence
    that allows everything. ``recommended`` is true for the one model to begin with here.
    """

    name: str
    title: str
    roles: tuple[str, ...]
    size_bytes: int
    memory_bytes: int
    installed: bool
    fit: Fit
    speed: str
    license: str
    license_note: str
    recommended: bool
    in_use: bool


@dataclass(frozen=True, slots=True)
class PulledModel:
    """A model that is on this machine now; ``path`` is a file or a folder."""

    model: str
    path: str


@dataclass(frozen=True, slots=True)
class PullProgress:
    """``done`` of ``total`` bytes of a stage of a download; a ``total`` of 0 counts nothing."""

    model: str
    stage: str
    done: int
    total: int


OnPull = Callable[[PullProgress], None]
