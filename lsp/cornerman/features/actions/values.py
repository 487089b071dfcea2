"""What some statements of a Python function take from the rest of it, and what they give back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from cornerman.features.actions.equivalence.facts import (
    COMPREHENSIONS,
    ends,
    has_own_frame,
    is_seen_by_one,
    shared_names,
)
from cornerman.features.actions.python_code import DEFINITIONS, Function, arguments

# What belongs to its function, or may see variables at other times than its place says.
_BOUND_TO_PLACE = (
    *(ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Break),
    *(ast.Continue, ast.NamedExpr, ast.Delete, ast.Import, ast.ImportFrom),
)
_GUARDS = (ast.Try, ast.With, ast.AsyncWith)


@dataclass(frozen=True, slots=True)
class Values:
    """Names of variables, each list in the order of the first mention."""

    inputs: list[str]
    outputs: list[str]


def values_between(function: Function, statements: list[ast.stmt]) -> Values | None:
    """The variables that go into and come out of statements of one block of a function.

    None if the statements would not do the same as a function of their own, as far as can be told.
    """
    nodes = list(ast.walk(function))
    has_inner = any(isinstance(n, (*DEFINITIONS, ast.Lambda)) for n in nodes if n is not function)
    if has_inner or shared_names(function) or has_own_frame(function):
        return None
    inside = {node for statement in statements for node in ast.walk(statement)}
    if any(isinstance(node, _BOUND_TO_PLACE) for node in inside):
        return None
    stored = _mentioned(statements, stores=True)
    parameters = {one.arg for one in arguments(function)}
    needed, given = _flow(statements, set())
    local = parameters | set(_mentioned(function.body, stores=True))
    inputs = [n for n in _mentioned(statements, stores=False) if n in needed & local]
    read_outside = {n.id for n in nodes if _is_read(n) and n not in inside}
    outputs = [name for name in stored if name in read_outside]
    before = _known_before(function.body, statements, parameters)
    # What is both may be carried from one turn of a loop to the next.
    is_clear = not set(inputs) & set(stored) and set(inputs) <= (before or set())
    is_certain = set(outputs) <= given and not (outputs and _is_guarded(function, statements))
    is_private = all(is_seen_by_one(name, function) for name in outputs)
    return Values(inputs, outputs) if is_clear and is_certain and is_private else None


def _flow(statements: list[ast.stmt], known: set[str]) -> tuple[set[str], set[str]]:
    """The names that may be read before they are bound, and those bound for sure at the end."""
    needed: set[str] = set()
    known = set(known)
    for node in statements:
        if isinstance(node, ast.If):
            first, second = _flow(node.body, known), _flow(node.orelse, known)
            needed |= (_read([node.test]) - known) | first[0] | second[0]
            if ends(node.body) or ends(node.orelse):
                known = second[1] if ends(node.body) else first[1]
            else:
                known = first[1] & second[1]
        elif isinstance(node, ast.For):
            needed |= _read([node.iter, node.target]) - known
            turn = known | set(_mentioned([node.target], stores=True))
            needed |= _flow(node.body, turn)[0] | _flow(node.orelse, known)[0]
        elif isinstance(node, ast.While):
            needed |= _read([node.test]) - known
            needed |= _flow(node.body, known)[0] | _flow(node.orelse, known)[0]
        elif isinstance(node, ast.With):
            items: list[ast.AST] = list(node.items)
            needed |= _read(items) - known
            known |= set(_mentioned(items, stores=True))
            # It may swallow an error, so that nothing in it is bound for sure.
            needed |= _flow(node.body, known)[0]
        elif hasattr(node, "body") or isinstance(node, ast.Match):
            needed |= _read([node]) - known
        else:
            needed |= _read([node]) - known
            known |= set(_mentioned([node], stores=True))
    return needed, known


def _known_before(
    block: list[ast.stmt], statements: list[ast.stmt], known: set[str]
) -> set[str] | None:
    """The names bound for sure where the statements begin; None if they are not in the block."""
    for number, node in enumerate(block):
        if node is statements[0]:
            return _flow(block[:number], known)[1]
        inner = _flow(block[:number], known)[1]
        if isinstance(node, (ast.For, ast.With)):
            heads: list[ast.AST] = [node.target] if isinstance(node, ast.For) else [*node.items]
            inner |= set(_mentioned(heads, stores=True))
        for part in _blocks(node):
            found = _known_before(part, statements, inner)
            if found is not None:
                return found
    return None


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _is_guarded(function: Function, statements: list[ast.stmt]) -> bool:
    """True if the function may go on after an error in the statements."""
    guards = (node for node in ast.walk(function) if isinstance(node, _GUARDS))
    return any(statements[0] in ast.walk(guard) for guard in guards)


def _read(nodes: list[ast.AST]) -> set[str]:
    return set(_mentioned(nodes, stores=False))


def _mentioned(nodes: list[ast.AST] | list[ast.stmt], *, stores: bool) -> list[str]:
    """The names that nodes bind, or those that they read, without what comprehensions bind."""
    found: dict[str, None] = {}
    for node in nodes:
        hidden: set[str] = set()
        inner = list(ast.iter_child_nodes(node))
        if isinstance(node, COMPREHENSIONS):
            targets: list[ast.AST] = [generator.target for generator in node.generators]
            hidden = set(_mentioned(targets, stores=True))
        if isinstance(node, ast.Name) and (not _is_read(node) if stores else _is_read(node)):
            found[node.id] = None
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and not stores:
            found[node.target.id] = None
        found |= dict.fromkeys(n for n in _mentioned(inner, stores=stores) if n not in hidden)
    return list(found)


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
