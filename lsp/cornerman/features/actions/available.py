"""Which actions make sense at a place; no model is asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from cornerman.context.inventory import Inventory, inventory
from cornerman.context.languages import spec
from cornerman.context.targets import DEFINITIONS, FUNCTIONS, Target, TargetKind, definition_at
from cornerman.core.actions import ActionKind, ActionRequest, Available, Diagnostic
from cornerman.core.documents import DocumentSnapshot
from cornerman.features.actions.drafts.annotations import known_hints
from cornerman.features.actions.drafts.documentation import undocumented
from cornerman.features.actions.drafts.extraction import is_extractable
from cornerman.features.actions.drafts.idioms import idiom_edits
from cornerman.features.actions.drafts.renaming import vague_names
from cornerman.features.actions.job import Job
from cornerman.features.actions.marker import marker_near
from cornerman.features.actions.place import TODO, code_at
from cornerman.features.actions.python_code import parsed
from cornerman.features.actions.testing import can_have_tests
from cornerman.features.actions.titles import shortened

_FEWEST_LINES = 3
_REWRITES = {
    ActionKind.SIMPLIFY: "Simplify {}",
    ActionKind.CONVERT_LOOP: "Convert loops and conditionals in {}",
    ActionKind.MODERNIZE: "Modernize {}",
}
_DATED_SCRIPT = re.compile(r"\bvar\s|\bfunction\s*\(|['\"] ?\+ ?\w|\.then\(")
_SCRIPTS = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact"})


def available_actions(
    snapshot: DocumentSnapshot, start: int, end: int, diagnostics: Sequence[Diagnostic] = ()
) -> list[Available]:
    """The actions for a selection, or a cursor (equal offsets), the likeliest wanted first.

    ``diagnostics`` are those at the place. Empty where there is no code, and for documents in no
    known language there is nothing to rewrite.
    """
    if not snapshot.text.strip():
        return []
    # Held, so that each of those who look at the syntax tree does not make it anew.
    held = parsed(snapshot.text) if snapshot.language_id == "python" else None
    found = [
        *_about_problems(snapshot, diagnostics),
        *_about_code(snapshot, start, end),
        *_about_definition(snapshot, start, end),
        *_about_text(snapshot, start, end),
    ]
    del held
    return found


def _about_problems(
    snapshot: DocumentSnapshot, diagnostics: Sequence[Diagnostic]
) -> Iterator[Available]:
    for one in diagnostics:
        short = shortened(one.message)
        if spec(snapshot.language_id) is not None:
            yield Available(ActionKind.FIX, f"Fix: {short}", one.start, one.end, diagnostic=one)
        title = f"Explain: {short}"
        yield Available(ActionKind.EXPLAIN, title, one.start, one.end, diagnostic=one)


def _about_code(snapshot: DocumentSnapshot, start: int, end: int) -> Iterator[Available]:
    """Rewrites of the selection or of the function around the cursor."""
    marker = marker_near(snapshot, start, end)
    if marker is not None:
        title = f"Refactor: {shortened(marker.instruction)}"
        yield Available(ActionKind.INSTRUCTION, title, start, end, marker.instruction)
    target = code_at(snapshot, start, end)
    if target is None:
        return
    if start != end or target.kind is not TargetKind.STATEMENTS:
        yield Available(ActionKind.INSTRUCTION, "Refactor…", start, end)
    for kind, words in _REWRITES.items():
        if _has(kind, snapshot, target, start, end):
            yield Available(kind, words.format(_called(target)), start, end)


def _has(
    kind: ActionKind, snapshot: DocumentSnapshot, target: Target, start: int, end: int
) -> bool:
    """Whether there is something to rewrite; of Python that is known, otherwise likely."""
    if snapshot.language_id == "python":
        return bool(idiom_edits(_job(snapshot, target, start, end, kind)))
    code = target.code(snapshot)
    if kind is ActionKind.MODERNIZE:
        return snapshot.language_id in _SCRIPTS and _DATED_SCRIPT.search(code) is not None
    is_long = code.count("\n") + 1 >= _FEWEST_LINES
    return is_long and _has_logic(inventory(code, snapshot.language_id))


def _about_definition(snapshot: DocumentSnapshot, start: int, end: int) -> Iterator[Available]:
    """What is done to the function around the place, or to the class."""
    function = definition_at(snapshot, start, end, kinds=FUNCTIONS)
    definition = definition_at(snapshot, start, end, kinds=DEFINITIONS)
    if function is not None and snapshot.language_id == "python":
        yield from _about_python(snapshot, function, start, end)
    if definition is None:
        return
    if undocumented(_job(snapshot, definition, start, end, ActionKind.DOCUMENT)):
        yield Available(ActionKind.DOCUMENT, f"Document {definition.name}", start, end)
    if can_have_tests(snapshot, definition):
        yield Available(ActionKind.TEST, f"Write tests for {definition.name}", start, end)
    if function is not None and TODO.search(_lines(snapshot, start, end)):
        yield Available(ActionKind.TODO, "Complete the TODO", start, end)


def _about_python(
    snapshot: DocumentSnapshot, function: Target, start: int, end: int
) -> Iterator[Available]:
    code = parsed(snapshot.text)
    node = code.definition_at(function.start) if code else None
    if code is None or node is None or isinstance(node, ast.ClassDef):
        return
    if vague_names(code, node):
        title = f"Improve names in {function.name}"
        yield Available(ActionKind.IMPROVE_NAMES, title, start, end)
    if known_hints(_job(snapshot, function, start, end, ActionKind.ADD_TYPES)):
        yield Available(ActionKind.ADD_TYPES, f"Add type hints to {function.name}", start, end)
    job = _job(snapshot, function, start, end, ActionKind.EXTRACT_FUNCTION)
    if start != end and is_extractable(job):
        yield Available(ActionKind.EXTRACT_FUNCTION, "Extract function", start, end)


def _about_text(snapshot: DocumentSnapshot, start: int, end: int) -> Iterator[Available]:
    has_selection = bool(snapshot.text[start:end].strip())
    definition = definition_at(snapshot, start, end, kinds=DEFINITIONS)
    if has_selection or definition is not None:
        called = "selection" if has_selection or definition is None else definition.name
        yield Available(ActionKind.EXPLAIN, f"Explain {called}", start, end)
        yield Available(ActionKind.REVIEW, f"Review {called}", start, end)


def _job(snapshot: DocumentSnapshot, target: Target, start: int, end: int, kind: ActionKind) -> Job:
    return Job(ActionRequest(kind, snapshot, start, end), target)


def _called(target: Target) -> str:
    return target.name or "selection"


def _has_logic(things: Inventory) -> bool:
    return things.total("branch") + things.total("loop") > 0


def _lines(snapshot: DocumentSnapshot, start: int, end: int) -> str:
    """The comments in the lines of the place."""
    index = snapshot.index
    first = index.line_start(index.line_of(start))
    return snapshot.text[first : index.line_end(index.line_of(end))]
