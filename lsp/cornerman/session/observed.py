"""Features that tell what they are doing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from cornerman.core.actions import ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import CompletionRequest, Outcome
from cornerman.core.generation import Chunk, Priority
from cornerman.core.passages import Passage
from cornerman.session.activity import Activity
from cornerman.session.pipelines import Features
from cornerman.settings import Settings


class ObservedFeatures:
    """``inner``, with a note in ``activity`` of all work that the user waits for."""

    def __init__(self, inner: Features, activity: Activity) -> None:
        self._inner = inner
        self._activity = activity

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        """See ``Features``. Work in the background goes unnoticed."""
        if request.priority is Priority.BACKGROUND:
            return await self._inner.complete(request, settings)
        with self._activity.work():
            outcome = await self._inner.complete(request, settings)
            if outcome.timings is not None:
                self._activity.measured(outcome.timings.tokens_per_second)
            return outcome

    def explain(self, request: ActionRequest, settings: Settings) -> AsyncGenerator[Chunk, None]:
        """See ``Features``."""
        return self._noted(self._inner.explain(request, settings))

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        """See ``Features``."""
        with self._activity.work():
            offer = await self._inner.offer(request, settings, on_progress=on_progress)
            self._activity.measured(offer.tokens_per_second)
            return offer

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """See ``Features``."""
        with self._activity.work():
            return await self._inner.review(request, settings, on_progress=on_progress)

    def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``Features``."""
        return self._noted(self._inner.ask(question, passages, settings))

    async def _noted(self, stream: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Chunk, None]:
        with self._activity.work():
            async with aclosing(stream) as chunks:
                async for chunk in chunks:
                    if chunk.timings is not None:
                        self._activity.measured(chunk.timings.tokens_per_second)
                    yield chunk
