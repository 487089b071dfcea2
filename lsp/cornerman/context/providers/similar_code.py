"""Code elsewhere that resembles the lines at the cursor: how it is done in other places."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cornerman.context.index.facts import FileRef
from cornerman.context.question import Question
from cornerman.core.snippets import Snippet

NAME = "similar"

_WORD = re.compile(r"[^\W\d]\w+")
_LINES_BACK = 8
_WINDOW = 10
_STEP = 4
_MAX_FILES = 10
_RAREST = 10
_MAX_SPREAD = 150
_MAX_LINES = 6_000
_MIN_SCORE = 0.12
_WEIGHT = 4.0
_MAX_SNIPPETS = 3


@dataclass(frozen=True, slots=True)
class _Window:
    score: float
    file: FileRef
    first: int
    text: str


def similar_code(question: Question) -> Iterator[Snippet]:
    """The windows of other files that have most words in common with the lines at the cursor.

    Rare words count more. Only files that share rare names are read.
    """
    rarity = _rarity(question)
    wanted = _wanted(question, rarity)
    if not wanted:
        return
    best: list[_Window] = []
    for file in _candidates(question, rarity):
        text = question.index.text(file)
        if text is not None:
            window = _best_window(file, text, wanted, rarity)
            if window is not None:
                best.append(window)
    best.sort(key=lambda window: (-window.score, window.file))
    for window in best[:_MAX_SNIPPETS]:
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


def _wanted(question: Question, rarity: dict[str, float]) -> Counter[str]:
    index = question.snapshot.index
    start = index.line_start(max(question.line - _LINES_BACK, 0))
    words = _WORD.findall(question.snapshot.text[start : question.offset])
    return Counter({word: 1 for word in words if word in rarity})


def _candidates(question: Question, rarity: dict[str, float]) -> list[FileRef]:
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


def _best_window(
    file: FileRef, text: str, wanted: Counter[str], rarity: dict[str, float]
) -> _Window | None:
    """The window that matches best, moved down by half: what follows is what is of use."""
    lines = text.split("\n")[:_MAX_LINES]
    words = [frozenset(_WORD.findall(line)) for line in lines]
    total = sum(rarity[word] for word in wanted)
    best_score, best_first = 0.0, 0
    for first in range(0, max(len(lines) - _STEP, 1), _STEP):
        here = frozenset[str]().union(*words[first : first + _WINDOW])
        common = sum(rarity[word] for word in wanted if word in here)
        score = common / (total + 0.02 * len(here))
        if score > best_score:
            best_score, best_first = score, first
    if best_score < _MIN_SCORE:
        return None
    first = best_first + _WINDOW // 4
    shown = lines[first : first + _WINDOW]
    return _Window(best_score, file, first, "\n".join(shown).strip("\n"))
