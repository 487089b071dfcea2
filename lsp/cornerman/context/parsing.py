"""Incremental parsing: a document's tree is made from the one it had before.

Everything here counts in bytes of UTF-8, as tree-sitter does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node, Parser, Point, Tree, TreeCursor

from cornerman.context.languages import LanguageSpec, grammar
from cornerman.core.ends import common_end, common_start
from cornerman.core.site import SyntaxErrors

_SPACE = re.compile(rb"\s*")


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """A source and its tree."""

    language: LanguageSpec
    source: bytes
    tree: Tree

    @classmethod
    def of(cls, language: LanguageSpec, source: bytes) -> ParsedSource:
        """Parse ``source`` from nothing."""
        return cls(language, source, Parser(grammar(language)).parse(source))

    def changed_to(self, source: bytes) -> ParsedSource:
        """Parse ``source``, reusing the tree outside the part that differs."""
        first = common_start(self.source, source)
        last = len(self.source) - common_end(self.source, source, first)
        return self.replaced(source, first, last)

    def replaced(self, source: bytes, first: int, last: int) -> ParsedSource:
        """Parse ``source``, which differs from this one's only at bytes ``first`` to ``last``."""
        new_last = len(source) - (len(self.source) - last)
        start = _point(self.source, first)
        tree = self.tree.copy()
        tree.edit(
            first,
            last,
            new_last,
            start,
            _point_after(start, self.source, first, last),
            _point_after(start, source, first, new_last),
        )
        parsed = Parser(grammar(self.language)).parse(source, tree)
        return ParsedSource(self.language, source, parsed)

    def path(self, byte: int) -> list[Node]:
        """The nodes that hold ``byte``, from the root down.

        Goes down once instead of asking nodes for their parents, each of which is a search from
        the root: nesting can be deep.
        """
        cursor = self.tree.walk()
        found = [self.tree.root_node]
        while cursor.goto_first_child_for_byte(byte) is not None:
            node = cursor.node
            if node is None or node.start_byte > byte:
                break
            found.append(node)
        return found

    def errors(self, limit: int, first: int = 0, last: int = 0) -> SyntaxErrors:
        """The error and missing nodes, and those within bytes ``first`` to ``last``.

        What is missing after them may be noted as late as at the next token. Counts no further
        than ``limit``.
        """
        following = _SPACE.match(self.source, last)
        next_token = following.end() if following else last
        cursor = self.tree.walk()
        total = inside = 0
        while total < limit:
            node = cursor.node
            if node is not None and (node.is_error or node.is_missing):
                total += 1
                end = next_token if node.is_missing else last
                inside += first <= node.start_byte and node.end_byte <= end
            if node is not None and node.has_error and cursor.goto_first_child():
                continue
            if not _go_on(cursor):
                break
        return SyntaxErrors(total, inside)


def encoded(text: str) -> bytes:
    """``text`` in UTF-8; a lone surrogate, which has none, becomes one ``?``."""
    return text.encode("utf-8", "replace")


def _go_on(cursor: TreeCursor) -> bool:
    """Move to the next node that is not below the current one; False at the end."""
    while not cursor.goto_next_sibling():
        if not cursor.goto_parent():
            return False
    return True


def _point(source: bytes, byte: int) -> Point:
    row = source.count(b"\n", 0, byte)
    return Point(row, byte - (source.rfind(b"\n", 0, byte) + 1))


def _point_after(start: Point, source: bytes, first: int, last: int) -> Point:
    """The point of byte ``last``, counted from that of byte ``first``: no look at all before."""
    rows = source.count(b"\n", first, last)
    if not rows:
        return Point(start.row, start.column + last - first)
    return Point(start.row + rows, last - (source.rfind(b"\n", first, last) + 1))
