"""What a Python file shows about the types of a function's parameters."""

from __future__ import annotations

import ast
import doctest
from collections import defaultdict
from collections.abc import Iterator

from cornerman.features.actions.drafts.inference import BUILTIN_TYPES, contradicts, type_of
from cornerman.features.actions.python_code import Function, PythonCode

# A literal list in a call says nothing about tuples in others, but a number is a number.
_SCALARS = frozenset({"str", "bytes", "int", "float", "bool"})
_TEXTS = frozenset({"str", "bytes"})
_TEXT_METHODS = frozenset(
    [
        *("startswith", "endswith", "split", "rsplit", "strip", "lstrip", "rstrip", "replace"),
        *("find", "rfind", "partition", "rpartition", "removeprefix", "removesuffix"),
    ]
)
_TELLING = {
    "list": frozenset({"append", "extend", "insert", "sort", "reverse"}),
    "dict": frozenset({"items", "keys", "values", "setdefault"}),
    "set": frozenset({"add", "discard"}),
}


def shown_types(code: PythonCode, function: Function) -> dict[str, str]:
    """Parameter names and the types that defaults, calls, doctests and uses agree on.

    A parameter about which the file says nothing, or two things, is left out.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for name, value in default_values(function):
        found[name].add(type_of(value))
    for node in ast.walk(function):
        for name, kind in _used(node):
            found[name].add(kind)
    gone_through = {name for node in ast.walk(function) for name in _gone_through(node)}
    for call in _calls(code, function):
        for name, value in _given(call, function):
            # A text that is gone through stands for anything that can be.
            if found[name] & _SCALARS or name not in gone_through or type_of(value) not in _TEXTS:
                found[name].add(type_of(value))
    agreed = {name: _agreed(types) for name, types in found.items()}
    guarded = {name: kind for node in ast.walk(function) for name, kind in _guarded(node)}
    return guarded | {
        name: hint
        for name, hint in agreed.items()
        if hint
        and name not in guarded
        and not contradicts(name, hint.removesuffix(" | None"), function)
        and not (hint.startswith("int") and _may_be_broken(name, function))
    }


def supports(name: str, type_name: str, function: Function) -> bool:
    """Whether the methods that are called on a parameter are those of one builtin type."""
    called = {
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == name
    }
    cls = BUILTIN_TYPES.get(type_name)
    if not called or cls is None or not all(hasattr(cls, method) for method in called):
        return False
    if type_name in _TEXTS:
        others = (other for key, other in BUILTIN_TYPES.items() if key not in _TEXTS)
        return not any(all(hasattr(other, method) for method in called) for other in others)
    return bool(called & _TELLING.get(type_name, frozenset()))


def _agreed(types: set[str]) -> str:
    known = types & _SCALARS
    if len(types - {"", "None"}) != len(known):
        return ""
    if known == {"int", "float"}:
        known = {"float"}
    if len(known) != 1:
        return ""
    return known.pop() + (" | None" if "None" in types else "")


def default_values(function: Function) -> Iterator[tuple[str, ast.expr]]:
    """Parameter names and their defaults."""
    spec = function.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    yield from zip(reversed(names), reversed(spec.defaults), strict=False)
    for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default


def _calls(code: PythonCode, function: Function) -> Iterator[ast.Call]:
    """Calls of a function of the module, in its code and in the examples of docstrings."""
    if function not in code.module.body:
        return
    trees: list[ast.AST] = [code.module]
    for node in (code.module, function):
        trees += _examples(ast.get_docstring(node) or "")
    for tree in trees:
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            is_it = isinstance(called, ast.Name) and called.id == function.name
            if is_it and isinstance(node, ast.Call):
                yield node


def _examples(docstring: str) -> Iterator[ast.AST]:
    if ">>>" not in docstring:
        return
    try:
        for example in doctest.DocTestParser().get_examples(docstring):
            yield ast.parse(example.source)
    except (SyntaxError, ValueError):
        return


def _given(call: ast.Call, function: Function) -> Iterator[tuple[str, ast.expr]]:
    spec = function.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    for name, value in zip(names, call.args, strict=False):
        if isinstance(value, ast.Starred):
            break
        yield name, value
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def _used(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that one node can only work with if they have a type."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner, first = node.func.value, node.args[0] if node.args else None
        kind = type_of(first) if first is not None else ""
        if isinstance(owner, ast.Name) and node.func.attr in _TEXT_METHODS and kind in _TEXTS:
            yield owner.id, kind
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.Name) and type_of(other) in _TEXTS:
                yield one.id, type_of(other)


def _guarded(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names that raise an error unless they have a type."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.UnaryOp):
        return
    call = node.test.operand
    is_guard = isinstance(node.test.op, ast.Not) and isinstance(node.body[-1], ast.Raise)
    if is_guard and isinstance(call, ast.Call) and ast.unparse(call.func) == "isinstance":
        value, kind = call.args
        if isinstance(value, ast.Name) and isinstance(kind, ast.Name) and kind.id in _SCALARS:
            yield value.id, kind.id


def _gone_through(node: ast.AST) -> Iterator[str]:
    """The names whose elements a node asks for, or hands to what may do so."""
    if isinstance(node, (ast.For, ast.comprehension)):
        values = [node.iter]
    elif isinstance(node, ast.Call):
        values = node.args
    else:
        values = [node.value] if isinstance(node, (ast.Subscript, ast.Starred)) else []
    yield from (value.id for value in values if isinstance(value, ast.Name))


def _may_be_broken(name: str, function: Function) -> bool:
    """Whether a number is divided, or put beside a number with a fraction."""
    for node in ast.walk(function):
        if isinstance(node, (ast.BinOp, ast.Compare)):
            inner = list(ast.walk(node))
            is_there = any(isinstance(one, ast.Name) and one.id == name for one in inner)
            is_float = any(type_of(one) == "float" for one in inner if isinstance(one, ast.expr))
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if is_there and (is_float or divides):
                return True
    return False
