"""Rules about loops: as comprehensions, and without an index."""

from __future__ import annotations

import ast
from typing import cast

from cornerman.features.actions.equivalence.facts import (
    is_constant,
    is_seen_by_one,
    is_simple,
    occurrences,
    same,
    suspends,
)


def without_loop(body: list[ast.stmt], function: ast.AST, *, ends_function: bool) -> list[ast.stmt]:
    """Loops that build a collection or look for something, as the expression that does it.

    ``ends_function``: behind the statements the function returns None.
    """
    made = list(body)
    if ends_function and made and isinstance(made[-1], ast.For):
        made.append(ast.Return(ast.Constant(None)))
    for number in range(len(made) - 2, -1, -1):
        first, second = made[number], made[number + 1]
        if isinstance(second, ast.For):
            built = _built(first, second, function)
            if built is not None:
                made[number : number + 2] = [built]
        if isinstance(first, ast.For) and isinstance(second, ast.Return):
            found = _found(first, second, function)
            if found is not None:
                made[number : number + 2] = [found]
    return made


def without_index(body: list[ast.stmt], function: ast.AST) -> list[ast.stmt]:
    """``for i in range(len(x))`` that only reads ``x[i]``, as a loop over ``x``."""
    return [_over_elements(node, function) if isinstance(node, ast.For) else node for node in body]


def _built(first: ast.stmt, loop: ast.For, function: ast.AST) -> ast.stmt | None:
    if not isinstance(first, ast.Assign) or len(first.targets) != 1:
        return None
    result = first.targets[0]
    parts = _generators(loop, function)
    if not isinstance(result, ast.Name) or parts is None:
        return None
    if not is_seen_by_one(result.id, function):
        return None
    generators, statement = parts
    made = _collection(first.value, statement, generators, result.id)
    # The loop may name the collection only where it puts something in.
    if made is None or occurrences(made)[result.id]:
        return None
    return ast.Assign([result], made)


def _collection(
    start: ast.expr, step: ast.stmt, generators: list[ast.comprehension], name: str
) -> ast.expr | None:
    is_empty_list = isinstance(start, ast.List) and not start.elts
    is_empty_dict = isinstance(start, ast.Dict) and not start.keys
    if is_empty_list and (elt := _argument(step, name, "append")) is not None:
        return ast.ListComp(elt, generators)
    if _is_empty_set(start) and (elt := _argument(step, name, "add")) is not None:
        return ast.SetComp(elt, generators)
    if is_empty_dict and (item := _item(step, name)) is not None:
        return ast.DictComp(*item, generators)
    if is_constant(start, 0) and (amount := _counted_up(step, name)) is not None:
        total = ast.GeneratorExp(amount, generators)
        return ast.Call(ast.Name("sum", ast.Load()), [total], [])
    return None


def _item(step: ast.stmt, name: str) -> tuple[ast.expr, ast.expr] | None:
    """Key and value of ``name[key] = value``."""
    if not isinstance(step, ast.Assign) or len(step.targets) != 1:
        return None
    target = step.targets[0]
    if not isinstance(target, ast.Subscript) or not _is_named(target.value, name):
        return None
    # The key is evaluated last here and first in a comprehension.
    is_order_free = is_simple(target.slice) or is_simple(step.value)
    return (target.slice, step.value) if is_order_free else None


def _counted_up(step: ast.stmt, name: str) -> ast.expr | None:
    """The whole number ``n`` of ``name += n``: sums of others may depend on how they are made."""
    if not isinstance(step, ast.AugAssign) or not isinstance(step.op, ast.Add):
        return None
    is_count = _is_named(step.target, name) and _is_whole_number(step.value)
    return step.value if is_count else None


def _found(loop: ast.For, after: ast.Return, function: ast.AST) -> ast.stmt | None:
    """``return any(…)`` or ``return next(…)`` for a loop that returns what it looks for."""
    parts = _generators(loop, function)
    if parts is None or not isinstance(parts[1], ast.Return):
        return None
    generators, returned = parts
    value = cast("ast.Return", returned).value or ast.Constant(None)
    last = generators[-1]
    if not last.ifs:
        return None
    is_yes = is_constant(value, True) and is_constant(after.value, False)
    is_no = is_constant(value, False) and is_constant(after.value, True)
    if is_yes or is_no:
        test = last.ifs[0]
        last.ifs = []
        found: ast.expr = ast.Call(
            ast.Name("any", ast.Load()), [ast.GeneratorExp(test, generators)], []
        )
        return ast.Return(found if is_yes else ast.UnaryOp(ast.Not(), found))
    other = after.value or ast.Constant(None)
    if isinstance(other, ast.Constant):
        found = ast.GeneratorExp(value, generators)
        return ast.Return(ast.Call(ast.Name("next", ast.Load()), [found, other], []))
    return None


def _generators(
    loop: ast.For, function: ast.AST
) -> tuple[list[ast.comprehension], ast.stmt] | None:
    """The loop as generators around its one statement; None if it does more than that."""
    whole, inside = occurrences(function), occurrences(loop)
    generators: list[ast.comprehension] = []
    node: ast.stmt = loop
    while isinstance(node, ast.For) and not node.orelse and len(node.body) == 1:
        targets = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        if not isinstance(node.target, (ast.Name, ast.Tuple)):
            return None
        if any(whole[name] != inside[name] for name in targets) or suspends(node):
            return None
        generators.append(ast.comprehension(node.target, node.iter, [], 0))
        node = node.body[0]
        if isinstance(node, ast.If) and not node.orelse and len(node.body) == 1:
            generators[-1].ifs = [node.test]
            node = node.body[0]
    if isinstance(node, ast.If):
        node = _choice(node) or node
    is_bare = isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Return))
    return (generators, node) if generators and is_bare else None


def _choice(node: ast.If) -> ast.stmt | None:
    """``if t: r.append(a)`` with ``else: r.append(b)`` as ``r.append(a if t else b)``."""
    if len(node.body) != 1 or len(node.orelse) != 1:
        return None
    first, second = node.body[0], node.orelse[0]
    if not isinstance(first, ast.Expr) or not isinstance(second, ast.Expr):
        return None
    one, other = first.value, second.value
    if not isinstance(one, ast.Call) or not isinstance(other, ast.Call):
        return None
    is_same = same(one.func, other.func) and not one.keywords and not other.keywords
    if not is_same or len(one.args) != 1 or len(other.args) != 1:
        return None
    value = ast.IfExp(node.test, one.args[0], other.args[0])
    return ast.Expr(ast.Call(one.func, [value], []))


def _argument(step: ast.stmt, name: str, method: str) -> ast.expr | None:
    """``x`` of ``name.method(x)``."""
    call = step.value if isinstance(step, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    is_it = _is_named(call.func.value, name) and call.func.attr == method
    if not is_it or len(call.args) != 1 or call.keywords:
        return None
    return None if isinstance(call.args[0], ast.Starred) else call.args[0]


def _over_elements(loop: ast.For, function: ast.AST) -> ast.For:
    sequence = _counted(loop.iter)
    if sequence is None or not isinstance(loop.target, ast.Name):
        return loop
    element = ast.Subscript(sequence, ast.Name(loop.target.id, ast.Load()), ast.Load())
    body = ast.Module(loop.body, [])
    reads = sum(same(node, element) for node in ast.walk(body))
    counts = occurrences(body)
    if not reads or counts[sequence.id] != reads or counts[loop.target.id] != reads:
        return loop
    if occurrences(function)[loop.target.id] != reads + 1:
        return loop  # the index is used elsewhere
    _Elements(element, loop.target.id).visit(body)
    return ast.For(loop.target, sequence, body.body, loop.orelse, None)


class _Elements(ast.NodeTransformer):
    def __init__(self, element: ast.Subscript, name: str) -> None:
        self._element = element
        self._name = name

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if same(node, self._element):
            return ast.Name(self._name, ast.Load())
        self.generic_visit(node)
        return node


def _counted(node: ast.expr) -> ast.Name | None:
    """``x`` of ``range(len(x))``."""
    for name in ("range", "len"):
        is_call = isinstance(node, ast.Call) and _is_named(node.func, name)
        if not is_call or not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            return None
        node = node.args[0]
    return node if isinstance(node, ast.Name) else None


def _is_empty_set(node: ast.expr) -> bool:
    is_call = isinstance(node, ast.Call) and not node.args and not node.keywords
    return is_call and isinstance(node, ast.Call) and _is_named(node.func, "set")


def _is_whole_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _is_named(node.func, "len")
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
