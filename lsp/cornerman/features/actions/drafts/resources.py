"""Files that are closed by hand, left to a ``with`` statement."""

from __future__ import annotations

import ast
from typing import cast

from cornerman.core.actions import TextEdit
from cornerman.features.actions.drafts.source import Source
from cornerman.features.actions.equivalence.resources import opened_file


def closed_by_with(
    source: Source, body: list[ast.stmt], number: int, scope: ast.AST
) -> TextEdit | None:
    """``x = open(…)`` and the ``try`` that closes it behind it, as ``with open(…) as x``."""
    if number + 1 == len(body):
        return None
    first, second = body[number], body[number + 1]
    block = opened_file(first, second, scope)
    if block is None:
        return None
    item, inner = block.items[0], block.body
    name = cast("ast.expr", item.optional_vars)
    head = f"with {source.of(item.context_expr)} as {source.of(name)}:"
    code = source.code
    lines = code.text[code.start(inner[0]) : code.end(inner[-1])]
    text = f"{head}\n{source.indent(inner[0])}{lines}"
    return source.replacing(first, second, text) if source.fits(first, head) else None
