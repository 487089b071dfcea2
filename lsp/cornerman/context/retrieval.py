"""Which parts of the workspace can answer a question: definitions, and sections of documents."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cornerman.context.index.facts import FileRef, Symbol
from cornerman.context.index.workspace import WorkspaceIndex
from cornerman.core.passages import Findings, Passage

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|er|ers|ion|ions|e)$")
_HEADING = re.compile(r"^#{1,6} ")
# Of BM25: how soon a repeated word says nothing new, and how much long texts are marked down.
_K, _B = 1.2, 0.6
_COMMON_WORDS = frozenset(
    {
        *("the", "and", "for", "are", "how", "does", "what", "where", "which", "when", "who"),
        *("why", "this", "that", "with", "from", "into", "can", "you", "your", "work", "there"),
        *("use", "used", "using", "get", "has", "have", "was", "were", "its", "not", "all"),
        *("any", "one", "code", "file", "files"),
    }
)
_MOST_PASSAGES = 5
_MOST_LINES = 30
_SECTION_LINES = 40
# A name says more about what a definition is for than the code in it.
_NAME_WEIGHT = 3
# The passages have to hold at least this share of what the question is about.
_MIN_COVERED = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    file: FileRef
    first: int
    last: int
    words: Mapping[str, int]
    length: int


def retrieve(index: WorkspaceIndex, question: str) -> Findings:
    """The passages that share most with ``question``; rare words count more."""
    asked = words_of(question)
    candidates = [*_definitions(index), *_sections(index)]
    if not asked or not candidates:
        return Findings()
    spread = Counter(word for c in candidates for word in c.words if word in asked)
    rarity = {w: math.log(1 + len(candidates) / (1 + spread[w])) for w in asked}
    mean = sum(c.length for c in candidates) / len(candidates)
    scored = [(_score(c, rarity, mean), c) for c in candidates if not asked.isdisjoint(c.words)]
    scored.sort(key=lambda item: (-item[0], item[1].file, item[1].first))
    chosen = _apart([item for item in scored if item[0] > 0])
    passages = tuple(p for score, c in chosen if (p := _passage(index, c, score)) is not None)
    covered = {w for _, c in chosen[:3] for w in c.words if w in asked}
    share = sum(rarity[w] for w in covered) / sum(rarity.values())
    return Findings(passages, not passages or share < _MIN_COVERED)


def words_of(text: str) -> frozenset[str]:
    """What a text is about: its words without their endings, and without the common ones."""
    return frozenset(_stems(text))


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        lower = word.lower()
        if len(lower) > 2 and lower not in _COMMON_WORDS:
            # Twice: what is rendered, and a renderer, are of one stem with what can render.
            yield _ENDING.sub("", _ENDING.sub("", lower))


def _definitions(index: WorkspaceIndex) -> Iterator[_Candidate]:
    for file in index.all_files():
        facts = index.facts(file)
        for symbol in facts.symbols if facts else ():
            if symbol.kind in ("class", "function", "method"):
                yield _of_symbol(file, symbol)


def _of_symbol(file: FileRef, symbol: Symbol) -> _Candidate:
    words = Counter(_stems(f"{symbol.signature} {symbol.doc} {file.path}"))
    for word in _stems(f"{symbol.name} {symbol.container}"):
        words[word] += _NAME_WEIGHT
    return _Candidate(file, symbol.first, symbol.last, words, sum(words.values()))


def _sections(index: WorkspaceIndex) -> Iterator[_Candidate]:
    """The parts of Markdown documents between headings."""
    for file in index.in_language("markdown"):
        text = index.text(file)
        lines = text.split("\n") if text else []
        starts = [0, *(n for n, line in enumerate(lines) if n and _HEADING.match(line))]
        for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            last = min(end, first + _SECTION_LINES) - 1
            words = Counter(_stems("\n".join(lines[first : last + 1])))
            if words:
                yield _Candidate(file, first, last, words, sum(words.values()))


def _score(candidate: _Candidate, rarity: Mapping[str, float], mean: float) -> float:
    length = _K * (1 - _B + _B * candidate.length / mean)
    counts = ((rarity[word], candidate.words.get(word, 0)) for word in rarity)
    return sum(weight * count * (_K + 1) / (count + length) for weight, count in counts)


def _apart(scored: Sequence[tuple[float, _Candidate]]) -> list[tuple[float, _Candidate]]:
    """The best ones, none inside of another."""
    chosen: list[tuple[float, _Candidate]] = []
    for score, candidate in scored:
        if len(chosen) == _MOST_PASSAGES:
            break
        if not any(_meet(candidate, other) for _, other in chosen):
            chosen.append((score, candidate))
    return chosen


def _meet(one: _Candidate, other: _Candidate) -> bool:
    return one.file == other.file and one.first <= other.last and other.first <= one.last


def _passage(index: WorkspaceIndex, candidate: _Candidate, score: float) -> Passage | None:
    text = index.text(candidate.file)
    lines = text.split("\n") if text is not None else []
    last = min(candidate.last, candidate.first + _MOST_LINES - 1, len(lines) - 1)
    if last < candidate.first:
        return None
    file = candidate.file
    shown = "\n".join(lines[candidate.first : last + 1])
    uri = Path(file.folder, file.path).as_uri()
    return Passage(file.path, uri, candidate.first + 1, last + 1, shown, score)
