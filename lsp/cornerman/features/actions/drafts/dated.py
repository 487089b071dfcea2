"""Older ways to write expressions, in the current way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from cornerman.core.actions import TextEdit
from cornerman.features.actions.drafts.source import NotWritableError, Source

_LITERAL = re.compile(r"([rR]?)(\"|')(?!\2)(.*)\2", re.S)
_PERCENT = re.compile(r"%([%sr])")
_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)(![rsa])?(:[^{}]*)?\}")
_OLD_NAMES = {"IOError": "OSError", "EnvironmentError": "OSError"}
_EMPTY = {"dict": "{}", "list": "[]", "tuple": "()"}


def dated(source: Source, node: ast.expr) -> TextEdit | None:
    """The expression with f-strings and literals where it has the older way."""
    text = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        text = _of_percent(source, node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        text = _of_sum(source, node)
    elif isinstance(node, ast.Call):
        text = _of_format(source, node) or _of_call(source, node)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        text = _OLD_NAMES.get(node.id)
    elif isinstance(node, ast.Constant) and node.kind == "u":
        text = source.of(node).lstrip("uU")
    return source.replacing(node, node, text) if text else None


def _of_percent(source: Source, node: ast.BinOp) -> str | None:
    values = node.right.elts if isinstance(node.right, ast.Tuple) else []
    prefix, quote, inner = _literal(source, node.left)
    pieces = _PERCENT.split(inner)
    kinds = pieces[1::2]
    if not values or len([kind for kind in kinds if kind != "%"]) != len(values):
        return None
    if any("%" in piece for piece in pieces[::2]):
        return None
    left = iter(values)
    made = _braced(pieces[0])
    for kind, piece in zip(kinds, pieces[2::2], strict=True):
        if kind == "%":
            made += "%"
        else:
            made += "{" + _field(source, next(left), quote) + ("!r" if kind == "r" else "") + "}"
        made += _braced(piece)
    return f"{prefix}f{quote}{made}{quote}"


def _of_format(source: Source, node: ast.Call) -> str | None:
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "format":
        return None
    if not isinstance(node.func.value, ast.Constant):
        return None
    prefix, quote, inner = _literal(source, node.func.value)
    values = {str(number): value for number, value in enumerate(node.args)}
    values |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    fields = [match for match in _FIELD.finditer(inner) if match[0] not in ("{{", "}}")]
    numbers = iter(range(len(fields)))
    keys = [match[1] or str(next(numbers)) for match in fields]
    if not fields or sorted(keys) != sorted(values) or len(values) != _arguments(node):
        return None
    if re.search(r"[{}]", _FIELD.sub("", inner)):
        return None
    made, end = "", 0
    for match, key in zip(fields, keys, strict=True):
        expression = _field(source, values[key], quote)
        made += inner[end : match.start()] + f"{{{expression}{match[2] or ''}{match[3] or ''}}}"
        end = match.end()
    return f"{prefix}f{quote}{made}{inner[end:]}{quote}"


def _of_sum(source: Source, node: ast.BinOp) -> str | None:
    """Literals and ``str(x)`` put together by ``+``."""
    parts = list(_summands(node))
    texts = [part for part in parts if isinstance(part, ast.Constant)]
    calls = [part for part in parts if isinstance(part, ast.Call)]
    if not texts or not calls or len(texts) + len(calls) != len(parts):
        return None
    literals = {id(part): _literal(source, part) for part in texts}
    prefixes = {(prefix, quote) for prefix, quote, _ in literals.values()}
    if len(prefixes) != 1:
        return None
    prefix, quote = prefixes.pop()
    made = ""
    for part in parts:
        if isinstance(part, ast.Call):
            is_text = isinstance(part.func, ast.Name) and part.func.id == "str"
            if not is_text or len(part.args) != 1 or part.keywords:
                return None
            made += "{" + _field(source, part.args[0], quote) + "}"
        else:
            made += _braced(literals[id(part)][2])
    return f"{prefix}f{quote}{made}{quote}"


def _of_call(source: Source, node: ast.Call) -> str | None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if node.keywords or len(node.args) > 1:
        return None
    if not node.args:
        return _EMPTY.get(name)
    argument = node.args[0]
    is_listed = isinstance(argument, (ast.List, ast.Tuple)) and bool(argument.elts)
    if name == "set" and (is_listed or isinstance(argument, (ast.ListComp, ast.GeneratorExp))):
        inner = source.of(argument)
        return "{" + (inner if inner[:1] not in "[(" else inner[1:-1].strip()) + "}"
    return None


def _summands(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _summands(node.left)
        yield from _summands(node.right)
    else:
        yield node


def _literal(source: Source, node: ast.expr) -> tuple[str, str, str]:
    """Prefix, quote and inside of a text that is one literal; raises ``NotWritableError``."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    match = _LITERAL.fullmatch(source.of(node)) if is_text else None
    if match is None or re.search(rf"(?<!\\){match[2]}|\n|\\N", match[3]):
        raise NotWritableError
    return match[1], match[2], match[3]


def _field(source: Source, node: ast.expr, quote: str) -> str:
    """An expression as it can stand in an f-string of any version; raises ``NotWritableError``."""
    text = source.part(node)
    is_plain = quote not in text and "\\" not in text and "#" not in text and "\n" not in text
    if not is_plain or isinstance(node, (ast.Starred, ast.JoinedStr)) or "!=" in text:
        raise NotWritableError
    return f" {text} " if text.startswith("{") else text


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _arguments(node: ast.Call) -> int:
    return len(node.args) + len(node.keywords)
