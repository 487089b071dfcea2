"""Pipelines that tell what they are doing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from cornerman.core.actions import ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, Priority
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import Passage
from cornerman.core.snippets import ContextSource
from cornerman.session.activity import Activity
from cornerman.session.pipelines import Pipelines
from cornerman.settings import Settings


class ObservedPipelines:
    """``inner``, with a note in ``activity`` of all work that the user waits for."""

    def __init__(self, inner: Pipelines, activity: Activity) -> None:
        self._inner = inner
        self._activity = activity

    def use(self, context: ContextSource) -> None:
        """See ``Pipelines``."""
        self._inner.use(context)

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
        """See ``Pipelines``. Work in the background goes unnoticed."""
        making = self._inner.complete(
            snapshot, offset, settings, priority=priority, variant=variant, on_text=on_text
        )
        if priority is Priority.BACKGROUND:
            return await making
        with self._activity.work():
            outcome = await making
            if outcome.timings is not None:
                self._activity.measured(outcome.timings.tokens_per_second)
            return outcome

    async def read_ahead(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        """See ``Pipelines``. It goes unnoticed."""
        return await self._inner.read_ahead(snapshot, offset, settings)

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``Pipelines``."""
        with self._activity.work():
            async with aclosing(self._inner.explain(request, settings)) as chunks:
                async for chunk in chunks:
                    if chunk.timings is not None:
                        self._activity.measured(chunk.timings.tokens_per_second)
                    yield chunk

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        """See ``Pipelines``."""
        with self._activity.work():
            offer = await self._inner.offer(request, settings, on_progress=on_progress)
            self._activity.measured(offer.tokens_per_second)
            return offer

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """See ``Pipelines``."""
        with self._activity.work():
            return await self._inner.review(request, settings, on_progress=on_progress)

    async def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``Pipelines``."""
        with self._activity.work():
            async with aclosing(self._inner.ask(question, passages, settings)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        """See ``Pipelines``."""
        return await self._inner.obstacle(settings)

    async def status(self, settings: Settings) -> EngineStatus:
        """See ``Pipelines``."""
        return await self._inner.status(settings)

    async def models(self, settings: Settings) -> list[ModelOffer]:
        """See ``Pipelines``."""
        return await self._inner.models(settings)

    async def pull(
        self, name: str | None, settings: Settings, *, on_progress: OnPull
    ) -> PulledModel:
        """See ``Pipelines``."""
        return await self._inner.pull(name, settings, on_progress=on_progress)

    async def aclose(self) -> None:
        """See ``Pipelines``."""
        await self._inner.aclose()
