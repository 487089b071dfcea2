"""A fix changes the place of the diagnostic, little else, and what can be checked is gone."""

from __future__ import annotations

from difflib import SequenceMatcher

from cornerman.core.actions import Check
from cornerman.features.actions.checks.syntax import compiles
from cornerman.features.actions.checks.undefined import complaints
from cornerman.features.actions.job import Change

NAME = "repair"
_MOST_LINES = 8


def repairs(change: Change) -> Check | None:
    """The diagnostic's lines change, not many others do, and no new complaint appears."""
    job = change.job
    diagnostic = job.request.diagnostic
    if diagnostic is None:
        return None
    index = job.snapshot.index
    first_of_target = index.line_of(job.target.start)
    lines = range(
        index.line_of(diagnostic.start) - first_of_target,
        index.line_of(diagnostic.end) - first_of_target + 1,
    )
    changed = _changed_lines(change)
    if not any(line in changed or line + 1 in changed for line in lines):
        return Check(NAME, passed=False, detail="The place of the problem would not change.")
    if len(changed) > max(_MOST_LINES, 2 * len(lines)):
        return Check(NAME, passed=False, detail="Much more than the problem would change.")
    return _python_repaired(change)


def _changed_lines(change: Change) -> set[int]:
    """The lines of the old code, counted from 0, that are not in the new code."""
    old, new = change.old.splitlines(), change.text.splitlines()
    changed: set[int] = set()
    for tag, i1, i2, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            changed.update(range(i1, max(i2, i1 + 1)))
    return changed


def _python_repaired(change: Change) -> Check:
    unproven = Check(NAME, passed=True, detail="Only the place of the problem changes.")
    if not change.job.is_python:
        return unproven
    if not compiles(change.job.snapshot.text):
        is_sound = compiles(change.after.text)
        detail = "The file compiles now." if is_sound else "The file still does not compile."
        return Check(NAME, passed=is_sound, detail=detail)
    before, after = complaints(change.job.snapshot.text), complaints(change.after.text)
    if before is None or after is None:
        return unproven
    if after - before:
        return Check(NAME, passed=False, detail="A name would be undefined or unused.")
    if before - after:
        return Check(NAME, passed=True, detail="Pyflakes no longer complains.")
    return unproven
