"""The ways to put values into text, as one: an f-string of merged parts."""

from __future__ import annotations

import ast
import re
from string import Formatter

_PERCENT = re.compile(r"%([%sr])")
_NO_CONVERSION = -1


def text_of(node: ast.expr) -> ast.expr | None:
    """The f-string that makes the same text; None if ``node`` makes no text by these rules."""
    parts = _parts(node)
    if parts is None:
        return None
    merged: list[ast.expr] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
            merged[-1] = ast.Constant(f"{last.value}{part.value}")
        elif not isinstance(part, ast.Constant) or part.value != "":
            merged.append(part)
    if all(isinstance(part, ast.Constant) for part in merged):
        return merged[0] if merged else ast.Constant("")
    return ast.JoinedStr(merged)


def _parts(node: ast.expr) -> list[ast.expr] | None:
    if isinstance(node, ast.JoinedStr):
        return [inner for value in node.values for inner in _inside(value)]
    if isinstance(node, ast.BinOp):
        return _of_operator(node)
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id == "str":
        is_one = len(node.args) == 1 and not node.keywords
        return _inside(_value(node.args[0])) if is_one and _no_star(node.args) else None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        pattern = node.func.value
        if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
            return _of_format(pattern.value, node)
    return None


def _inside(value: ast.expr) -> list[ast.expr]:
    """A part, or the parts of the text in it: f"{f'a{b}'}" is f"a{b}"."""
    if isinstance(value, ast.FormattedValue) and value.format_spec is None:
        if value.conversion == ord("s"):
            value = ast.FormattedValue(value.value, _NO_CONVERSION)
        if value.conversion == _NO_CONVERSION:
            inner = value.value
            if isinstance(inner, ast.JoinedStr):
                return inner.values
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                return [inner]
    return [value]


def _of_operator(node: ast.BinOp) -> list[ast.expr] | None:
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        is_text = isinstance(node.left.value, str) and isinstance(node.right, ast.Tuple)
        values = node.right.elts if isinstance(node.right, ast.Tuple) else []
        return _of_percent(str(node.left.value), values) if is_text and _no_star(values) else None
    if isinstance(node.op, ast.Add):
        sides = [_text_parts(side) for side in (node.left, node.right)]
        if sides[0] is not None and sides[1] is not None:
            return sides[0] + sides[1]
    return None


def _text_parts(node: ast.expr) -> list[ast.expr] | None:
    if isinstance(node, ast.JoinedStr):
        return node.values
    return [node] if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _of_percent(pattern: str, values: list[ast.expr]) -> list[ast.expr] | None:
    fields = [kind for kind in _PERCENT.findall(pattern) if kind != "%"]
    if len(fields) != len(values) or "%" in _PERCENT.sub("", pattern):
        return None
    pieces = _PERCENT.split(pattern)
    left = iter(values)
    parts: list[ast.expr] = [ast.Constant(pieces[0])]
    for kind, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if kind == "%":
            parts.append(ast.Constant("%"))
        else:
            conversion = ord("r") if kind == "r" else _NO_CONVERSION
            parts += _inside(_value(next(left), conversion))
        parts.append(ast.Constant(text))
    return parts


def _of_format(pattern: str, call: ast.Call) -> list[ast.expr] | None:
    names = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in names or not _no_star(call.args):
        return None
    parts: list[ast.expr] = []
    used: set[str] = set()
    try:
        for number, (text, field, spec, conversion) in enumerate(_fields(pattern)):
            parts.append(ast.Constant(text))
            if field is None:
                continue
            key = field or str(number)
            value = call.args[int(key)] if key.isdigit() else names[key]
            parts += _inside(_value(value, ord(conversion) if conversion else -1, spec or ""))
            used.add(key)
    except (ValueError, KeyError, IndexError):
        return None
    # An argument that is not used, or used twice, is evaluated otherwise in an f-string.
    is_each_once = len(used) == len(call.args) + len(names) == pattern.count("{")
    return parts if is_each_once else None


def _fields(pattern: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return list(Formatter().parse(pattern))


def _value(value: ast.expr, conversion: int = _NO_CONVERSION, spec: str = "") -> ast.FormattedValue:
    format_spec = ast.JoinedStr([ast.Constant(spec)]) if spec else None
    return ast.FormattedValue(value, conversion, format_spec)


def _no_star(values: list[ast.expr]) -> bool:
    return not any(isinstance(value, ast.Starred) for value in values)
