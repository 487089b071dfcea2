"""Which code an action works on, and why it would not."""

from __future__ import annotations

import re

from cornerman.context.targets import (
    DEFINITIONS,
    FUNCTIONS,
    Target,
    TargetKind,
    definition_at,
    statements_at,
)
from cornerman.core.actions import ActionKind, ActionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError

TODO = re.compile(r"\b(TODO|FIXME|XXX)\b")
_OF_FUNCTIONS = frozenset(
    {ActionKind.IMPROVE_NAMES, ActionKind.ADD_TYPES, ActionKind.TODO, ActionKind.EXTRACT_FUNCTION}
)
_OF_DEFINITIONS = frozenset({ActionKind.DOCUMENT, ActionKind.TEST})
_LINES_AROUND = 2


def target_of(request: ActionRequest) -> Target:
    """The code that a request is about.

    Raises:
        BadInputError: there is none that the action makes sense for.
    """
    snapshot, start, end = request.snapshot, request.start, request.end
    if request.kind is ActionKind.FIX and request.diagnostic is not None:
        return _around_problem(snapshot, request.diagnostic.start, request.diagnostic.end)
    if request.kind in _OF_FUNCTIONS or request.kind in _OF_DEFINITIONS:
        kinds = FUNCTIONS if request.kind in _OF_FUNCTIONS else DEFINITIONS
        found = definition_at(snapshot, start, end, kinds=kinds)
        if found is None:
            raise BadInputError("There is no function here; put the cursor into one.")
        return found
    found = code_at(snapshot, start, end)
    if found is None:
        raise BadInputError("There is no code here that can be parsed; select whole statements.")
    return found


def code_at(snapshot: DocumentSnapshot, start: int, end: int) -> Target | None:
    """The selected statements; at a cursor the function around it, or else the statement."""
    if start == end or not snapshot.text[start:end].strip():
        function = definition_at(snapshot, start, end, kinds=FUNCTIONS)
        if function is not None:
            return function
    return statements_at(snapshot, start, end)


def _around_problem(snapshot: DocumentSnapshot, start: int, end: int) -> Target:
    """The statements around a problem, or the lines around it where nothing parses."""
    index = snapshot.index
    start = min(start, max(len(snapshot.text.rstrip()) - 1, 0))
    found = statements_at(snapshot, start, max(start, end))
    if found is not None:
        return found
    first = max(index.line_of(start) - _LINES_AROUND, 0)
    last = min(index.line_of(end) + _LINES_AROUND, index.line_count - 1)
    text = snapshot.text[index.line_start(first) : index.line_end(last)]
    if not text.strip():
        raise BadInputError("There is no code at the problem.")
    begin = index.line_start(first) + len(text) - len(text.lstrip())
    return Target(TargetKind.STATEMENTS, "", begin, begin + len(text.strip()))
