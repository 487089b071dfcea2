"""The place in a document where a completion is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cornerman.core.documents import DocumentSnapshot


class Extent(str, Enum):
    """How much a suggestion should hold: the rest of a line, or a whole block."""

    LINE = "line"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class CompletionSite:
    """A cursor, with what the syntax says about it.

    ``offset`` is the cursor; ``line`` its zero-based line. ``block_indent`` is the indentation,
    in columns, of the line that opens the block to be filled: what is generated ends at the
    first line not indented deeper. ``silence`` is the reason to suggest nothing here, or "".
    """

    snapshot: DocumentSnapshot
    offset: int
    line: int
    extent: Extent = Extent.LINE
    block_indent: int = 0
    silence: str = ""

    @property
    def line_prefix(self) -> str:
        """The cursor's line, left of the cursor."""
        return self.snapshot.text[self.snapshot.index.line_start(self.line) : self.offset]

    @property
    def line_suffix(self) -> str:
        """The cursor's line, right of the cursor, without its line break."""
        return self.snapshot.text[self.offset : self.snapshot.index.line_end(self.line)]

    def next_code_line(self) -> str:
        """The first line below the cursor's that is not blank, or ""."""
        index = self.snapshot.index
        for line in range(self.line + 1, index.line_count):
            text = self.snapshot.text[index.line_start(line) : index.line_end(line)]
            if text.strip():
                return text
        return ""


def indentation(line: str, tab_width: int = 4) -> int:
    """Width in columns of the white space ``line`` starts with."""
    width = 0
    for char in line:
        if char == "\t":
            width += tab_width - width % tab_width
        elif char == " ":
            width += 1
        else:
            break
    return width
