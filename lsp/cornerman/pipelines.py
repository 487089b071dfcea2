"""The features as a server runs them: with the catalogue's models on the user's engine.

What they need is imported on first use, because an editor waits for the server to start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from cornerman.core.completions import EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk
from cornerman.settings import Settings

if TYPE_CHECKING:
    from cornerman.engine.client import EngineClient
    from cornerman.models.catalog import ModelSpec


class EnginePipelines:
    """Starts the engine when it is first needed. The latest settings count when it starts."""

    def __init__(self) -> None:
        self._client: EngineClient | None = None
        self._settings = Settings()

    async def complete(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings
    ) -> Outcome:
        """See ``session.Pipelines``."""
        from cornerman.features.complete import complete

        model, engine = await _model(settings.model), self._engine(settings)
        return await complete(snapshot, offset, settings.completion, model, engine)

    async def explain(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``session.Pipelines``."""
        from cornerman.features.explain import explain

        model, engine = await _model(settings.model), self._engine(settings)
        async with aclosing(explain(snapshot, offset, model, engine)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def status(self, settings: Settings) -> EngineStatus:
        """See ``session.Pipelines``."""
        from cornerman.engine.client import probe
        from cornerman.engine.launcher import find_engine

        endpoint = await find_engine()
        health = await probe(endpoint) if endpoint else None
        if health is None:
            return EngineStatus(settings.model)
        return EngineStatus(settings.model, health.pid, health.backend or "", health.version)

    async def aclose(self) -> None:
        """Close the connections to the engine; the engine itself stays for other windows."""
        if self._client is not None:
            await self._client.aclose()

    def _engine(self, settings: Settings) -> EngineClient:
        from cornerman.engine.client import EngineClient
        from cornerman.engine.launcher import ensure_engine

        self._settings = settings
        if self._client is None:
            self._client = EngineClient(lambda: ensure_engine(self._settings.engine))
        return self._client


async def _model(name: str) -> ModelSpec:
    """The model, which must be on this machine: no engine is started in vain."""
    from cornerman.models import catalog, store

    model = catalog.find(name)
    await asyncio.to_thread(store.require, model)
    return model
