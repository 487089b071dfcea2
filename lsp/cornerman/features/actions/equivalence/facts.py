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


def bound_by_name(root: ast.AST) -> set[str]:
    """The names that are assigned or deleted anywhere in the tree."""
    names = (node for node in ast.walk(root) if isinstance(node, ast.Name))
    return {node.id for node in names if not isinstance(node.ctx, ast.Load)}


def is_plain_value(name: str, function: ast.AST) -> bool:
    """True if a variable of a function is never more than a number or a text.

    Those do not change in place: ``x = x + 1`` and ``x += 1`` are the same of them.
    """
    if name in bound_otherwise(function):
        return False
    kept = {name}
    values = 0
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            values += name in names and _is_plain(node.value, kept)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            values += node.target.id == name and _is_plain(node.value, kept)
    nodes = (node for node in ast.walk(function) if isinstance(node, ast.Name))
    stores = sum(node.id == name and not isinstance(node.ctx, ast.Load) for node in nodes)
    return values == stores


def _is_plain(value: ast.expr, names: set[str]) -> bool:
    """True if the value is a constant or a length, or made of those and the names."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "len"
    if isinstance(value, ast.BinOp):
        return _is_plain(value.left, names) and _is_plain(value.right, names)
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id in names)


def bound_otherwise(root: ast.AST) -> set[str]:
    """The names that are bound anywhere in the tree by what is no :class:`ast.Name`.

    These are parameters, imports, definitions, names of exceptions and of patterns, and names
    that are declared to be another scope's. ``*`` stands for those of an import of everything.
    """
    found: set[str] = set()
    for node in ast.walk(root):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found


def is_seen_by_one(name: str, function: ast.AST) -> bool:
    """True if one scope in the function names a variable: nothing it calls can look at that."""
    seen: set[int] = set()
    stack: list[tuple[ast.AST, ast.AST]] = [(function, function)]
    while stack:
        scope, node = stack.pop()
        if isinstance(node, ast.Name) and node.id == name:
            seen.add(id(scope))
        elif isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return False
        is_scope = isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.GeneratorExp))
        stack += [(node if is_scope else scope, child) for child in ast.iter_child_nodes(node)]
    return len(seen) <= 1


def shared_names(root: ast.AST) -> set[str]:
    """The names that something in the tree declares to be another scope's."""
    kinds = (ast.Global, ast.Nonlocal)
    return {name for node in ast.walk(root) if isinstance(node, kinds) for name in node.names}


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
