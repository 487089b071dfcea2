"""What a Python function's own code says about the types of its parameters and result."""

from __future__ import annotations

import ast

from cornerman.features.actions.python_code import Function, own_nodes

BUILTIN_TYPES: dict[str, type] = {
    cls.__name__: cls
    for cls in (int, float, complex, bool, str, bytes, list, dict, set, frozenset, tuple, object)
}
# What the calls of these builtins give.
_RESULTS = {
    "len": "int",
    "ord": "int",
    "hash": "int",
    "id": "int",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "isinstance": "bool",
    "issubclass": "bool",
    "callable": "bool",
    "hasattr": "bool",
    "any": "bool",
    "all": "bool",
    "str": "str",
    "repr": "str",
    "chr": "str",
    "hex": "str",
    "sorted": "list",
    "list": "list",
    "dict": "dict",
    "set": "set",
    "frozenset": "frozenset",
    "tuple": "tuple",
    "bytes": "bytes",
}
_DISPLAYS: dict[type[ast.expr], str] = {
    ast.JoinedStr: "str",
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
    ast.Compare: "bool",
}
_OF_TEXT = {"join": "str", "format": "str", "split": "list"}
_PLAIN = (int, float, complex, bool, str, bytes)


def type_of(node: ast.expr | None) -> str:
    """The builtin type of an expression's value, "None", or "" where the code does not say."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return "None"
    if isinstance(node, ast.Constant):
        return type(node.value).__name__ if isinstance(node.value, _PLAIN) else ""
    if isinstance(node, ast.UnaryOp):
        return "bool" if isinstance(node.op, ast.Not) else type_of(node.operand)
    if isinstance(node, ast.BinOp):
        sides = type_of(node.left), type_of(node.right)
        is_text = isinstance(node.op, ast.Mod) and sides[0] == "str"
        is_text |= isinstance(node.op, ast.Add) and "str" in sides
        return "str" if is_text else ""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return _RESULTS.get(node.func.id, "")
        if isinstance(node.func, ast.Attribute) and type_of(node.func.value) == "str":
            return _OF_TEXT.get(node.func.attr, "")
        return ""
    return _DISPLAYS.get(type(node), "")


def returned_types(function: Function) -> set[str] | None:
    """The types of what is returned, "" among them where one is unknown; None for a generator."""
    nodes = list(own_nodes(function))
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
        return None
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    types = {name for node in returns for name in _types_of(node.value, function)}
    return types if leaves(function.body) else types | {"None"}


def _types_of(node: ast.expr | None, function: Function) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _types_of(node.body, function) | _types_of(node.orelse, function)
    if isinstance(node, ast.BoolOp):
        return {name for value in node.values for name in _types_of(value, function)}
    if isinstance(node, ast.Name):
        return _types_of_name(node.id, function)
    return {type_of(node)}


def _types_of_name(name: str, function: Function) -> set[str]:
    """The type of what a variable is given, if that happens once; ``{""}`` otherwise."""
    nodes = list(own_nodes(function))
    stores = [n for n in nodes if isinstance(n, ast.Name) and n.id == name and _is_store(n)]
    given = [
        node.value
        for node in nodes
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and _is(node.targets[0], name)
    ]
    return {type_of(given[0])} if len(stores) == len(given) == 1 else {""}


def _is_store(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)


def leaves(body: list[ast.stmt]) -> bool:
    """True if control never reaches the end of these statements."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return True
    if isinstance(last, ast.If):
        return leaves(last.body) and leaves(last.orelse)
    if isinstance(last, ast.Try):
        ways = [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        return leaves(last.finalbody) or all(leaves(way) for way in ways)
    if isinstance(last, ast.While):
        is_endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return is_endless and not any(isinstance(node, ast.Break) for node in ast.walk(last))
    # A with statement may swallow an exception, but hardly any does.
    return isinstance(last, (ast.With, ast.AsyncWith)) and leaves(last.body)


def contradicts(name: str, type_name: str, function: Function) -> bool:
    """True if the function uses its parameter ``name`` as no value of the builtin type can be."""
    cls = BUILTIN_TYPES.get(type_name)
    if cls is None or cls is object:
        return False
    nodes = list(ast.walk(function))
    return any(_is_misused(node, name, cls) for node in nodes)


def _is_misused(node: ast.AST, name: str, cls: type) -> bool:
    if isinstance(node, ast.Attribute):
        return _is(node.value, name) and not hasattr(cls, node.attr)
    if isinstance(node, ast.Subscript):
        return _is(node.value, name) and not hasattr(cls, "__getitem__")
    if isinstance(node, (ast.For, ast.comprehension)):
        return _is(node.iter, name) and not hasattr(cls, "__iter__")
    if isinstance(node, ast.Starred):
        return _is(node.value, name) and not hasattr(cls, "__iter__")
    if isinstance(node, ast.Call):
        return _is_miscalled(node, name, cls)
    if isinstance(node, ast.Compare):
        return _is_miscompared(node, name, cls)
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        return _is_miscounted(node, name, cls)
    return False


def _is_miscalled(node: ast.Call, name: str, cls: type) -> bool:
    if _is(node.func, name):
        return True
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    first = node.args[0] if node.args else None
    if first is None or not _is(first, name):
        return False
    if called == "isinstance":
        # A test of its type means that there is more than one.
        return True
    needs = {"len": "__len__", "iter": "__iter__", "sorted": "__iter__", "sum": "__iter__"}
    return called in needs and not hasattr(cls, needs[called])


def _is_miscompared(node: ast.Compare, name: str, cls: type) -> bool:
    operands = [node.left, *node.comparators]
    for first, op, second in zip(operands, node.ops, operands[1:], strict=False):
        if isinstance(op, (ast.In, ast.NotIn)) and _is(second, name):
            return not hasattr(cls, "__contains__")
        for one, other in ((first, second), (second, first)):
            known = type_of(other) if _is(one, name) else ""
            if known in BUILTIN_TYPES and not _may_be(known, cls):
                return True
            if known == "None":
                return True
    return False


def _is_miscounted(node: ast.BinOp | ast.AugAssign, name: str, cls: type) -> bool:
    left = node.left if isinstance(node, ast.BinOp) else node.target
    right = node.right if isinstance(node, ast.BinOp) else node.value
    for one, other in ((left, right), (right, left)):
        if not _is(one, name):
            continue
        is_text = cls in (str, bytes)
        if isinstance(node.op, ast.Mod) and is_text and one is left:
            return False
        if isinstance(node.op, ast.Mult) and cls in (str, bytes, list, tuple):
            return type_of(other) not in ("int", "")
        known = type_of(other)
        if known in BUILTIN_TYPES and not _may_be(known, cls):
            return True
    return False


def _may_be(type_name: str, cls: type) -> bool:
    """True if values of the two types are compared and added in earnest."""
    numbers = (int, float, complex, bool)
    return BUILTIN_TYPES[type_name] is cls or (
        BUILTIN_TYPES[type_name] in numbers and cls in numbers
    )


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
