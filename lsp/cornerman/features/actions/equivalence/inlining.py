"""Variables that only carry a value to the next statement, without them."""

from __future__ import annotations

import ast

from cornerman.features.actions.equivalence.facts import COMPREHENSIONS, occurrences

# The field that each statement and expression evaluates first.
_FIRST_OF_STATEMENT: dict[type[ast.stmt], str] = {
    ast.Return: "value",
    ast.Assign: "value",
    ast.Expr: "value",
    ast.If: "test",
    ast.For: "iter",
}
_FIRST: dict[type[ast.expr], str] = {
    ast.Attribute: "value",
    ast.Subscript: "value",
    ast.Starred: "value",
    ast.Await: "value",
    ast.FormattedValue: "value",
    ast.BinOp: "left",
    ast.Compare: "left",
    ast.UnaryOp: "operand",
    ast.IfExp: "test",
}


def inlined(body: list[ast.stmt], function: ast.AST) -> list[ast.stmt]:
    """Each ``x = value`` put into the next statement, if ``x`` is read there first and only."""
    made = list(body)
    for number in range(len(made) - 2, -1, -1):
        first, second = made[number], made[number + 1]
        if not isinstance(first, ast.Assign) or len(first.targets) != 1:
            continue
        target = first.targets[0]
        if not isinstance(target, ast.Name) or occurrences(function)[target.id] != 2:
            continue
        if type(second) in _FIRST_OF_STATEMENT and _takes(second, target.id, first.value):
            del made[number]
    return made


def _takes(statement: ast.stmt, name: str, value: ast.expr) -> bool:
    """Put ``value`` in the place of ``name`` if that is what the statement evaluates first."""
    field = _FIRST_OF_STATEMENT[type(statement)]
    node: ast.expr | None = getattr(statement, field)
    made = _with_first(node, name, value) if node is not None else None
    if made is not None:
        setattr(statement, field, made)
    return made is not None


def _with_first(node: ast.expr, name: str, value: ast.expr) -> ast.expr | None:
    """``node`` with ``value`` for ``name``; None if it evaluates something else before that."""
    if isinstance(node, ast.Name):
        return value if node.id == name else None
    if isinstance(node, COMPREHENSIONS):
        # The first iterable is evaluated first, and outside of the comprehension.
        made = _with_first(node.generators[0].iter, name, value)
        node.generators[0].iter = made or node.generators[0].iter
        return node if made is not None else None
    field = _FIRST.get(type(node))
    if isinstance(node, ast.Call) and not _is_other_name(node.func, name):
        field = "func"
    if field is not None:
        made = _with_first(getattr(node, field), name, value)
        if made is not None:
            setattr(node, field, made)
        return node if made is not None else None
    return node if _fill_items(_items(node), name, value) else None


def _fill_items(items: list[ast.expr], name: str, value: ast.expr) -> bool:
    for number, item in enumerate(items):
        made = _with_first(item, name, value)
        if made is not None:
            items[number] = made
            return True
        if not isinstance(item, (ast.Name, ast.Constant)):
            return False
    return False


def _items(node: ast.expr) -> list[ast.expr]:
    """What ``node`` evaluates in order, each in any case."""
    if isinstance(node, ast.Call):
        return node.args
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return node.elts
    return node.values if isinstance(node, ast.JoinedStr) else []


def _is_other_name(node: ast.expr, name: str) -> bool:
    """True for a name and for a method of one: finding it does nothing that could be seen."""
    root = node.value if isinstance(node, ast.Attribute) else node
    return isinstance(root, ast.Name) and root.id != name
