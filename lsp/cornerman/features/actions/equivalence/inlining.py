"""Variables that only carry a value to the next statement, without them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from cornerman.features.actions.equivalence.facts import (
    COMPREHENSIONS,
    bound_by_name,
    occurrences,
    shared_names,
    suspends,
)

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
    private = bound_by_name(function) | {
        n.arg for n in ast.walk(function) if isinstance(n, ast.arg)
    }
    private -= shared_names(function)
    for number in range(len(made) - 2, -1, -1):
        first, second = made[number], made[number + 1]
        if not isinstance(first, ast.Assign) or len(first.targets) != 1 or suspends(first):
            continue
        target = first.targets[0]
        if not isinstance(target, ast.Name) or occurrences(function)[target.id] != 2:
            continue
        field = _FIRST_OF_STATEMENT.get(type(second), "")
        node: ast.expr | None = getattr(second, field, None)
        put = _Put(first.value, target.id, private).into(node) if node is not None else None
        if put is not None:
            setattr(second, field, put)
            del made[number]
    return made


@dataclass(frozen=True, slots=True)
class _Put:
    """Puts ``value`` where ``name`` stands; nothing that is called can bind ``private`` names."""

    value: ast.expr
    name: str
    private: set[str]

    def into(self, node: ast.expr) -> ast.expr | None:
        """``node`` with the value; None if it evaluates something else before that."""
        if isinstance(node, ast.Name):
            return self.value if node.id == self.name else None
        if isinstance(node, COMPREHENSIONS):
            # The first iterable is evaluated first, and outside of the comprehension.
            made = self.into(node.generators[0].iter)
            node.generators[0].iter = made or node.generators[0].iter
            return node if made is not None else None
        field = _FIRST.get(type(node))
        if isinstance(node, ast.Call) and not self._is_other(node.func):
            field = "func"
        if field is not None:
            made = self.into(getattr(node, field))
            if made is not None:
                setattr(node, field, made)
            return node if made is not None else None
        return node if self._into_one_of(_items(node)) else None

    def _into_one_of(self, items: list[ast.expr]) -> bool:
        for number, item in enumerate(items):
            made = self.into(item)
            if made is not None:
                items[number] = made
                return True
            is_private = isinstance(item, ast.Name) and item.id in self.private
            if not is_private and not isinstance(item, ast.Constant):
                return False
        return False

    def _is_other(self, node: ast.expr) -> bool:
        """True for a name and for a method of one: what they mean is taken to stay."""
        root = node.value if isinstance(node, ast.Attribute) else node
        return isinstance(root, ast.Name) and root.id != self.name


def _items(node: ast.expr) -> list[ast.expr]:
    """What ``node`` evaluates in order, each in any case."""
    if isinstance(node, ast.Call):
        return node.args
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return node.elts
    return node.values if isinstance(node, ast.JoinedStr) else []
