"""Rules about expressions."""

from __future__ import annotations

import ast
from typing import cast

from cornerman.features.actions.equivalence.facts import (
    is_boolean,
    is_constant,
    is_simple,
    same,
)
from cornerman.features.actions.equivalence.texts import text_of

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.IsNot: ast.Is,
    ast.NotIn: ast.In,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.In: ast.NotIn,
    ast.Eq: ast.NotEq,
}
_OLD_NAMES = {"IOError": "OSError", "EnvironmentError": "OSError"}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
# These read all of their argument, so that a list of it or a generator are the same to them.
_CONSUMERS = frozenset({"sum", "min", "max", "sorted", "tuple", "frozenset"})


def normal_expressions(module: ast.Module) -> ast.Module:
    """The module with each expression in its normal form, changed in place."""
    return cast("ast.Module", _Expressions().visit(module))


class _Expressions(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        node.kind = None
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        node.id = _OLD_NAMES.get(node.id, node.id)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return opposite(node.operand) if isinstance(node.op, ast.Not) else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        return joined(node.op, node.values)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return choice(node.test, node.body, node.orelse)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        operands = [node.left, *node.comparators]
        if len(node.ops) > 1:
            if not all(map(is_simple, operands[1:-1])):
                return node
            pairs = zip(operands, node.ops, operands[1:], strict=False)
            return ast.BoolOp(ast.And(), [_pair(*pair) for pair in pairs])
        return _pair(node.left, node.ops[0], node.comparators[0])

    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        node.test = truth(node.test)
        return node

    def visit_While(self, node: ast.While) -> ast.While:
        self.generic_visit(node)
        node.test = truth(node.test)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        if len(node.ifs) > 1:
            node.ifs = [joined(ast.And(), node.ifs)]
        node.ifs = [truth(test) for test in node.ifs]
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self.generic_visit(node)
        return _call("list", node.generators[0].iter) if _is_copy(node) else node

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        self.generic_visit(node)
        return _call("set", node.generators[0].iter) if _is_copy(node) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        text = text_of(node)
        if text is not None:
            return text
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords:
            return node
        if not node.args:
            empty = {"dict": ast.Dict([], []), "list": ast.List([], ast.Load())}
            return {**empty, "tuple": ast.Tuple([], ast.Load())}.get(name, node)
        return _of_iterable(node, name) if len(node.args) == 1 else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        return text_of(node) or node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return text_of(node) or node


def opposite(node: ast.expr) -> ast.expr:
    """``not node`` in its normal form; ``node`` is in its own."""
    node = truth(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.Constant(not node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = node.operand
        return inner if is_boolean(inner) else _call("bool", inner)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPPOSITE:
        return ast.Compare(node.left, [_OPPOSITE[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return ast.BoolOp(other, [opposite(value) for value in node.values])
    return ast.UnaryOp(ast.Not(), node)


def joined(op: ast.boolop, values: list[ast.expr]) -> ast.BoolOp:
    """``values`` joined by ``and`` or ``or``, without one inside another of its kind."""
    flat: list[ast.expr] = []
    for value in values:
        is_same = isinstance(value, ast.BoolOp) and type(value.op) is type(op)
        flat += value.values if is_same and isinstance(value, ast.BoolOp) else [value]
    return ast.BoolOp(op, flat)


def truth(node: ast.expr) -> ast.expr:
    """What can stand for ``node`` where only its truth matters."""
    if _is_call(node, "bool", 1):
        return truth(cast("ast.Call", node).args[0])
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(node.op, [truth(value) for value in node.values])
    return node


def choice(test: ast.expr, body: ast.expr, orelse: ast.expr) -> ast.expr:
    """``body if test else orelse`` in its normal form; the parts are in theirs."""
    test = truth(test)
    if is_negative(test):
        test, body, orelse = opposite(test), orelse, body
    known = is_boolean(test)
    if is_constant(body, value=True) and is_constant(orelse, value=False):
        return test if known else _call("bool", test)
    if is_constant(body, value=False) and is_constant(orelse, value=True):
        return opposite(test)
    if known and is_constant(orelse, value=False):
        return joined(ast.And(), [test, body])
    if known and is_constant(body, value=True):
        return joined(ast.Or(), [test, orelse])
    if is_constant(body, value=False):
        return joined(ast.And(), [opposite(test), orelse])
    if is_constant(orelse, value=True):
        return joined(ast.Or(), [opposite(test), body])
    if isinstance(test, ast.Name) and same(test, body):
        return joined(ast.Or(), [test, orelse])
    return ast.IfExp(test, body, orelse)


def _pair(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, ast.List):
        right = ast.Tuple(right.elts, ast.Load())
    if isinstance(op, (ast.Eq, ast.Is)) and is_boolean(left):
        if is_constant(right, value=True):
            return left
        if is_constant(right, value=False):
            return opposite(left)
    if is_simple(left) and is_simple(right):
        is_late = isinstance(op, (ast.Eq, ast.NotEq)) and ast.dump(left) < ast.dump(right)
        if type(op) in _MIRRORED or is_late:
            op = _MIRRORED.get(type(op), type(op))()
            left, right = right, left
    return ast.Compare(left, [op], [right])


def _of_iterable(node: ast.Call, name: str) -> ast.expr:
    argument = node.args[0]
    if isinstance(argument, (ast.ListComp, ast.GeneratorExp)):
        if name == "list" or name == "set":
            made = ast.ListComp if name == "list" else ast.SetComp
            return made(argument.elt, argument.generators)
        if name == "all" and isinstance(argument, ast.GeneratorExp):
            found = ast.GeneratorExp(opposite(argument.elt), argument.generators)
            return opposite(_call("any", found))
        if name == "any":
            argument.elt = truth(argument.elt)
        is_join = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        if name in _CONSUMERS or (is_join and isinstance(argument, ast.ListComp)):
            node.args = [ast.GeneratorExp(argument.elt, argument.generators)]
    elif isinstance(argument, (ast.List, ast.Tuple)) and name == "set" and argument.elts:
        return ast.Set(argument.elts)
    return node


def _is_call(node: ast.expr, name: str, arguments: int) -> bool:
    if not isinstance(node, ast.Call) or node.keywords:
        return False
    is_named = isinstance(node.func, ast.Name) and node.func.id == name
    return is_named and len(node.args) == arguments


def is_negative(test: ast.expr) -> bool:
    """True if a choice reads better, and is written in normal form, with the opposite test."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return isinstance(test.ops[0], (ast.NotEq, ast.IsNot, ast.NotIn))
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _is_copy(node: ast.ListComp | ast.SetComp) -> bool:
    first = node.generators[0]
    is_plain = len(node.generators) == 1 and not first.ifs and not first.is_async
    return is_plain and isinstance(first.target, ast.Name) and _is_named(node.elt, first.target.id)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _call(name: str, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])
