"""Definitions as they are shown to a model: heads without bodies."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from cornerman.context.index.facts import Located, Symbol
from cornerman.core.snippets import Snippet

_INDENT = "    "
_LONG = 72
_LONGEST = 300
_ANNOTATION = re.compile(r"^[\w.]+\s*:\s*([^=]{1,30}?)\s*(?:=|$)")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def head(symbol: Symbol, language_id: str) -> str:
    """The signature of a function or class, or the line of a value, in about 100 characters."""
    if symbol.kind in ("variable", "attribute"):
        return symbol.signature[:_LONG]
    if language_id != "python" or symbol.kind == "class":
        return symbol.signature[:_LONGEST]
    return f"{compact(symbol.signature)} ..."


def brief(symbol: Symbol, language_id: str) -> str:
    """The least that says what a symbol is; of a Python function no more than its name."""
    if language_id != "python" or symbol.kind == "class":
        return symbol.signature[:_LONG]
    if symbol.kind in ("variable", "attribute"):
        annotated = _ANNOTATION.search(symbol.signature)
        return f"{symbol.name}: {annotated[1]}" if annotated else f"{symbol.name} = ..."
    return f"{symbol.signature.partition('(')[0]}(...)"


def compact(signature: str) -> str:
    """A Python signature; a long one has the names of its parameters only.

    What may be left out shows by an ellipsis for its value.
    """
    opened = signature.find("(")
    if len(signature) <= _LONG or opened < 0:
        return signature
    parameters, end = _split(signature, opened + 1)
    names = (_bare(parameter) for parameter in parameters)
    return f"{signature[: opened + 1]}{', '.join(name for name in names if name)}){signature[end:]}"


def _split(signature: str, start: int) -> tuple[list[str], int]:
    """The parameters from ``start`` on, and the offset behind the bracket that ends them."""
    parts, depth, begun = list[str](), 0, start
    for at in range(start, len(signature)):
        char = signature[at]
        if not depth and char in ",)":
            parts.append(signature[begun:at])
            begun = at + 1
            if char == ")":
                return parts, begun
        depth += (char in _BRACKETS) - (char in ")]}")
    return [*parts, signature[begun:]], len(signature)


def _bare(parameter: str) -> str:
    name = parameter.partition("=")[0].partition(":")[0].strip()
    return f"{name}=..." if "=" in parameter else name


def heads(
    symbols: Iterable[Symbol], language_id: str, whole: Container[str] | None = None
) -> list[str]:
    """A line for each symbol, brief for those that are not in ``whole``, if it is given."""
    return [
        (head if whole is None or symbol.name in whole else brief)(symbol, language_id)
        for symbol in symbols
    ]


def outline(
    owner: Symbol,
    members: Iterable[Symbol],
    language_id: str,
    whole: Container[str] | None = None,
) -> str:
    """A class with a line for each of ``members``, as :func:`heads` gives them."""
    lines = (_INDENT + line for line in heads(members, language_id, whole))
    return "\n".join([head(owner, language_id), *lines])


def definition(
    located: Located,
    text: str,
    language_id: str,
    *,
    source: str,
    score: float,
    why: str,
    aspect: str = "",
) -> Snippet:
    """A snippet that says what a symbol is, or one ``aspect`` of it more than others do."""
    symbol = located.symbol
    identity = f"{located.file.path}:{symbol.full_name}{aspect}"
    return Snippet(located.file.path, text, source, score, identity, language_id, why)


def constructor(members: Sequence[Symbol]) -> Symbol | None:
    """What says how a class is made."""
    return next((m for m in members if m.name in ("__init__", "constructor", "new")), None)
