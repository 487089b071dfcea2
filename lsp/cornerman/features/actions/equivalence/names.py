"""Local variables under names that depend on their places only."""

from __future__ import annotations

import ast
from collections import Counter
from typing import cast

from cornerman.features.actions.equivalence.facts import (
    COMPREHENSIONS,
    FUNCTIONS,
    bound_otherwise,
    has_own_frame,
    occurrences,
)


def renamed(module: ast.Module) -> ast.Module:
    """The module with the variables of comprehensions and functions renamed, in place.

    What is left alone makes two sources look different that are not, never the reverse.
    """
    module = cast("ast.Module", _Comprehensions().visit(module))
    for node in _outermost_functions(module):
        if not has_own_frame(node):
            _rename_locals(node)
    return module


class _Comprehensions(ast.NodeTransformer):
    """Renames what comprehensions bind, which nothing outside of them can see."""

    def __init__(self) -> None:
        self._depth = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        is_comprehension = isinstance(node, COMPREHENSIONS)
        self._depth += is_comprehension
        super().generic_visit(node)
        self._depth -= is_comprehension
        if isinstance(node, COMPREHENSIONS):
            targets = [generator.target for generator in node.generators]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            first = occurrences(node.generators[0].iter)
            bound_inside = any(isinstance(n, (ast.Lambda, ast.NamedExpr)) for n in ast.walk(node))
            if not bound_inside and not any(first[name] for name in names):
                order = dict.fromkeys(names)
                new = {name: f"c{self._depth} {n}" for n, name in enumerate(order)}
                _Names(new).visit(node)
        return node


def _outermost_functions(node: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    for child in ast.iter_child_nodes(node):
        found += [child] if isinstance(child, FUNCTIONS) else _outermost_functions(child)
    return found


def _rename_locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    kept = bound_otherwise(function)
    bound: list[str] = []
    elsewhere: Counter[str] = Counter()
    for node in _inside(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append(node.id)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda, *COMPREHENSIONS)):
            elsewhere.update(_bound_in(node))
    order = dict.fromkeys(bound)
    free = [name for name in order if name not in kept and not elsewhere[name]]
    _Names({name: f"v {n}" for n, name in enumerate(free)}).visit(function)


def _inside(function: ast.AST) -> list[ast.AST]:
    """The nodes of a function's own scope, and the roots of those inside of it."""
    found: list[ast.AST] = []
    for child in ast.iter_child_nodes(function):
        found.append(child)
        if not isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda, *COMPREHENSIONS)):
            found += _inside(child)
    return found


def _bound_in(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_bound(n)]


def _is_bound(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


class _Names(ast.NodeTransformer):
    def __init__(self, new: dict[str, str]) -> None:
        self._new = new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new.get(node.id, node.id), node.ctx)
