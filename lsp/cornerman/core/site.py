"""The place in a document where a completion is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from cornerman.core.continuation import Continuation, read_on
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.lexicon import Lexicon

# Lines longer than this are generated text, of which only the end is read.
_MAX_LINE_READ = 2_000
_MAX_LINES_UP = 400
# Columns; code is indented less than this.
_DEEPEST = 1_000
_MAX_CHARS_UP = 40_000


class Extent(str, Enum):
    """How much a suggestion should hold: the rest of a statement, or a whole block."""

    LINE = "line"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class SyntaxErrors:
    """Number of error and missing nodes in a document, and of those within the text put in."""

    total: int
    inside: int


class Syntax(Protocol):
    """What a parser says about the document; see ``context.syntax.SyntaxTree``."""

    @property
    def errors(self) -> int:
        """Number of error and missing nodes in the document."""
        ...

    def errors_with(self, start: int, end: int, text: str) -> SyntaxErrors:
        """The errors with ``text`` in the place of offsets ``start`` to ``end``."""
        ...


@dataclass(frozen=True, slots=True)
class CompletionSite:
    """A cursor, with what the syntax says about it.

    ``offset`` is the cursor; ``line`` its zero-based line. ``block_indent`` is the indentation,
    in columns, of the line that opens the block to be filled: what is generated ends at the
    first line not indented deeper. That line belongs to the suggestion if ``block_is_open``: the
    document has nothing yet that closes the block. ``is_prose`` says that the cursor is in a
    string or comment that began on an earlier line; ``open_string`` is the mark of a string that
    the document does not end, or "". ``silence`` is the reason to suggest nothing here, or "".
    ``syntax`` is None where there is no grammar.
    """

    snapshot: DocumentSnapshot
    offset: int
    line: int
    extent: Extent = Extent.LINE
    block_indent: int = 0
    block_is_open: bool = False
    is_prose: bool = False
    open_string: str = ""
    silence: str = ""
    lexicon: Lexicon = field(default=Lexicon())
    syntax: Syntax | None = field(default=None, compare=False, repr=False)

    @property
    def line_prefix(self) -> str:
        """The cursor's line, left of the cursor."""
        return self.snapshot.text[self.snapshot.index.line_start(self.line) : self.offset]

    @property
    def line_read(self) -> str:
        """The end of :attr:`line_prefix`, for what looks at every character of it."""
        return self.line_prefix[-_MAX_LINE_READ:]

    @property
    def line_suffix(self) -> str:
        """The cursor's line, right of the cursor, without its line break."""
        return self.snapshot.text[self.offset : self.snapshot.index.line_end(self.line)]

    def read_on(self, text: str) -> Continuation:
        """What ``text`` opens and closes at the cursor."""
        if self.is_prose:
            breaks = tuple(offset for offset, char in enumerate(text) if char == "\n")
            return Continuation(None, (), breaks)
        return read_on(self.line_read, text, self.lexicon)

    def enclosing_code(self) -> str:
        """The text above the cursor's line from the outermost line on that it stands below.

        It starts in code, where a string over several lines cannot mislead. "" if that line is
        too far away.
        """
        document, index = self.snapshot.text, self.snapshot.index
        first: int | None = None
        limit = _DEEPEST
        for line in range(self.line, max(self.line - _MAX_LINES_UP, 0) - 1, -1):
            start = index.line_start(line)
            # Most lines are indented deeper, which is seen much faster than how deep.
            if not document[start : start + limit].strip():
                continue
            text = self.line_text(line)
            if text.strip() and indentation(text) < limit:
                first, limit = start, indentation(text)
            if limit == 0:
                break
        if first is None or (limit and self.line > _MAX_LINES_UP):
            return ""
        end = index.line_start(self.line)
        return document[first:end] if end - first <= _MAX_CHARS_UP else ""

    def line_text(self, line: int) -> str:
        """A line of the document, without its line break."""
        index = self.snapshot.index
        return self.snapshot.text[index.line_start(line) : index.line_end(line)]

    def next_code_line(self) -> str:
        """The first line below the cursor's that is not blank, or ""."""
        return next(iter(self.code_lines_below(1)), "")

    def code_lines_below(self, count: int) -> list[str]:
        """The first ``count`` lines below the cursor's that are not blank."""
        return self._code_lines(range(self.line + 1, self.snapshot.index.line_count), count)

    def code_lines_above(self, count: int) -> list[str]:
        """The last ``count`` lines above the cursor's that are not blank, the nearest first."""
        return self._code_lines(range(self.line - 1, -1, -1), count)

    def _code_lines(self, lines: range, count: int) -> list[str]:
        found: list[str] = []
        for line in lines:
            if len(found) == count:
                break
            text = self.line_text(line)
            if text.strip():
                found.append(text)
        return found


def indentation(line: str, tab_width: int = 4) -> int:
    """Width in columns of the white space ``line`` starts with."""
    white = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" not in white:
        return len(white)
    width = 0
    for char in white:
        width += tab_width - width % tab_width if char == "\t" else 1
    return width
