"""Small questions about syntax trees of Python that several rules ask."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BOOLEAN_CALLS = frozenset(
    {"isinstance", "issubclass", "callable", "hasattr", "any", "all", "bool"}
)


def is_boolean(node: ast.expr) -> bool:
    """True if the value is True or False, whatever the names in it hold."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    if isinstance(node, ast.BoolOp):
        return all(is_boolean(value) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return name in _BOOLEAN_CALLS
    return isinstance(node, ast.Compare)


def is_simple(node: ast.expr) -> bool:
    """True if it does not matter when or how often the expression is evaluated."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
    return isinstance(node, (ast.Name, ast.Constant))


def is_constant(node: ast.expr | None, value: object) -> bool:
    """True if the expression is that constant, of the very same type."""
    if not isinstance(node, ast.Constant):
        return False
    return type(node.value) is type(value) and node.value == value


def same(first: ast.AST, second: ast.AST) -> bool:
    """True if two trees are equal, positions apart."""
    return ast.dump(first) == ast.dump(second)


def occurrences(nodes: ast.AST | Iterable[ast.AST]) -> Counter[str]:
    """How often each name is read or bound in the trees."""
    found: Counter[str] = Counter()
    for root in [nodes] if isinstance(nodes, ast.AST) else nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Name):
                found[node.id] += 1
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                # Bound somewhere else as well: no rule may take it for a local.
                found.update(dict.fromkeys(node.names, 1000))
            elif isinstance(node, ast.arg):
                found[node.arg] += 1
            elif isinstance(node, ast.ExceptHandler) and node.name:
                found[node.name] += 1
    return found


def has_own_frame(function: ast.AST) -> bool:
    """True if something in the function looks at its local variables by name."""
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return bool(names & {"locals", "vars", "eval", "exec", "dir"})


def ends(body: list[ast.stmt]) -> bool:
    """True if nothing after these statements is reached from them."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.If):
        return ends(last.body) and ends(last.orelse)
    return isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break))


def suspends(node: ast.AST) -> bool:
    """True if there is an await, a yield or a binding expression in the tree."""
    kinds = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    return any(isinstance(inner, kinds) for inner in ast.walk(node))
