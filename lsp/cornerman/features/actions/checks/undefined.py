"""No name is used that nothing defines."""

from __future__ import annotations

import ast
from collections import Counter

from pyflakes import messages
from pyflakes.checker import Checker

from cornerman.context.inventory import identifiers
from cornerman.core.actions import ActionKind, Check
from cornerman.features.actions.job import Change
from cornerman.features.actions.python_code import UNPARSABLE

NAME = "names"
_WRONG = (
    messages.UndefinedName,
    messages.UndefinedLocal,
    messages.UndefinedExport,
    messages.ReturnOutsideFunction,
    messages.DuplicateArgument,
    messages.RedefinedWhileUnused,
    messages.FStringMissingPlaceholders,
    messages.IsLiteral,
    messages.UnusedVariable,
    messages.UnusedImport,
)


def no_undefined_names(change: Change) -> Check | None:
    """No complaint of pyflakes that the file did not have before; Python only."""
    job = change.job
    if not job.is_python:
        return _no_invented_names(change)
    before, after = complaints(job.snapshot.text), complaints(change.after.text)
    if before is None or after is None:
        return None
    if after - before:
        detail = "A name would be undefined or unused."
        return Check(NAME, passed=False, detail=detail)
    return Check(NAME, passed=True, detail="All names are defined.")


def complaints(text: str) -> Counter[tuple[str, str]] | None:
    """What pyflakes finds wrong about names, by kind and name; None if ``text`` does not parse."""
    try:
        tree = ast.parse(text)
    except UNPARSABLE:
        return None
    found = [message for message in Checker(tree).messages if isinstance(message, _WRONG)]
    return Counter((type(m).__name__, str(m.message_args[:1])) for m in found)


def _no_invented_names(change: Change) -> Check | None:
    """In other languages a rewrite that adds nothing may only use the file's own names."""
    job = change.job
    if job.kind not in (ActionKind.SIMPLIFY, ActionKind.CONVERT_LOOP):
        return None
    language = job.snapshot.language_id
    known = {name for _, name in identifiers(job.snapshot.text, language)}
    used = Counter(name for _, name in identifiers(change.text, language))
    invented = [name for name in used if name not in known]
    detail = (
        "It would use a name that the file does not have." if invented else "All names are known."
    )
    return Check(NAME, passed=not invented, detail=detail)
