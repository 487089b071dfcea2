"""Positions in text: LSP line and character against plain offsets.

Everything inside Cornerman counts in offsets of Unicode code points from the start of the
document. Only this module knows about lines and about the three LSP position encodings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, count
from operator import add

# LSP 3.17, "Text Documents": these three and no others end a line. str.splitlines() knows more.
_LINE_END = re.compile(r"\r\n?|\n")


class PositionEncoding(str, Enum):
    """The unit of a position's ``character``, as negotiated in ``initialize``."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def units(self, text: str) -> int:
        """Length of ``text`` in this encoding's code units. Lone surrogates count as one."""
        if self is PositionEncoding.UTF32 or text.isascii():
            return len(text)
        if self is PositionEncoding.UTF16:
            return len(text) + sum(char > "\uffff" for char in text)
        return len(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Position:
    """A zero-based line and a character in code units of some :class:`PositionEncoding`."""

    line: int
    character: int


class LineIndex:
    """The line starts of one immutable text."""

    def __init__(self, text: str, starts: list[int] | None = None) -> None:
        """``starts`` are the offsets where the lines start, if they are known."""
        self.text = text
        self._starts = _line_starts(text) if starts is None else starts

    def replaced(self, start: int, end: int, inserted: str, text: str) -> LineIndex:
        """The index of ``text``: this one's with ``inserted`` for offsets ``start`` to ``end``.

        Lines outside of these are not looked for again, which is most of the cost of a key.
        """
        if "\r" in text or "\r" in self.text:
            return LineIndex(text)
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        new = [start + match.end() for match in _LINE_END.finditer(inserted)]
        shift = len(inserted) - (end - start)
        moved = [line_start + shift for line_start in self._starts[last:]]
        return LineIndex(text, [*self._starts[:first], *new, *moved])

    @property
    def line_count(self) -> int:
        """Number of lines; text that ends with a line break has an empty last line."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """Offset where ``line`` starts; ``line`` must exist."""
        return self._starts[line]

    def line_end(self, line: int) -> int:
        """Offset where ``line`` ends, its line break not included; ``line`` must exist."""
        if line + 1 == len(self._starts):
            return len(self.text)
        end = self._starts[line + 1] - 1
        return end - 1 if self.text[end] == "\n" and self.text[end - 1 : end] == "\r" else end

    def line_of(self, offset: int) -> int:
        """The line that holds ``offset`` (0 <= offset <= length)."""
        return bisect_right(self._starts, offset) - 1

    def offset(self, position: Position, encoding: PositionEncoding) -> int:
        """Offset of a client position.

        As LSP asks, a character past the end of its line means the end of the line, and a line
        past the end of the document means the end of the document. A position inside a code
        point means the end of that code point.
        """
        if position.line < 0:
            return 0
        if position.line >= self.line_count:
            return len(self.text)
        start, end = self.line_start(position.line), self.line_end(position.line)
        line = self.text[start:end]
        if encoding is PositionEncoding.UTF32 or line.isascii():
            return min(start + max(position.character, 0), end)
        return start + _index_at_units(line, position.character, encoding)

    def position(self, offset: int, encoding: PositionEncoding) -> Position:
        """Client position of an offset (clamped into the document)."""
        offset = min(max(offset, 0), len(self.text))
        line = self.line_of(offset)
        return Position(line, encoding.units(self.text[self.line_start(line) : offset]))


def _index_at_units(line: str, character: int, encoding: PositionEncoding) -> int:
    units = 0
    for index, char in enumerate(line):
        if units >= character:
            return index
        units += encoding.units(char)
    return len(line)


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    # The usual case, many times as fast.
    lengths = accumulate(map(len, text.split("\n")[:-1]), initial=0)
    return list(map(add, lengths, count()))
