"""What is examined before an edit is offered: one module a concern, one list a kind of action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cornerman.core.actions import ActionKind, Check
from cornerman.features.actions.checks.behaviour import (
    does_the_same,
    only_annotates,
    only_documents,
    only_renames,
)
from cornerman.features.actions.checks.contents import (
    keeps_contents,
    keeps_everything,
    only_adds,
)
from cornerman.features.actions.checks.contract import keeps_comments, keeps_signature
from cornerman.features.actions.checks.extraction import only_extracts
from cornerman.features.actions.checks.repair import repairs
from cornerman.features.actions.checks.syntax import parses
from cornerman.features.actions.checks.undefined import no_undefined_names
from cornerman.features.actions.job import Change

ChangeCheck = Callable[[Change], Check | None]
"""Examines a change; None where the check has nothing to say about it."""


def _same_or_complete(change: Change) -> Check | None:
    """Python must be shown to do the same; of other languages nothing may be missing."""
    return does_the_same(change) if change.job.is_python else keeps_everything(change)


_REWRITES: tuple[ChangeCheck, ...] = (
    *(parses, keeps_signature, keeps_comments, no_undefined_names, _same_or_complete),
)
CHECKS: Mapping[ActionKind, Sequence[ChangeCheck]] = {
    ActionKind.SIMPLIFY: _REWRITES,
    ActionKind.MODERNIZE: _REWRITES,
    ActionKind.CONVERT_LOOP: _REWRITES,
    ActionKind.IMPROVE_NAMES: (parses, keeps_signature, no_undefined_names, only_renames),
    ActionKind.ADD_TYPES: (parses, no_undefined_names, only_annotates),
    ActionKind.DOCUMENT: (parses, only_documents),
    ActionKind.EXTRACT_FUNCTION: (
        *(parses, keeps_signature, keeps_comments, no_undefined_names, only_extracts),
    ),
    ActionKind.INSTRUCTION: (
        *(parses, keeps_signature, keeps_comments, no_undefined_names, keeps_contents),
        does_the_same,
    ),
    ActionKind.FIX: (parses, keeps_signature, keeps_comments, repairs, keeps_contents),
    ActionKind.TODO: (parses, keeps_signature, no_undefined_names, only_adds),
}


def examine(change: Change) -> tuple[Check, ...]:
    """The checks of the change's kind, in order, up to the first one that fails."""
    made: list[Check] = []
    for check in CHECKS[change.job.kind]:
        result = check(change)
        if result is not None:
            made.append(result)
            if not result.passed:
                break
    return tuple(made)
