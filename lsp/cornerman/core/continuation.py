"""What a suggestion opens and closes, read as the continuation of the text before it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from cornerman.core.lexicon import OPENER_OF, Lexicon, tokens


@dataclass(frozen=True, slots=True)
class Opened:
    """A bracket at an offset that nothing has closed."""

    bracket: str
    offset: int


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text read behind what stands left of it on its line. Offsets count from its start.

    ``outward`` is where it first closes something that it did not open: the offset of a closing
    bracket, or of the quote that ends a string begun before it. ``opened`` are its brackets that
    are open at its end, ``open_string`` is the mark of a string that is. ``breaks`` are its line
    breaks at which nothing that it opened is open, ``inner_breaks`` those at which only brackets
    are.
    """

    outward: int | None
    opened: tuple[Opened, ...]
    breaks: tuple[int, ...]
    inner_breaks: tuple[int, ...] = ()
    open_string: str = ""


def read_on(before: str, text: str, lexicon: Lexicon) -> Continuation:
    """Read ``text`` behind ``before``, the part of its line left of it, which starts in code."""
    was_inside = open_string(before, lexicon)
    outward: int | None = None
    stack: list[Opened] = []
    prose: list[tuple[int, int]] = []
    bracketed: list[tuple[int, int]] = []
    for token in tokens(before + text, lexicon):
        start, end = token.start - len(before), token.end - len(before)
        if end <= 0:
            continue
        if not token.is_bracket:
            if start >= 0 or not (was_inside or token.is_comment):
                prose.append((max(start, 0), end))
            elif token.is_closed and not token.is_comment and outward is None:
                outward = end - 1
        elif token.text not in OPENER_OF:
            stack.append(Opened(token.text, start))
        elif stack and stack[-1].bracket == OPENER_OF[token.text]:
            bracketed.append((stack.pop().offset, end))
        elif outward is None:
            outward = start
    bracketed.extend((opened.offset, len(text)) for opened in stack)
    in_code = [break_ for break_ in _line_breaks(text) if not _is_within(break_, prose)]
    inner = tuple(break_ for break_ in in_code if _is_within(break_, bracketed))
    breaks = tuple(break_ for break_ in in_code if break_ not in inner)
    is_inside = "" if was_inside else open_string(before + text, lexicon)
    return Continuation(outward, tuple(stack), breaks, inner, is_inside)


def _line_breaks(text: str) -> list[int]:
    return [offset for offset, char in enumerate(text) if char == "\n"]


def _is_within(offset: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in ranges)


def open_string(text: str, lexicon: Lexicon) -> str:
    """The mark of the string that ``text``, which starts in code, ends in; "" for none."""
    last = next(iter(deque(tokens(text, lexicon), maxlen=1)), None)
    if last is None or last.is_closed or last.is_comment or last.end < len(text):
        return ""
    marks = (*lexicon.long_quotes, *lexicon.quotes)
    return next((mark for mark in marks if last.text.startswith(mark)), "")
