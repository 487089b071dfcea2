"""Immutable documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cornerman.core.positions import LineIndex


@dataclass(frozen=True)
class DocumentSnapshot:
    """One version of one open document. ``language_id`` is LSP's (``python``, ``go``, …)."""

    uri: str
    language_id: str
    version: int
    text: str

    @cached_property
    def index(self) -> LineIndex:
        """The line starts, computed on first use."""
        return LineIndex(self.text)

    def replace(self, start: int, end: int, text: str, version: int) -> DocumentSnapshot:
        """A later snapshot in which offsets ``start`` to ``end`` hold ``text`` instead."""
        edited = self.text[:start] + text + self.text[end:]
        return DocumentSnapshot(self.uri, self.language_id, version, edited)
