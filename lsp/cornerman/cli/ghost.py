"""A suggestion drawn as an editor draws it: dimmed, inside the code around it."""

from __future__ import annotations

from rich.text import Text

from cornerman.core.documents import DocumentSnapshot


def with_ghost(snapshot: DocumentSnapshot, offset: int, suggestion: str, lines: int) -> Text:
    """The cursor's line with the suggestion in it, and up to ``lines`` lines above it."""
    index = snapshot.index
    line = index.line_of(offset)
    start = index.line_start(max(line - lines, 0))
    drawn = Text(snapshot.text[start:offset], no_wrap=True)
    drawn.append(suggestion, style="dim italic green")
    drawn.append(snapshot.text[offset : index.line_end(line)])
    return drawn
