"""Immutable documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cornerman.core.positions import LineIndex

LONGEST = 5_000_000
"""Characters. Every key makes a new copy of its document, which takes too long beyond that."""
TOO_LONG = f"The document is longer than {LONGEST:,} characters; split it to get help with it."


@dataclass(frozen=True)
class DocumentSnapshot:
    """One version of one open document. ``language_id`` is LSP's (``python``, ``go``, …).

    One that ``is_too_long`` has no text, and nothing is done with it.
    """

    uri: str
    language_id: str
    version: int
    text: str
    is_too_long: bool = False

    @cached_property
    def index(self) -> LineIndex:
        """The line starts, computed on first use."""
        return LineIndex(self.text)

    def replace(self, start: int, end: int, text: str, version: int) -> DocumentSnapshot:
        """A later snapshot in which offsets ``start`` to ``end`` hold ``text`` instead."""
        edited = self.text[:start] + text + self.text[end:]
        later = DocumentSnapshot(self.uri, self.language_id, version, edited)
        # Where a cached property keeps its value.
        if "index" in vars(self):
            vars(later)["index"] = self.index.replaced(start, end, text, edited)
        return later

    def bounded(self) -> DocumentSnapshot:
        """The same if it is no longer than ``LONGEST``, otherwise without its text."""
        if len(self.text) <= LONGEST:
            return self
        return DocumentSnapshot(self.uri, self.language_id, self.version, "", is_too_long=True)
