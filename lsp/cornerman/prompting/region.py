"""The part of a document that prompts show, the same one while the user types in one place.

A region begins at a line and ends at one. Typing only adds to what stands in it left of the
cursor, so that an engine can go on from what it has read. The region ends when the text right of
the cursor becomes another, or when it has grown too long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cornerman.core.budget import TokenBudget
from cornerman.core.site import CompletionSite
from cornerman.prompting.window import Window

# The text left of a cursor says more about what follows than the text right of it.
_SHARE_OF_SUFFIX = 0.3
# A region that has grown to so many times its budget is left for a new one.
_MOST_GROWTH = 3
# Enough of the first lines to find them again when lines above them come or go.
_HEAD_CHARS = 200
# A line without end must not fill the prompt; its start moves in steps.
_LONGEST_LINE = 4_000
_LINE_STEP = 2_000
# An anchor further back than this would leave more to the middle than models were trained on.
_ANCHOR_LINES = 16
# What editors put behind the cursor by themselves: it comes and goes while somebody types.
_CLOSERS = frozenset(")]}>\"'`;,: \t")


@dataclass(frozen=True, slots=True)
class Region:
    """Where the prompts of a place begin, and what stands right of the cursor there.

    ``start`` is the offset of ``head``, the region's first characters; ``suffix`` is the text
    from the cursor on, up to the end of the document if ``reaches_end``. ``anchor`` is how far
    from the start the cursor's line was when it came. ``budget`` is what all of it was cut to.
    """

    start: int
    head: str
    suffix: str
    reaches_end: bool
    anchor: int
    budget: TokenBudget

    @classmethod
    def around(cls, site: CompletionSite, budget: TokenBudget, lines: tuple[int, int]) -> Region:
        """The region of a cursor that comes from elsewhere.

        Of at most so many ``lines`` before the cursor and after it.
        """
        text, index = site.snapshot.text, site.snapshot.index
        right = right_of(site)
        end = _end(site, right, int(budget.chars * _SHARE_OF_SUFFIX), lines[1])
        line_start = index.line_start(site.line)
        earliest = max(line_start - (budget.chars - (end - right)), 0)
        first = index.line_of(earliest) + (earliest > 0)
        start = index.line_start(min(max(first, site.line - lines[0]), site.line))
        return cls(
            start,
            text[start : min(start + _HEAD_CHARS, line_start)],
            text[right:end],
            end == len(text),
            line_start - start,
            budget,
        )

    def at(self, site: CompletionSite) -> Region | None:
        """This region where it begins now; None if the cursor is not in it any more."""
        text, right = site.snapshot.text, right_of(site)
        if not text.startswith(self.suffix, right):
            return None
        if self.reaches_end and len(text) - right != len(self.suffix):
            return None
        start = _nearest(text, self.head, self.start)
        line_start = site.snapshot.index.line_start(site.line)
        if start is None or start + len(self.head) > line_start:
            return None
        is_too_long = line_start - start > max(_MOST_GROWTH * self.budget.chars, _HEAD_CHARS)
        return None if is_too_long else replace(self, start=start)

    def window(self, site: CompletionSite) -> Window:
        """What a prompt shows of the region."""
        text = site.snapshot.text
        line_start = site.snapshot.index.line_start(site.line)
        excess = max(site.offset - line_start - _LONGEST_LINE, 0)
        typed = line_start + -(-excess // _LINE_STEP) * _LINE_STEP
        prefix = text[self.start : line_start]
        return Window(
            prefix,
            text[typed : site.offset],
            self.suffix,
            site.snapshot.language_id,
            _moved(min(self.anchor, len(prefix)), prefix),
        )


def right_of(site: CompletionSite) -> int:
    """Where the text right of the cursor begins, without closers that an editor has put there."""
    rest = site.line_suffix
    return site.offset + len(rest) if _CLOSERS.issuperset(rest) else site.offset


def _end(site: CompletionSite, right: int, chars: int, lines: int) -> int:
    """Where the suffix ends: at a line's end, unless its first line alone is too long."""
    text, index = site.snapshot.text, site.snapshot.index
    end = min(right + chars, len(text))
    if end == len(text) and index.line_count - 1 - site.line <= lines:
        return end
    last = min(index.line_of(end) - 1, site.line + lines)
    whole = index.line_end(last) if last >= site.line else right
    return whole if whole > right else end


def _moved(anchor: int, prefix: str) -> int:
    """The anchor, moved on by blocks of lines as they are typed behind it."""
    for _ in range(prefix.count("\n", anchor) // _ANCHOR_LINES * _ANCHOR_LINES):
        anchor = prefix.index("\n", anchor) + 1
    return anchor


def _nearest(text: str, head: str, start: int) -> int | None:
    """Where ``head`` is now, as near as possible to where it was."""
    if text.startswith(head, start):
        return start
    found = [text.rfind(head, 0, start + len(head)), text.find(head, start)]
    lines = [at for at in found if at == 0 or (at > 0 and text[at - 1] == "\n")]
    return min(lines, key=lambda at: abs(at - start), default=None)
