"""The heads of what the user looked at last, and of the test for this file or the file it tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cornerman.context.index.facts import FileRef, Symbol
from cornerman.context.index.store import module_stem
from cornerman.context.outline import head
from cornerman.context.question import Question
from cornerman.context.types import is_public
from cornerman.core.snippets import Snippet

VISITED = "visited"
COUNTERPART = "counterpart"

_SCORE_OF_VISITED = 0.3
_SCORE_OF_COUNTERPART = 0.7
_MOST_VISITED = 3
_MOST_HEADS = 8
_TEST_NAME = re.compile(r"^(?:test_)(.+)$|^(.+?)(?:_test|_spec|Tests?|\.test|\.spec)$")


def visited_files(question: Question) -> Iterator[Snippet]:
    """What the documents define that were open or visited lately."""
    for file in list(question.visited)[:_MOST_VISITED]:
        yield from _heads(question, file, VISITED, _SCORE_OF_VISITED, "visited lately")


def counterpart(question: Question) -> Iterator[Snippet]:
    """The test file of a source file, and the source file of a test file."""
    stem = question.file.path.rsplit("/", 1)[-1].split(".", 1)[0]
    tested = _TEST_NAME.match(stem)
    if tested:
        names, why = [tested[1] or tested[2]], "what this file tests"
    else:
        names, why = [f"test_{stem}", f"{stem}_test", f"{stem}Test"], "the test of this file"
    for name in names:
        for file in question.index.with_stem(name)[:1]:
            if file != question.file and module_stem(file.path) == name:
                yield from _heads(question, file, COUNTERPART, _SCORE_OF_COUNTERPART, why)


def _heads(
    question: Question, file: FileRef, source: str, score: float, why: str
) -> Iterator[Snippet]:
    facts = question.index.facts(file)
    symbols = [s for s in facts.members("") if is_public(s)] if facts else []
    if not symbols or question.index.text(file) is None:
        return
    best = sorted(symbols, key=lambda symbol: -_relevance(question, symbol))[:_MOST_HEADS]
    best.sort(key=lambda symbol: symbol.first)
    text = "\n".join(head(symbol, question.snapshot.language_id) for symbol in best)
    identity = f"{file.path}:{source}"
    yield Snippet(file.path, text, source, score, identity, question.snapshot.language_id, why)


def _relevance(question: Question, symbol: Symbol) -> float:
    is_callable = symbol.kind != "variable"
    named = question.names.get(symbol.name, 0.0)
    return question.affinity(symbol.name) + named + 0.5 * is_callable
