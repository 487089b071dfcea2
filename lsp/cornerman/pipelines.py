"""The features as a server runs them: with the catalogue's models on the user's engine.

What they need is imported on first use, because an editor waits for the server to start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from cornerman.core.actions import ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, Priority
from cornerman.settings import Settings

if TYPE_CHECKING:
    from cornerman.engine.client import EngineClient
    from cornerman.engine.endpoint import Endpoint
    from cornerman.engine.remote_address import Remote
    from cornerman.models.catalog import ModelSpec


class EnginePipelines:
    """Starts the engine when it is first needed. The latest settings count when it starts."""

    def __init__(self) -> None:
        self._client: EngineClient | None = None
        self._remote: Remote | None = None
        self._settings = Settings()

    async def complete(
        self,
        snapshot: DocumentSnapshot,
        offset: int,
        settings: Settings,
        *,
        priority: Priority = Priority.COMPLETION,
        variant: int = 0,
        on_text: Callable[[str], None] = lambda _text: None,
    ) -> Outcome:
        """See ``session.Pipelines``."""
        from cornerman.features.complete import complete

        model, engine = await _model(settings), await self._engine(settings)
        return await complete(
            snapshot,
            offset,
            settings.completion,
            model,
            engine,
            priority=priority,
            variant=variant,
            on_text=on_text,
        )

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``session.Pipelines``."""
        from cornerman.features.explain import explain

        model, engine = await _model(settings), await self._engine(settings)
        async with aclosing(explain(request, settings.actions, model, engine)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        """See ``session.Pipelines``."""
        from cornerman.features.actions.rewrite import rewrite

        model, engine = await _model(settings), await self._engine(settings)
        return await rewrite(request, settings.actions, model, engine, on_progress=on_progress)

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """See ``session.Pipelines``."""
        from cornerman.features.review import review

        model, engine = await _model(settings), await self._engine(settings)
        return await review(request, settings.actions, model, engine, on_progress=on_progress)

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        """See ``session.Pipelines``."""
        try:
            await _model(settings)
        except CornermanError as error:
            return error
        return None

    async def status(self, settings: Settings) -> EngineStatus:
        """See ``session.Pipelines``."""
        from cornerman.engine.client import probe
        from cornerman.engine.launcher import find_engine

        if settings.engine.url is not None:
            return await self._remote_status(settings)
        endpoint = await find_engine()
        health = await probe(endpoint) if endpoint else None
        if health is None:
            return EngineStatus(settings.model)
        return EngineStatus(
            settings.model,
            health.pid,
            health.backend or "",
            health.version,
            is_loaded=health.loaded is not None,
        )

    async def aclose(self) -> None:
        """Close the connections to the engine; the engine itself stays for other windows."""
        if self._client is not None:
            await self._client.aclose()

    async def _remote_status(self, settings: Settings) -> EngineStatus:
        engine = await self._engine(settings)
        try:
            health = await engine.health()
        except CornermanError:
            return EngineStatus(settings.model)
        name = self._remote.name if self._remote is not None else ""
        backend = f"{health.backend} at {name}"
        return EngineStatus(health.model or settings.model, backend=backend, is_loaded=True)

    async def _engine(self, settings: Settings) -> EngineClient:
        """The client of the engine that ``settings`` choose: another one when they change."""
        from cornerman.engine.client import EngineClient
        from cornerman.engine.remote_address import remote_of

        self._settings = settings
        remote, former = remote_of(settings), None
        if self._client is None or remote != self._remote:
            former, self._remote = self._client, remote
            self._client = EngineClient(self._found)
        client = self._client
        if former is not None:
            await former.aclose()
        return client

    async def _found(self) -> Endpoint | Remote:
        from cornerman.engine.launcher import ensure_engine

        return self._remote or await ensure_engine(self._settings.engine)


async def _model(settings: Settings) -> ModelSpec:
    """The model; unless a remote engine has it, it must be on this machine: none starts in vain."""
    from cornerman.models import catalog, store

    model = catalog.find(settings.model)
    if settings.engine.url is None:
        await asyncio.to_thread(store.require, model)
    return model
