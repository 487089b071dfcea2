"""Pipelines whose completions a test makes by hand, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from cornerman.core.actions import ActionRequest, Offer, OfferStatus, OnProgress, ReviewComment
from cornerman.core.certainty import ALL, Certainty
from cornerman.core.completions import Completion, EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, Priority, Timings
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import Passage
from cornerman.core.snippets import ContextSource
from cornerman.settings import Settings
from cornerman.statistics.journal import Answer, Shown

DEADLINE = 20.0
"""Seconds that nothing here should ever need."""


class Call:
    """One completion that was asked for."""

    def __init__(
        self,
        snapshot: DocumentSnapshot,
        offset: int,
        settings: Settings,
        priority: Priority,
        variant: int,
        on_text: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.snapshot = snapshot
        self.offset = offset
        self.priority = priority
        self.variant = variant
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()
        self.cancelled = False
        self._on_text = on_text

    async def say(self, so_far: str) -> None:
        """The model has said so much by now."""
        self._on_text(so_far)
        await settled()

    async def finish(self, text: str, certainty: Certainty = ALL) -> None:
        """The model is done; "" means that there is nothing to suggest."""
        self._on_text(text)
        completion = Completion(text, self.offset, self.offset) if text else None
        reason = "" if text else "nothing to add"
        self.outcome.set_result(
            Outcome(completion, reason, "m", 0.0, Timings(generated=1), certainty)
        )
        await settled()

    async def fail(self, error: Exception) -> None:
        self.outcome.set_exception(error)
        await settled()


class CalledPipelines:
    """Every completion waits for the test; ``calls`` has them in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.read_ahead_at: list[int] = []
        self.has_read = asyncio.Event()
        self._news = asyncio.Condition()

    async def complete(
        self,
        snapshot: DocumentSnapshot,
        offset: int,
        settings: Settings,
        *,
        priority: Priority,
        variant: int,
        on_text: Callable[[str], None],
    ) -> Outcome:
        call = Call(snapshot, offset, settings, priority, variant, on_text)
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

    async def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        yield Chunk(f"{passages[0].path} answers {question} [")
        yield Chunk("1].")

    def use(self, context: ContextSource) -> None:
        self.context = context

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

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        yield Chunk(f"{settings.model} on {request.snapshot.uri} at {request.start}")

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        return Offer(OfferStatus.REFUSED, request.kind.value, "nothing to do")

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        return ()

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        return None

    async def status(self, settings: Settings) -> EngineStatus:
        return EngineStatus(settings.model)

    async def models(self, settings: Settings) -> list[ModelOffer]:
        return []

    async def pull(
        self, name: str | None, settings: Settings, *, on_progress: OnPull
    ) -> PulledModel:
        return PulledModel(name or settings.model, "")

    async def aclose(self) -> None:
        pass


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
