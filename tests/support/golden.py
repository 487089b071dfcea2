"""Golden tests: source with a cursor, what the model says, what is suggested."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from cornerman.core.completions import CompletionRequest, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest, Timings
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings

CURSOR = "‸"


class ScriptedEngine:
    """Says a given text, a few characters at a time, and remembers what it was asked."""

    def __init__(self, says: str, finish: FinishReason = FinishReason.STOP) -> None:
        self._says = says
        self._finish = finish
        self.requests: list[GenerationRequest] = []
        self.said = ""
        self.closed = False

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        self.requests.append(request)
        try:
            for start in range(0, len(self._says), 3):
                piece = self._says[start : start + 3]
                self.said += piece
                yield Chunk(piece)
            yield Chunk("", finish=self._finish, timings=Timings(generated=1, decode_ms=1.0))
        finally:
            self.closed = True


def at_cursor(marked: str, language: str = "python") -> tuple[DocumentSnapshot, int]:
    """A snapshot and an offset from source with one cursor mark in it."""
    assert marked.count(CURSOR) == 1
    text = marked.replace(CURSOR, "")
    return DocumentSnapshot("file:///project/a.py", language, 1, text), marked.index(CURSOR)


async def completed(
    marked: str, says: str, language: str = "python", finish: FinishReason = FinishReason.STOP
) -> Outcome:
    """The outcome of a completion where the model says ``says``."""
    snapshot, offset = at_cursor(marked, language)
    engine = ScriptedEngine(says, finish)
    return await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
    )


async def check(marked: str, says: str, expected: str, language: str = "python") -> None:
    """Assert that ``says`` at the cursor makes the document ``expected``."""
    snapshot, _ = at_cursor(marked, language)
    outcome = await completed(marked, says, language)
    assert outcome.completion is not None, outcome.reason
    done = outcome.completion
    assert snapshot.text[: done.start] + done.text + snapshot.text[done.end :] == expected
