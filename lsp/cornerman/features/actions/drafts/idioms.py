"""Ways to write Python that have a plainer one: found and rewritten without a model."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import ParamSpec

from cornerman.core.actions import ActionKind, TextEdit
from cornerman.features.actions.drafts.dated import dated
from cornerman.features.actions.drafts.loop_idioms import as_expression, without_counter
from cornerman.features.actions.drafts.plainer import (
    plain_condition,
    plainer_expression,
    plainer_statements,
)
from cornerman.features.actions.drafts.resources import closed_by_with
from cornerman.features.actions.drafts.source import NotWritableError, Source
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import DEFINITIONS, PythonCode, parsed

StatementRule = Callable[[Source, list[ast.stmt], int, ast.AST], TextEdit | None]
"""What to write for the statements of a list from an index on, in the scope of a function."""
ExpressionRule = Callable[[Source, ast.expr], TextEdit | None]

_Parts = ParamSpec("_Parts")

_STATEMENTS: dict[ActionKind, tuple[StatementRule, ...]] = {
    ActionKind.CONVERT_LOOP: (as_expression, without_counter, plain_condition),
    ActionKind.SIMPLIFY: (plainer_statements,),
    ActionKind.MODERNIZE: (closed_by_with,),
}
_EXPRESSIONS: dict[ActionKind, tuple[ExpressionRule, ...]] = {
    ActionKind.CONVERT_LOOP: (),
    ActionKind.SIMPLIFY: (plainer_expression,),
    ActionKind.MODERNIZE: (dated,),
}
_BODIES = ("body", "orelse", "finalbody")


def idiom_edits(job: Job) -> tuple[TextEdit, ...]:
    """What the job's kind would do in its target, in order and not overlapping.

    Empty for other languages, other kinds, and files that do not parse. The edits are likely to
    be sound, but not shown to be.
    """
    code = parsed(job.snapshot.text) if job.is_python and job.kind in _STATEMENTS else None
    if code is None:
        return ()
    found = sorted(_edits(code, job), key=lambda one: (one.start, -one.end))
    kept: list[TextEdit] = []
    for edit in found:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def _edits(code: PythonCode, job: Job) -> Iterator[TextEdit]:
    source, target = Source(code), job.target
    for scope, node in _inside(code, target.start, target.end):
        for body in _bodies(node):
            for number in range(len(body)):
                for rule in _STATEMENTS[job.kind]:
                    yield from _made(job, rule, source, body, number, scope)
        if isinstance(node, ast.expr):
            for simple in _EXPRESSIONS[job.kind]:
                yield from _made(job, simple, source, node)


def _made(
    job: Job, rule: Callable[_Parts, TextEdit | None], *parts: _Parts.args, **named: _Parts.kwargs
) -> Iterator[TextEdit]:
    try:
        edit = rule(*parts, **named)
    except NotWritableError:
        return
    if edit is not None and job.target.start <= edit.start and edit.end <= job.target.end:
        lines = edit.text.replace("\r\n", "\n").split("\n")
        yield TextEdit(edit.start, edit.end, job.line_end.join(lines))


def _inside(code: PythonCode, start: int, end: int) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes that overlap a range, each with the outermost function around it."""
    lines = code.line_numbers(start, end)
    stack: list[tuple[ast.AST, ast.AST]] = [(code.module, code.module)]
    while stack:
        scope, node = stack.pop()
        first = getattr(node, "lineno", None)
        last = getattr(node, "end_lineno", None)
        if first is not None and last is not None and (first > lines[1] or last < lines[0]):
            continue
        yield scope, node
        is_outermost = isinstance(node, DEFINITIONS) and not isinstance(node, ast.ClassDef)
        inner = node if is_outermost and scope is code.module else scope
        # What stands in an f-string has no place of its own in older versions of Python.
        if not isinstance(node, ast.JoinedStr):
            stack += [(inner, child) for child in ast.iter_child_nodes(node)]


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in _BODIES:
        body = getattr(node, field, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body
