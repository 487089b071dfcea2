"""What the journal tells: figures a language and model, a day, and the latest reasons."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cornerman.core.errors import CornermanError
from cornerman.statistics.store import opened

_DAY_SECONDS = 86_400
# Probabilities at which one band ends and the next begins.
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
# Fewer suggestions tell nothing about a band.
_TELLING = 20
# Of those on show, so many have to be taken for them to be worth the distraction.
_WORTH_SHOWING = 0.1


class StatisticsError(CornermanError):
    """The journal cannot be read."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the suggestions in one language by one model; characters as accepted."""

    language: str
    model: str
    shown: int
    accepted: int
    kept: int
    looked_at: int
    characters: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day's suggestions; ``date`` is local, as in 2026-11-21."""

    date: str
    shown: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How one request ended. ``at`` is in seconds since the epoch."""

    at: float
    language: str
    model: str
    source: str
    reason: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Band:
    """Suggestions that came by themselves and were about equally likely, ``low`` to ``high``."""

    low: float
    high: float
    shown: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Report:
    """All that ``cornerman stats`` shows."""

    figures: tuple[Figures, ...]
    days: tuple[Day, ...]
    endings: tuple[Ending, ...]
    bands: tuple[Band, ...] = ()


def report(path: Path, days: int, endings: int) -> Report:
    """The latest ``days`` and the latest ``endings`` without a suggestion, the newest first.

    Raises:
        StatisticsError: the file cannot be read.
    """
    import sqlite3

    if not path.exists():
        return Report((), (), ())
    since = time.time() - days * _DAY_SECONDS
    try:
        with opened(path) as database:
            figures = database.execute(
                "SELECT language, model, COUNT(*), SUM(accepted > 0), COALESCE(SUM(kept), 0),"
                " COUNT(kept), SUM(accepted) FROM suggestions WHERE at >= ?"
                " GROUP BY language, model ORDER BY COUNT(*) DESC",
                (since,),
            ).fetchall()
            by_day = database.execute(
                "SELECT date(at, 'unixepoch', 'localtime') AS day, COUNT(*), SUM(accepted > 0)"
                " FROM suggestions WHERE at >= ? GROUP BY day ORDER BY day",
                (since,),
            ).fetchall()
            likely = database.execute(
                "SELECT probability, accepted > 0 FROM suggestions"
                " WHERE at >= ? AND automatic AND probability IS NOT NULL",
                (since,),
            ).fetchall()
            latest = database.execute(
                "SELECT at, language, model, source, reason, milliseconds FROM answers"
                " WHERE reason != '' ORDER BY number DESC LIMIT ?",
                (endings,),
            ).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise StatisticsError(
            f"The statistics cannot be read; remove {path} to start anew."
        ) from error
    return Report(
        tuple(Figures(*row) for row in figures),
        tuple(Day(*row) for row in by_day),
        tuple(Ending(*row) for row in latest),
        _bands(likely),
    )


def suggested_threshold(bands: tuple[Band, ...]) -> float | None:
    """The probability from which on suggestions were taken often enough; None if nobody knows.

    That is the lowest band of those that were shown often enough to tell.
    """
    telling = [band for band in bands if band.shown >= _TELLING]
    worth = [band for band in telling if band.accepted >= _WORTH_SHOWING * band.shown]
    return worth[0].low if worth and worth[0] != telling[0] else None


def _bands(likely: list[tuple[float, int]]) -> tuple[Band, ...]:
    bands: list[Band] = []
    for low, high in pairwise(_EDGES):
        within = [bool(taken) for p, taken in likely if low <= p < high or p == high == 1.0]
        if within:
            bands.append(Band(low, high, len(within), sum(within)))
    return tuple(bands)
