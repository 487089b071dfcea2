"""Questions about a document's syntax tree. The only module that reads trees.

Tree-sitter counts in UTF-8 bytes; everything that leaves this module is in offsets.
"""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node, Parser, Tree

from cornerman.context.languages import grammar
from cornerman.core.documents import DocumentSnapshot

_DEFINITIONS = {"function_definition", "class_definition"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class in a document: its name and its offsets, decorators included."""

    name: str
    start: int
    end: int


class SyntaxTree:
    """The syntax of one snapshot. Broken code parses too, with error nodes in it."""

    def __init__(self, snapshot: DocumentSnapshot, tree: Tree, source: bytes) -> None:
        self._snapshot = snapshot
        self._tree = tree
        self._source = source

    @classmethod
    def of(cls, snapshot: DocumentSnapshot) -> SyntaxTree | None:
        """Parse a snapshot; None for a language without a grammar."""
        language = grammar(snapshot.language_id)
        if language is None:
            return None
        source = snapshot.text.encode("utf-8", "replace")
        return cls(snapshot, Parser(language).parse(source), source)

    def is_comment_or_docstring(self, offset: int) -> bool:
        """True if ``offset`` lies in a comment or in a string that is a statement of its own."""
        node = self._node_at(offset)
        while node is not None:
            if node.type == "comment":
                return True
            if node.type == "string":
                return node.parent is not None and node.parent.type == "expression_statement"
            node = node.parent
        return False

    def enclosing_definition(self, offset: int) -> Definition | None:
        """The innermost function or class around ``offset``."""
        node = self._node_at(offset)
        while node is not None and node.type not in _DEFINITIONS:
            inner = node.child_by_field_name("definition")
            node = inner if inner is not None else node.parent
        if node is None:
            return None
        name = node.child_by_field_name("name")
        outer = node.parent
        if outer is not None and outer.type == "decorated_definition":
            node = outer
        return Definition(
            name=self._text(name) if name is not None else "",
            start=self._offset(node.start_byte),
            end=self._offset(node.end_byte),
        )

    def _node_at(self, offset: int) -> Node | None:
        byte = len(self._snapshot.text[:offset].encode("utf-8", "replace"))
        return self._tree.root_node.descendant_for_byte_range(byte, byte)

    def _offset(self, byte: int) -> int:
        return len(self._source[:byte].decode("utf-8", "replace"))

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")
