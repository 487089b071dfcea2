"""Pipelines that do next to nothing, for doubles to build on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from cornerman.core.actions import ActionRequest, Offer, OfferStatus, OnProgress, ReviewComment
from cornerman.core.completions import CompletionRequest, EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import Passage
from cornerman.core.snippets import ContextSource
from cornerman.settings import Settings


class IdlePipelines:
    """Says what it was asked about, and suggests and changes nothing."""

    def use(self, context: ContextSource) -> None:
        self.context = context

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        return Outcome(None, "nothing to add")

    async def read_ahead(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        return False

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

    async def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        yield Chunk(f"{passages[0].path} answers {question} [")
        yield Chunk("1].")

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
