"""Suggestions noted in a journal, as if somebody had typed."""

from __future__ import annotations

from cornerman.statistics.journal import Shown
from cornerman.statistics.store import LocalJournal


def suggested(journal: LocalJournal, probability: float, *, taken: int, of: int) -> None:
    """So many equally likely suggestions that came by themselves, of which some were accepted."""
    for number in range(of):
        name = f"{probability} {number}"
        shown = Shown(
            name, "python", "m", is_automatic=True, characters=10, probability=probability
        )
        journal.shown(shown)
        if number < taken:
            journal.accepted(name, 10)
