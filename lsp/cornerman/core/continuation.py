"""What a suggestion opens and closes, read as the continuation of the text before it."""

from __future__ import annotations

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
    are open at its end. ``breaks`` are its line breaks at which nothing that it opened is open;
    ``ends_inside`` says that it ends in a string that it opened.
    """

    outward: int | None
    opened: tuple[Opened, ...]
    breaks: tuple[int, ...]
    ends_inside: bool = False


def read_on(before: str, text: str, lexicon: Lexicon) -> Continuation:
    """Read ``text`` behind ``before``, the part of its line left of it, which starts in code."""
    shift = len(before)
    outward: int | None = None
    stack: list[Opened] = []
    inside: list[tuple[int, int]] = []
    ends_inside = False
    for token in tokens(before + text, lexicon):
        start, end = token.start - shift, token.end - shift
        if end <= 0:
            continue
        if not token.is_bracket:
            if start >= 0:
                inside.append((start, end))
                ends_inside = not (token.is_comment or token.is_closed) and end == len(text)
            elif token.is_closed and not token.is_comment and outward is None:
                outward = end - 1
        elif token.text not in OPENER_OF:
            stack.append(Opened(token.text, start))
        elif stack and stack[-1].bracket == OPENER_OF[token.text]:
            inside.append((stack.pop().offset, end))
        elif outward is None:
            outward = start
    inside.extend((opened.offset, len(text)) for opened in stack)
    breaks = tuple(
        offset
        for offset, char in enumerate(text)
        if char == "\n" and not any(start <= offset < end for start, end in inside)
    )
    return Continuation(outward, tuple(stack), breaks, ends_inside)


def open_brackets(text: str, lexicon: Lexicon) -> list[Opened]:
    """The brackets that ``text``, which starts in plain code, leaves open, outermost first."""
    return list(read_on("", text, lexicon).opened)
