"""What the code does stays the same, as far as that can be shown without running it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from cornerman.core.actions import ActionKind, Check
from cornerman.features.actions.drafts.renaming import is_renaming
from cornerman.features.actions.equivalence import do_the_same
from cornerman.features.actions.job import Change
from cornerman.features.actions.python_code import (
    DEFINITIONS,
    UNPARSABLE,
    Definition,
    PythonCode,
    docstring_node,
    parsed,
)

NAME = "behaviour"


def does_the_same(change: Change) -> Check | None:
    """The old and the new file are equal in normal form; Python only."""
    if not change.job.is_python:
        return None
    old, new = change.job.snapshot.text, change.after.text
    if parsed(old) is None or parsed(new) is None:
        return Check(NAME, passed=False, detail="The file does not parse, so nothing can be shown.")
    if do_the_same(old, new):
        return Check(NAME, passed=True, detail="It is shown to do the same.")
    is_asked_for = change.job.kind is ActionKind.INSTRUCTION
    detail = "It could not be shown to do the same."
    return None if is_asked_for else Check(NAME, passed=False, detail=detail)


def only_renames(change: Change) -> Check | None:
    """The syntax trees differ only by a one-to-one renaming within the target."""
    try:
        # Names are changed for the comparison, so that these trees cannot be shared.
        before, after = PythonCode(change.job.snapshot.text), PythonCode(change.after.text)
    except (SyntaxError, ValueError):
        return None
    start = change.job.target.start
    old, new = before.definition_at(start), after.definition_at(start)
    mapping = is_renaming(old, new) if old is not None and new is not None else None
    if mapping is None or ast.dump(before.module) != ast.dump(after.module):
        return Check(NAME, passed=False, detail="More than names would change.")
    count = sum(old != new for old, new in mapping.items())
    what = "1 variable has another name" if count == 1 else f"{count} variables have other names"
    return Check(NAME, passed=True, detail=f"Nothing but names changes: {what}.")


def only_documents(change: Change) -> Check | None:
    """The syntax trees are equal without docstrings."""
    return _equal_without(change, _without_docstrings, "Nothing but the docstring changes.")


def only_annotates(change: Change) -> Check | None:
    """The syntax trees are equal without annotations."""
    return _equal_without(change, _without_annotations, "Nothing but type hints changes.")


class _Blank(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)


def _equal_without(
    change: Change, strip: Callable[[Definition], None], detail: str
) -> Check | None:
    trees = _trees(change)
    if trees is None:
        return None
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, DEFINITIONS):
                strip(node)
    is_equal = ast.dump(trees[0]) == ast.dump(trees[1])
    return Check(
        NAME, passed=is_equal, detail=detail if is_equal else "More than that would change."
    )


def _without_docstrings(node: Definition) -> None:
    found = docstring_node(node)
    if found is not None:
        node.body.remove(found)


def _without_annotations(node: Definition) -> None:
    if not isinstance(node, ast.ClassDef):
        node.returns = None
        _Blank().visit(node.args)


def _trees(change: Change) -> tuple[ast.Module, ast.Module] | None:
    if not change.job.is_python:
        return None
    try:
        return ast.parse(change.job.snapshot.text), ast.parse(change.after.text)
    except UNPARSABLE:
        return None
