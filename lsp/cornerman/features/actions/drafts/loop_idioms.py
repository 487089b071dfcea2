"""Loops that one expression says, and loops that count for nothing."""

from __future__ import annotations

import ast
import builtins
import re
from typing import cast

from cornerman.core.actions import TextEdit
from cornerman.features.actions.drafts.source import Source

_STARTS = {ast.List: ("append", "[", "]"), ast.Call: ("add", "{", "}")}


def as_expression(
    source: Source, body: list[ast.stmt], number: int, scope: ast.AST
) -> TextEdit | None:
    """A loop that builds a collection, counts or looks for something, as an expression."""
    first = body[number]
    second = body[number + 1] if number + 1 < len(body) else None
    if isinstance(first, ast.Assign) and isinstance(second, ast.For):
        return _collected(source, first, second, body[number + 2 : number + 3], scope)
    if isinstance(first, ast.For) and isinstance(second, ast.Return):
        return _looked_for(source, first, second)
    return None


def without_counter(
    source: Source, body: list[ast.stmt], number: int, scope: ast.AST
) -> TextEdit | None:
    """``for i in range(len(x))`` that only reads ``x[i]``, as a loop over ``x``."""
    loop = body[number]
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return None
    match = re.fullmatch(r"range\(len\((\w+)\)\)", source.of(loop.iter))
    if match is None:
        return None
    sequence, counter = match[1], loop.target.id
    inside = [node for statement in loop.body for node in ast.walk(statement)]
    reads = [
        node
        for node in inside
        if isinstance(node, ast.Subscript) and _is_element(node, sequence, counter)
    ]
    uses = [n for n in inside if isinstance(n, ast.Name) and n.id in (sequence, counter)]
    element = _free_name(sequence, scope)
    if not reads or len(uses) != 2 * len(reads) or element is None:
        return None
    start, end = source.code.start(loop), source.code.end(loop.body[-1])
    text = source.code.text[start:end]
    for node in sorted(reads, key=source.code.start, reverse=True):
        at = source.code.start(node) - start
        text = text[:at] + element + text[source.code.end(node) - start :]
    head = source.code.end(loop.iter) - start
    return TextEdit(start, end, f"for {element} in {sequence}{text[head:]}")


def _collected(
    source: Source, start: ast.Assign, loop: ast.For, after: list[ast.stmt], scope: ast.AST
) -> TextEdit | None:
    name = start.targets[0]
    if len(start.targets) != 1 or not isinstance(name, ast.Name):
        return None
    clauses, step = _clauses(source, loop)
    made = _elements(source, start.value, step, name.id)
    if made is None:
        return None
    opening, element, closing = made
    uses = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name.id]
    last = after[0] if after else None
    if isinstance(last, ast.Return) and _is_named(last.value, name.id) and len(uses) == 3:
        text = _laid_out(source, start, "return ", opening, element, clauses, closing)
        return source.replacing(start, last, text)
    text = _laid_out(source, start, f"{name.id} = ", opening, element, clauses, closing)
    return source.replacing(start, loop, text)


def _looked_for(source: Source, loop: ast.For, after: ast.Return) -> TextEdit | None:
    clauses, step = _clauses(source, loop)
    tests = [node for node in ast.walk(loop) if isinstance(node, ast.If)]
    if not isinstance(step, ast.Return) or len(tests) != 1 or not clauses[-1].startswith("if "):
        return None
    found, other = _constant(step.value), _constant(after.value)
    if isinstance(found, bool) and isinstance(other, bool) and found is not other:
        test, clauses = tests[0].test, clauses[:-1]
        is_all = not found and _is_negative(test)
        opening = "any(" if found else "all(" if is_all else "not any("
        element = source.opposite(test) if is_all else source.part(test)
        text = _laid_out(source, loop, "return ", opening, element, clauses, ")")
        return source.replacing(loop, after, text)
    if isinstance(step.value, ast.expr) and (after.value is None or _is_constant(after.value)):
        default = "None" if after.value is None else source.of(after.value)
        whole = " ".join([source.part(step.value), *clauses])
        text = f"return next(({whole}), {default})"
        return source.replacing(loop, after, text) if source.fits(loop, text) else None
    return None


def _clauses(source: Source, loop: ast.For) -> tuple[list[str], ast.stmt | None]:
    """The loop as ``for`` and ``if`` of a comprehension, and the one statement in it."""
    clauses: list[str] = []
    node: ast.stmt = loop
    while isinstance(node, (ast.For, ast.If)):
        if node.orelse or len(node.body) != 1:
            return clauses, None
        if isinstance(node, ast.For):
            clauses.append(f"for {source.of(node.target)} in {source.part(node.iter)}")
        else:
            clauses.append(f"if {source.part(node.test)}")
        node = node.body[0]
    return clauses, node


def _elements(
    source: Source, start: ast.expr, step: ast.stmt | None, name: str
) -> tuple[str, str, str] | None:
    """How the expression opens, what is in it, and how it closes."""
    if isinstance(start, ast.Dict) and not start.keys and isinstance(step, ast.Assign):
        target = step.targets[0]
        if isinstance(target, ast.Subscript) and _is_named(target.value, name):
            return "{", f"{source.part(target.slice)}: {source.part(step.value)}", "}"
    if isinstance(step, ast.AugAssign) and _is_named(step.target, name):
        is_count = _constant(start) == 0 and isinstance(step.op, ast.Add)
        return ("sum(", source.part(step.value), ")") if is_count else None
    is_set = isinstance(start, ast.Call) and source.of(start) == "set()"
    if not is_set and not (isinstance(start, ast.List) and not start.elts):
        return None
    method, opening, closing = _STARTS[ast.Call if is_set else ast.List]
    call = step.value if isinstance(step, ast.Expr) else None
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return None
    is_step = isinstance(call.func, ast.Attribute) and call.func.attr == method
    if not is_step or not _is_named(cast("ast.Attribute", call.func).value, name):
        return None
    return opening, source.part(call.args[0]), closing


def _laid_out(
    source: Source,
    place: ast.stmt,
    before: str,
    opening: str,
    element: str,
    clauses: list[str],
    closing: str,
) -> str:
    """One line if it fits, otherwise a line for each clause; raises ``NotWritableError``."""
    line = f"{before}{opening}{' '.join([element, *clauses])}{closing}"
    if source.fits(place, line):
        return line
    indent = source.indent(place)
    inner = indent + ("\t" if "\t" in indent else "    ")
    lines = [inner + part for part in (element, *clauses)]
    return "\n".join([before + opening, *lines, indent + closing])


def _free_name(sequence: str, scope: ast.AST) -> str | None:
    taken = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name)} | set(dir(builtins))
    taken |= {n.arg for n in ast.walk(scope) if isinstance(n, ast.arg)}
    singular = sequence[:-1] if sequence.endswith("s") and len(sequence) > 3 else ""
    names = (singular, "item", "element")
    return next((name for name in names if name.isidentifier() and name not in taken), None)


def _is_element(node: ast.Subscript, sequence: str, counter: str) -> bool:
    is_read = isinstance(node.ctx, ast.Load)
    return is_read and _is_named(node.value, sequence) and _is_named(node.slice, counter)


def _is_negative(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return isinstance(test.ops[0], (ast.NotEq, ast.IsNot, ast.NotIn))
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _is_named(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else node
