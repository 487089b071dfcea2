"""Random texts and changes of documents, and the same changes as an editor sends them."""

from __future__ import annotations

import random

from support.code_units import CodeUnits

# Line breaks of LSP, characters that only str.splitlines() takes for line breaks, characters of
# one to four UTF-8 bytes and one or two UTF-16 units, combining and joining ones.
ALPHABET = (
    *("a", "b", " ", "\t", "\n", "\n", "\r", "\r\n", "\f", "\v", "\x1c", "\x85"),
    *("\u2028", "\u2029", "é", "ß", "e\u0301", "नि", "漢", "😋", "👩\u200d💻", "𝒳"),
    *("\x00", "\ufeff", "\uffff", "\U00010000"),
)
_LONGEST = 400


def range_change(start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, object]:
    positions = [{"line": line, "character": character} for line, character in (start, end)]
    return {"range": {"start": positions[0], "end": positions[1]}, "text": text}


def random_text(rng: random.Random, at_most: int) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(0, at_most)))


def random_position(rng: random.Random, document: CodeUnits) -> tuple[int, int]:
    """Anywhere: also past the end of a line or of the document, and inside a character."""
    lines = document.lines()
    line = rng.randrange(len(lines) + (2 if rng.random() < 0.1 else 0))
    if rng.random() < 0.05:
        return line, rng.choice((1000, 2**31 - 1, 2**32 - 1))
    start, end = lines[min(line, len(lines) - 1)]
    return line, rng.randint(0, end - start + 3)


def random_change(rng: random.Random, document: CodeUnits) -> dict[str, object]:
    """A change of the reference document, and the same as the editor would send it."""
    if rng.random() < 0.01 or len(document.units) > _LONGEST:
        text = random_text(rng, 30)
        document.units = CodeUnits(text, document.encoding).units
        return {"text": text}
    start, end = sorted((random_position(rng, document), random_position(rng, document)))
    if rng.random() < 0.5:
        end = start
    text = random_text(rng, 6)
    document.replace(start, end, text)
    return range_change(start, end, text)
