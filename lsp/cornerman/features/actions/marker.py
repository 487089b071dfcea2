"""``cornerman: do this`` in a comment, for editors that cannot ask for a line of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cornerman.context.languages import lexicon
from cornerman.core.documents import DocumentSnapshot


@dataclass(frozen=True, slots=True)
class Marker:
    """A comment with an instruction, and the offsets of its whole line."""

    instruction: str
    start: int
    end: int


def marker_near(snapshot: DocumentSnapshot, start: int, end: int) -> Marker | None:
    """The first marker in the lines of ``start`` to ``end``, or in the line above them."""
    index = snapshot.index
    first = max(index.line_of(start) - 1, 0)
    return _in_lines(snapshot, range(first, index.line_of(end) + 1))


def _in_lines(snapshot: DocumentSnapshot, lines: range) -> Marker | None:
    index = snapshot.index
    known = lexicon(snapshot.language_id)
    openers = (*known.line_comments, *(pair[0] for pair in known.block_comments))
    if not openers:
        return None
    opener = "|".join(re.escape(text) for text in openers)
    closer = "|".join(re.escape(pair[1]) for pair in known.block_comments) or r"(?!)"
    pattern = re.compile(
        rf"[ \t]*(?:{opener})[ \t]*cornerman:[ \t]*(\S.*?)[ \t]*(?:{closer})?[ \t]*", re.I
    )
    for line in lines:
        start = index.line_start(line)
        match = pattern.fullmatch(snapshot.text[start : index.line_end(line)])
        if match is not None:
            last = line + 1 == index.line_count
            return Marker(
                match[1], start, index.line_end(line) if last else index.line_start(line + 1)
            )
    return None
