"""Pipelines whose completions a test makes by hand, step by step."""

from __future__ import annotations

import asyncio

from cornerman.core.certainty import ALL, Certainty
from cornerman.core.completions import Completion, CompletionRequest, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Timings
from cornerman.settings import Settings
from cornerman.statistics.journal import Answer, Shown
from support.idle_pipelines import IdlePipelines

DEADLINE = 20.0
"""Seconds that nothing here should ever need."""


class Call:
    """One completion that was asked for."""

    def __init__(self, request: CompletionRequest, settings: Settings) -> None:
        self.settings = settings
        self.snapshot = request.snapshot
        self.offset = request.offset
        self.priority = request.priority
        self.variant = request.variant
        self.is_unasked = request.is_unasked
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        self.cancelled = False
        self._on_text = request.on_text

    async def say(self, so_far: str) -> None:
        """The model has said so much by now."""
        self._on_text(so_far)
        await settled()

    async def finish(self, text: str, certainty: Certainty = ALL, *, is_cut: bool = False) -> None:
        """The model is done, or was stopped; "" means that there is nothing to suggest."""
        self._on_text(text)
        completion = Completion(text, self.offset, self.offset) if text else None
        reason = "" if text else "nothing to add"
        self.outcome.set_result(
            Outcome(completion, reason, "m", 0.0, Timings(generated=1), certainty, is_cut=is_cut)
        )
        await settled()

    async def fail(self, error: Exception) -> None:
        self.outcome.set_exception(error)
        await settled()


class CalledPipelines(IdlePipelines):
    """Every completion waits for the test; ``calls`` has them in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.read_ahead_at: list[int] = []
        self.has_read = asyncio.Event()
        self._news = asyncio.Condition()

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        call = Call(request, settings)
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()
        try:
            return await call.outcome
        except asyncio.CancelledError:
            call.cancelled = True
            raise
        finally:
            call.ended.set()

    async def call(self, number: int) -> Call:
        """The call with that number, counted from 1, once it has come."""

        async def find() -> Call:
            async with self._news:
                await self._news.wait_for(lambda: len(self.calls) >= number)
            return self.calls[number - 1]

        return await asyncio.wait_for(find(), DEADLINE)

    async def read_ahead(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        self.read_ahead_at.append(offset)
        self.has_read.set()
        return True


class Notes:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.shown_ones: list[Shown] = []
        self.accepted_ones: list[tuple[str, int]] = []
        self.kept_ones: list[tuple[str, bool]] = []
        self.kept_news = asyncio.Event()
        self.is_closed = False

    def answered(self, answer: Answer) -> None:
        self.answers.append(answer)

    def shown(self, shown: Shown) -> None:
        self.shown_ones.append(shown)

    def accepted(self, suggestion_id: str, characters: int) -> None:
        self.accepted_ones.append((suggestion_id, characters))

    def kept(self, suggestion_id: str, *, is_kept: bool) -> None:
        self.kept_ones.append((suggestion_id, is_kept))
        self.kept_news.set()

    async def aclose(self) -> None:
        self.is_closed = True


async def settled() -> None:
    """Let everything run that does not wait for something."""
    for _ in range(20):
        await asyncio.sleep(0)
