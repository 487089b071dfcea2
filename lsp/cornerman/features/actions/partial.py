"""The sound part of an answer: a model that changes too much may have one good idea in it."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.core.actions import ActionKind, Check, FileEdit, TextEdit
from cornerman.features.actions.checks import examine
from cornerman.features.actions.edits import minimal_edits
from cornerman.features.actions.job import Change, Job

_MOST_EDITS = 12
_KINDS = frozenset({ActionKind.SIMPLIFY, ActionKind.CONVERT_LOOP, ActionKind.MODERNIZE})


def sound_part(change: Change) -> tuple[Change, tuple[Check, ...]] | None:
    """The change with only those of its edits that pass together, with their checks.

    None if none does, and for kinds whose edits belong together.
    """
    return sound_edits(change, minimal_edits(change.old, change.text, change.job.target.start))


def with_edits(job: Job, edits: Sequence[TextEdit]) -> Change:
    """The change that makes ``edits``, which lie in the target, and nothing else."""
    text = FileEdit(job.snapshot, tuple(edits)).applied()
    longer = len(text) - len(job.snapshot.text)
    return job.changed_to(text[job.target.start : job.target.end + longer])


def sound_edits(
    change: Change, edits: Sequence[TextEdit]
) -> tuple[Change, tuple[Check, ...]] | None:
    """As :func:`sound_part`, of these edits."""
    job = change.job
    is_divisible = job.kind in _KINDS and job.is_python and 1 < len(edits) <= _MOST_EDITS
    best: tuple[Change, tuple[Check, ...]] | None = None
    kept: list[TextEdit] = []
    for edit in edits if is_divisible else ():
        tried = sorted([*kept, edit], key=lambda one: one.start)
        part = with_edits(job, tried)
        checks = examine(part)
        if not part.is_empty and all(check.passed for check in checks):
            kept, best = tried, (part, checks)
    return best
