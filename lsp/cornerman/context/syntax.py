"""Questions about a document's syntax tree; what leaves this module is in offsets."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from tree_sitter import Node

from cornerman.context.languages import LanguageSpec, spec
from cornerman.context.parsing import ParsedSource, encoded
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.site import SyntaxErrors

# A document longer than this is treated like one in a language without a grammar; so is one of
# such lines, which nobody wrote by hand and which take long to parse.
_MAX_CHARS = 1_500_000
_LONG_DOCUMENT = 50_000
_MAX_CHARS_A_LINE = 2_000
# Trees take about ten times the memory of their text.
_MAX_TREES = 8
_MAX_CHARS_KEPT = 2_000_000
# Text with more errors than this is not in the language it is said to be in.
_MAX_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class in a document: its name and its offsets, decorators included."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A string or a comment and its offsets, delimiters included."""

    start: int
    end: int
    is_string: bool


class SyntaxTree:
    """The syntax of one snapshot. Broken code parses too, with error nodes in it."""

    def __init__(self, text: str, language: LanguageSpec, parsed: ParsedSource) -> None:
        self.text = text
        self._language = language
        self._parsed = parsed
        self._errors: int | None = None

    @classmethod
    def of(cls, snapshot: DocumentSnapshot) -> SyntaxTree | None:
        """Parse a snapshot, starting from the last tree of the same document if there is one.

        None for a language without a grammar, and for a document that is too long.
        """
        language = spec(snapshot.language_id)
        if language is None or is_too_much(snapshot):
            return None
        return _recent.tree(snapshot, language)

    def changed_to(self, text: str) -> SyntaxTree:
        """The syntax of a later ``text`` of the same document."""
        if text == self.text:
            return self
        return SyntaxTree(text, self._language, self._parsed.changed_to(encoded(text)))

    def is_comment_or_docstring(self, offset: int) -> bool:
        """True if ``offset`` lies in a comment or in a string that is a statement of its own."""
        path = self._path(offset)
        for outer, node in zip([None, *path], path, strict=False):
            if node.type in self._language.comments:
                return True
            if node.type in self._language.strings:
                return outer is not None and outer.type == "expression_statement"
        return False

    def prose_around(self, offset: int) -> Prose | None:
        """The string or comment that ``offset`` lies inside of, if any."""
        prose: Node | None = None
        for node in self._path(offset):
            if node.type in self._language.code_inside:
                prose = None
            elif node.type in self._language.strings or node.type in self._language.comments:
                prose = node
        if prose is None or prose.start_byte >= self._byte(offset):
            return None
        is_string = prose.type in self._language.strings
        return Prose(self._offset(prose.start_byte), self._offset(prose.end_byte), is_string)

    def enclosing_definition(self, offset: int) -> Definition | None:
        """The innermost function or class around ``offset``, or the one that ends there."""
        found = self._definition_at(offset)
        return found or (self._definition_at(offset - 1) if offset else None)

    def nodes_around(self, offset: int) -> list[Node]:
        """The nodes that hold ``offset``, from the root down."""
        return self._path(offset)

    def span(self, node: Node) -> tuple[int, int]:
        """The offsets a node starts and ends at."""
        return self._offset(node.start_byte), self._offset(node.end_byte)

    def top_level_from(self, offset: int) -> int | None:
        """Where the first sound node of the top level starts that starts at ``offset`` or later."""
        first = self._byte(offset)
        cursor = self._parsed.tree.walk()
        if cursor.goto_first_child_for_byte(first) is None:
            return None
        while (node := cursor.node) is not None:
            if node.start_byte >= first and not node.has_error:
                return self._offset(node.start_byte)
            if not cursor.goto_next_sibling():
                return None
        return None

    @property
    def errors(self) -> int:
        """Number of error and missing nodes; many are not counted to the last."""
        if self._errors is None:
            self._errors = self._parsed.errors(_MAX_ERRORS).total
        return self._errors

    def errors_with(self, start: int, end: int, text: str) -> SyntaxErrors:
        """The errors with ``text`` in the place of offsets ``start`` to ``end``."""
        source = self._parsed.source
        first, last = self._byte(start), self._byte(end)
        inserted = encoded(text)
        edited = source[:first] + inserted + source[last:]
        parsed = self._parsed.replaced(edited, first, last)
        return parsed.errors(_MAX_ERRORS, first, first + len(inserted))

    def _definition_at(self, offset: int) -> Definition | None:
        path = self._path(offset)
        for outer, node in reversed(list(zip([None, *path], path, strict=False))):
            if node.type == "decorated_definition":
                inner = node.child_by_field_name("definition")
                return self._definition(inner or node, node)
            if node.type in self._language.definitions:
                is_decorated = outer is not None and outer.type == "decorated_definition"
                return self._definition(node, outer if outer and is_decorated else node)
        return None

    def _definition(self, node: Node, whole: Node) -> Definition:
        name = node.child_by_field_name("name")
        source = self._parsed.source
        return Definition(
            source[name.start_byte : name.end_byte].decode("utf-8", "replace") if name else "",
            self._offset(whole.start_byte),
            self._offset(whole.end_byte),
        )

    def _path(self, offset: int) -> list[Node]:
        return self._parsed.path(self._byte(offset))

    def _byte(self, offset: int) -> int:
        return offset if self._is_ascii else len(encoded(self.text[:offset]))

    def _offset(self, byte: int) -> int:
        if self._is_ascii:
            return byte
        return len(self._parsed.source[:byte].decode("utf-8", "replace"))

    @property
    def _is_ascii(self) -> bool:
        return len(self.text) == len(self._parsed.source)


def is_too_much(snapshot: DocumentSnapshot) -> bool:
    """True for a document that would take too long to parse."""
    length = len(snapshot.text)
    is_generated = length > _MAX_CHARS_A_LINE * snapshot.index.line_count
    return length > _MAX_CHARS or (length > _LONG_DOCUMENT and is_generated)


class _RecentTrees:
    """The last tree of each of the documents asked for last; for any thread."""

    def __init__(self) -> None:
        self._trees: OrderedDict[tuple[str, str], SyntaxTree] = OrderedDict()
        self._lock = threading.Lock()

    def tree(self, snapshot: DocumentSnapshot, language: LanguageSpec) -> SyntaxTree:
        with self._lock:
            return self._tree(snapshot, language)

    def _tree(self, snapshot: DocumentSnapshot, language: LanguageSpec) -> SyntaxTree:
        key = (snapshot.uri, snapshot.language_id)
        last = self._trees.pop(key, None)
        if last is not None:
            tree = last.changed_to(snapshot.text)
        else:
            source = encoded(snapshot.text)
            tree = SyntaxTree(snapshot.text, language, ParsedSource.of(language, source))
        self._trees[key] = tree
        while len(self._trees) > 1 and self._are_too_many():
            self._trees.popitem(last=False)
        return tree

    def _are_too_many(self) -> bool:
        kept = sum(len(tree.text) for tree in self._trees.values())
        return len(self._trees) > _MAX_TREES or kept > _MAX_CHARS_KEPT


_recent = _RecentTrees()
