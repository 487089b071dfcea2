"""Code elsewhere that resembles the lines at the cursor: how it is done in other places."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cornerman.context.index.facts import FileRef
from cornerman.context.question import Question
from cornerman.context.select import SIMILAR
from cornerman.core.snippets import Snippet

NAME = SIMILAR

_WORD = re.compile(r"[^\W\d]\w+")
_LINE_END = re.compile(r"\n")
_LINES_BACK = 8
_WINDOW = 8
_BEFORE = 2
_LINES_ABOVE = 3
_TRIED = 20
_MAX_OF_FILE = 2
_MAX_FILES = 10
_RAREST = 10
_MAX_SPREAD = 150
_MIN_SCORE = 0.12
_WEIGHT = 4.0
_MAX_SNIPPETS = 5


@dataclass(frozen=True, slots=True)
class _Window:
    score: float
    file: FileRef
    first: int
    text: str


def similar_code(question: Question) -> Iterator[Snippet]:
    """The lines of other files that have most in common with those at the cursor.

    Rare words count more, and so do those of the cursor's line. Only files that share rare names
    are read.
    """
    rarity = _rarity(question)
    wanted = _wanted(question, rarity)
    if not wanted:
        return
    found: list[_Window] = []
    for file in _candidates(question, rarity):
        text = question.index.text(file)
        if text is not None:
            found += _best_windows(file, text, wanted)
    found.sort(key=lambda window: (-window.score, window.file, window.first))
    for window in found[:_MAX_SNIPPETS]:
        yield Snippet(
            window.file.path,
            window.text,
            NAME,
            window.score * _WEIGHT,
            f"{window.file.path}:{window.first}",
            question.snapshot.language_id,
            f"lines like these, {window.score:.0%}",
        )


def _rarity(question: Question) -> dict[str, float]:
    """How much the words near the cursor tell, by the number of files that mention them."""
    names = sorted(name for name in question.names if len(name) > 2)
    spread = question.index.spread(names)
    return {name: 1.0 / math.log2(2 + count) for name, count in spread.items()}


def _wanted(question: Question, rarity: Mapping[str, float]) -> dict[str, float]:
    """The words of the lines up to the cursor, and what each of them counts."""
    index = question.snapshot.index
    start = index.line_start(max(question.line - _LINES_BACK, 0))
    words = _WORD.findall(question.snapshot.text[start : question.offset])
    return {word: rarity[word] * question.names[word] for word in words if word in rarity}


def _candidates(question: Question, rarity: Mapping[str, float]) -> list[FileRef]:
    """Files that share the rarest names with the code at the cursor, the best ones first."""
    own = question.file
    spread = question.index.spread(sorted(rarity))
    shared = [name for name, count in spread.items() if 1 < count <= _MAX_SPREAD]
    shared.sort(key=lambda name: (-question.names[name] * rarity[name], name))
    scores: dict[FileRef, float] = {}
    for name in shared[:_RAREST]:
        for file in question.index.mentioning(name):
            if file != own:
                near = 1.2 if file.parent == own.parent else 1.0
                worth = question.names[name] * rarity[name] * near
                scores[file] = scores.get(file, 0.0) + worth
    for file in question.visited[:4]:
        if file != own:
            scores[file] = scores.get(file, 0.0) + 0.2
    return sorted(scores, key=lambda file: (-scores[file], file))[:_MAX_FILES]


def _best_windows(file: FileRef, text: str, wanted: Mapping[str, float]) -> list[_Window]:
    """The places in a file that match best, each with a little before it and more behind."""
    shared = _shared_words(text, wanted)
    total = sum(wanted.values())
    scores = {line: _score(line, shared, wanted) / total for line in shared}
    lines = text.split("\n")
    best: list[_Window] = []
    for at in sorted(scores, key=lambda line: (-scores[line], line))[:_TRIED]:
        first = max(at - _BEFORE, 0)
        is_apart = all(abs(first - other.first) >= _WINDOW for other in best)
        if scores[at] >= _MIN_SCORE and is_apart and len(best) < _MAX_OF_FILE:
            shown = "\n".join(lines[first : first + _WINDOW]).strip("\n")
            best.append(_Window(scores[at], file, first, shown))
    return best


def _shared_words(text: str, wanted: Mapping[str, float]) -> dict[int, set[str]]:
    """The wanted words by the lines that they are in; lines without any are left out."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, wanted))})\b")
    ends = [match.start() for match in _LINE_END.finditer(text)]
    shared: dict[int, set[str]] = {}
    for match in pattern.finditer(text):
        shared.setdefault(bisect_left(ends, match.start()), set()).add(match[0])
    return shared


def _score(line: int, shared: Mapping[int, set[str]], wanted: Mapping[str, float]) -> float:
    """What a line has in common counts whole, what those above it have, half."""
    own = shared[line]
    nearby = (shared.get(above, set[str]()) for above in range(line - _LINES_ABOVE, line))
    others = set[str]().union(*nearby) - own
    return sum(wanted[word] for word in own) + sum(wanted[word] for word in others) / 2
