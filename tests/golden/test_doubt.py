"""Where a suggestion ends that nobody asked for: before the first word the model doubts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from math import log

import pytest

from cornerman.core.completions import UNSURE, CompletionRequest, Outcome
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings
from support.golden import at_cursor

Token = tuple[str, float]


class TokenEngine:
    """Says tokens that have probabilities, and remembers how far it came."""

    def __init__(self, *tokens: Token) -> None:
        self._tokens = tokens
        self.said = ""

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        assert request.logprobs
        for text, probability in self._tokens:
            self.said += text
            yield Chunk(text, (log(probability),))
        yield Chunk("", finish=FinishReason.STOP)


async def outcome_of(
    marked: str, engine: TokenEngine, *, is_unasked: bool = True, word: float = 0.7
) -> Outcome:
    settings = CompletionSettings.model_validate(
        {"confidence": {"line": 0.5, "beginning": 0.6, "pause": 0.05, "word": word}}
    )
    request = CompletionRequest(*at_cursor(marked), is_unasked=is_unasked)
    return await complete(request, settings, find(STARTER_MODEL), engine)


CASES: dict[str, tuple[str, tuple[Token, ...], str]] = {
    "sure to the end": (
        "x = ‸\n",
        (("self", 0.9), (".name", 0.9), (".strip", 0.8), ("()", 0.9), ("\n", 0.9)),
        "self.name.strip()",
    ),
    "before the doubtful word": (
        "x = ‸\n",
        (("self", 0.9), (".name", 0.9), (".strip", 0.4), ("()", 0.9), ("\n", 0.9)),
        "self.name",
    ),
    "a first word that is doubtful is needed": (
        "x = ‸\n",
        (("self", 0.6), (".name", 0.9), (".strip", 0.4), ("()", 0.9), ("\n", 0.9)),
        "self.name",
    ),
    "no bracket stays open": (
        "x = ‸\n",
        (("sorted", 0.9), ("(items", 0.9), (", key", 0.2), ("=len)", 0.9), ("\n", 0.9)),
        "sorted",
    ),
    "half a word is none": (
        "x = ‸\n",
        (("self", 0.9), (".na", 0.9), ("mes", 0.2), ("\n", 0.9)),
        "self",
    ),
    "a bracket of the document may be open": (
        "print(‸)\n",
        (("total", 0.9), (", end", 0.3), ("=''", 0.9), (")", 0.9), ("\n", 0.9)),
        "total",
    ),
    "nothing worth a look so far": (
        "x = ‸\n",
        (("a", 0.9), (" +", 0.5), (" b", 0.9), ("\n", 0.9)),
        "a + b",
    ),
    "in a string of the user": (
        "x = 'what ‸\n",
        (("follows", 0.9), (" is", 0.3), (" more", 0.9), ("'", 0.9), ("\n", 0.9)),
        "follows",
    ),
    "without its colon the head of a block breaks the syntax": (
        "if ‸\n        pass\n",
        (("done", 0.9), (" and", 0.3), (" dusted", 0.9), (":", 0.9), ("\n", 0.9)),
        "done and dusted:",
    ),
    "what stands below goes on from the end only": (
        "def f(x):\n    for y in x:\n        a = ‸\n            b = y\n",
        (("self", 0.9), (".name", 0.3), ("\n", 0.9)),
        "self",
    ),
    "where the line could end": (
        "x = ‸\n",
        (("total", 0.9), ("\n", 0.3), ("y", 0.9)),
        "total",
    ),
}


@pytest.mark.parametrize(("marked", "tokens", "expected"), CASES.values(), ids=CASES.keys())
async def test_end(marked: str, tokens: tuple[Token, ...], expected: str) -> None:
    outcome = await outcome_of(marked, TokenEngine(*tokens))
    assert outcome.completion is not None, outcome.reason
    assert outcome.completion.text == expected


LINE = CASES["before the doubtful word"]


async def test_the_stream_ends_with_the_suggestion() -> None:
    engine = TokenEngine(*LINE[1])
    outcome = await outcome_of(LINE[0], engine)
    assert outcome.is_cut
    assert engine.said == "self.name.strip"


async def test_who_asks_gets_the_whole_line() -> None:
    for outcome in (
        await outcome_of(LINE[0], TokenEngine(*LINE[1]), is_unasked=False),
        await outcome_of(LINE[0], TokenEngine(*LINE[1]), word=0.0),
    ):
        assert outcome.completion is not None
        assert outcome.completion.text == "self.name.strip()"
        assert not outcome.is_cut


async def test_what_is_shown_to_nobody_is_not_written() -> None:
    engine = TokenEngine(("se", 0.1), ("l", 0.3), ("fish", 0.9), (".name", 0.9), ("\n", 0.9))
    outcome = await outcome_of("x = ‸\n", engine)
    assert (outcome.completion, outcome.reason) == (None, UNSURE)
    assert engine.said == "sel"


async def test_a_block_is_suggested_by_lines() -> None:
    tokens = (
        ("a", 0.9),
        (" = 1", 0.3),
        ("\n    ", 0.9),
        ("return", 0.4),
        (" a\n", 0.9),
        ("b", 0.9),
    )
    outcome = await outcome_of("def f():\n    ‸\n", TokenEngine(*tokens))
    assert outcome.completion is not None
    assert outcome.completion.text == "a = 1\n    return a"
