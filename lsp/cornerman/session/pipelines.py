"""What a session needs done and does not do itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from cornerman.core.actions import ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import CompletionRequest, EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import Passage
from cornerman.core.snippets import ContextSource
from cornerman.settings import Settings


class Features(Protocol):
    """What a model makes for somebody who waits for it."""

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        """One suggestion, or the reason why there is none; raises ``CornermanError``."""
        ...

    def explain(self, request: ActionRequest, settings: Settings) -> AsyncGenerator[Chunk, None]:
        """Markdown in pieces; closing the stream cancels; raises ``CornermanError``."""
        ...

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        """A verified edit, or why there is none; cancelling the task cancels the generation.

        For every kind but explain and review; raises ``CornermanError``.
        """
        ...

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """Remarks about the request's range, in order; raises ``CornermanError``."""
        ...

    def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """An answer from ``passages`` in pieces; ``[1]`` in it stands for the first of them.

        Closing the stream cancels; raises ``CornermanError``.
        """
        ...


class Pipelines(Features, Protocol):
    """The features, bound to whatever generates text, and what there is to know about that."""

    def use(self, context: ContextSource) -> None:
        """Show the model what ``context`` has of other files, from now on."""
        ...

    async def read_ahead(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        """Let an engine that runs already read what stands around ``offset``, in the background.

        False if no more of the document is to be read, or there is no engine. Raises
        ``CornermanError``.
        """
        ...

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        """What keeps every model from being asked, as far as that is known without asking."""
        ...

    async def status(self, settings: Settings) -> EngineStatus:
        """What serves completions now; starts nothing."""
        ...

    async def models(self, settings: Settings) -> list[ModelOffer]:
        """Every known model as a choice for this machine."""
        ...

    async def pull(
        self, name: str | None, settings: Settings, *, on_progress: OnPull
    ) -> PulledModel:
        """Fetch a model, None for the recommended one; raises ``CornermanError``.

        Cancelling the task breaks the download off; what is there is kept.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the engine."""
        ...
