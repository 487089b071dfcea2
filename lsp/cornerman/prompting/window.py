"""Which part of the document the model sees.

The window is anchored to lines. Its start and its anchor move in blocks, not line by line, because
every change of the first characters makes the engine evaluate the whole prompt again.
"""

from __future__ import annotations

from dataclasses import dataclass

from cornerman.core.positions import LineIndex
from cornerman.core.site import CompletionSite

# About 4 characters make a token of code; one very long line must not fill the context.
_MAX_PREFIX_CHARS = 16_000
_MAX_SUFFIX_CHARS = 6_000
_BLOCK_CHARS = 4_000
# An anchor further back than this would leave more to the middle than models were trained on.
_ANCHOR_LINES = 16


@dataclass(frozen=True, slots=True)
class Window:
    """The text around a cursor: ``prefix`` + ``typed`` is left of it, ``suffix`` right of it.

    ``typed`` is what stands left of the cursor on its own line. ``anchor`` is an offset in
    ``prefix``, at the start of a line, that stays where it is while lines are typed behind it.
    """

    prefix: str
    typed: str
    suffix: str
    language_id: str = ""
    anchor: int = 0


def window_around(site: CompletionSite, prefix_lines: int, suffix_lines: int) -> Window:
    """At least ``prefix_lines`` before the cursor (if there are) and ``suffix_lines`` after it."""
    index = site.snapshot.index
    text = site.snapshot.text
    start = index.line_start(_block_start(index, site.line, prefix_lines))
    last = min(site.line + suffix_lines, index.line_count - 1)
    end = index.line_end(last)
    line_start = index.line_start(site.line)
    start = _anchored(start, line_start)
    anchor = index.line_start(site.line // _ANCHOR_LINES * _ANCHOR_LINES)
    return Window(
        prefix=text[start:line_start],
        typed=text[_anchored(line_start, site.offset) : site.offset],
        suffix=text[site.offset : min(end, site.offset + _MAX_SUFFIX_CHARS)],
        language_id=site.snapshot.language_id,
        anchor=max(anchor - start, 0),
    )


def _block_start(index: LineIndex, line: int, prefix_lines: int) -> int:
    """First line of the window: steps of half its size, so that it moves rarely."""
    step = max(prefix_lines // 2, 1)
    wanted = max(line - prefix_lines, 0) // step * step
    return min(wanted, index.line_count - 1)


def _anchored(start: int, end: int) -> int:
    """``start``, or the next block of characters where long lines make it too far from ``end``."""
    excess = end - start - _MAX_PREFIX_CHARS
    return start if excess <= 0 else start + -(-excess // _BLOCK_CHARS) * _BLOCK_CHARS
