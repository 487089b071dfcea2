"""The features as a server runs them: with the catalogue's models on the user's engine.

What they need is imported on first use, because an editor waits for the server to start.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from cornerman import paths
from cornerman.core.actions import ActionKind, ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import CompletionRequest, EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, Priority
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import Passage
from cornerman.core.snippets import ContextSource
from cornerman.engine.chosen import ChosenEngine
from cornerman.settings import Settings

if TYPE_CHECKING:
    from cornerman.core.budget import ReadingSpeed
    from cornerman.engine.stream import Engine
    from cornerman.features.complete import SurroundingsOf
    from cornerman.features.reading import Reading
    from cornerman.models.catalog import ModelSpec
    from cornerman.models.chosen import ChosenModels
    from cornerman.statistics.speeds import SpeedBook


class EnginePipelines:
    """Starts the engine when it is first needed. The latest settings count when it starts."""

    def __init__(self) -> None:
        self._engine = ChosenEngine()
        self._models: ChosenModels | None = None
        self._speeds: SpeedBook | None = None
        self._reading: Reading | None = None
        self._read_by: tuple[str, str] | None = None
        self._context: ContextSource | None = None

    def use(self, context: ContextSource) -> None:
        """See ``session.Pipelines``."""
        self._context = context

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        """See ``session.Pipelines``."""
        from cornerman.features.complete import complete
        from cornerman.features.workspace import HOLDS_SECRETS, is_secret

        if is_secret(request.snapshot.uri, settings.context.exclude):
            return Outcome(None, HOLDS_SECRETS)
        priority = request.priority
        model, engine = await self._model(settings), await self._engine.client(settings)
        reading, speed = self._reading_of(model, settings)
        # What is looked ahead at may never be typed.
        window = reading.glance if priority is Priority.BACKGROUND else reading.window
        outcome = await complete(
            request,
            settings.completion,
            model,
            engine,
            window_of=lambda site: window(site, settings, speed),
            surroundings_of=self._surroundings_of(settings, speed, priority),
        )
        self._note_speed(model, outcome)
        return outcome

    async def read_ahead(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        """See ``session.Pipelines``."""
        from cornerman.features.complete import read_ahead
        from cornerman.features.workspace import is_secret

        if is_secret(snapshot.uri, settings.context.exclude):
            return False
        if settings.engine.url is not None or (await self.status(settings)).pid == 0:
            return False
        model, engine = await self._model(settings), await self._engine.client(settings)
        reading, speed = self._reading_of(model, settings)
        larger = reading.more(snapshot, offset, settings, speed)
        beside = self._surroundings_of(settings, speed, Priority.BACKGROUND, is_resting=True)
        outcome = await read_ahead(
            snapshot,
            offset,
            model,
            engine,
            window_of=lambda site: (
                larger.window(site) if larger else reading.window(site, settings, speed)
            ),
            surroundings_of=beside,
        )
        self._note_speed(model, outcome)
        # Together, and only once it is read: a user who types on meanwhile goes on with what the
        # engine knows already.
        if larger is not None:
            reading.keep(snapshot.uri, larger)
        if self._context is not None:
            self._context.keep(snapshot.uri)
        return larger is not None

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``session.Pipelines``."""
        from cornerman.features.explain import explain

        model, engine = await self._chat(settings, request)
        async with aclosing(explain(request, settings.actions, model, engine)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        """See ``session.Pipelines``."""
        from cornerman.features.actions.rewrite import rewrite
        from cornerman.features.actions.testing import write_tests
        from cornerman.features.masking import with_all_secrets
        from cornerman.settings.verification import verification_for

        model, engine = await self._chat(settings, request)
        options = settings.actions
        if request.kind is ActionKind.TEST:
            return await write_tests(request, options, model, engine, on_progress=on_progress)
        verification = await asyncio.to_thread(verification_for, request.snapshot.uri)
        offer = await rewrite(
            request, options, model, engine, on_progress=on_progress, verification=verification
        )
        return with_all_secrets(offer)

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """See ``session.Pipelines``."""
        from cornerman.features.review import review

        model, engine = await self._chat(settings, request)
        return await review(request, settings.actions, model, engine, on_progress=on_progress)

    async def ask(
        self, question: str, passages: Sequence[Passage], settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """See ``session.Pipelines``."""
        from cornerman.features.ask import ask

        model, engine = await self._chat(settings)
        async with aclosing(ask(question, passages, model, engine)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        """See ``session.Pipelines``."""
        try:
            await self._model(settings)
            await self._chat_model(settings)
        except CornermanError as error:
            return error
        return None

    async def status(self, settings: Settings) -> EngineStatus:
        """See ``session.Pipelines``."""
        from cornerman.engine.launcher import find_engine

        if settings.engine.url is not None:
            return await self._remote_status(settings)
        try:
            health = await find_engine()
        except CornermanError:
            # It is not ours: the next request says so.
            health = None
        if health is None:
            return EngineStatus(await self._name(settings))
        return EngineStatus(
            await self._name(settings),
            health.pid,
            health.backend or "",
            health.version,
            is_loaded=health.loaded is not None,
        )

    async def models(self, settings: Settings) -> list[ModelOffer]:
        """See ``session.Pipelines``."""
        from cornerman.models.choice import offers

        return await asyncio.to_thread(offers, settings.model, settings.chat_model)

    async def pull(
        self, name: str | None, settings: Settings, *, on_progress: OnPull
    ) -> PulledModel:
        """See ``session.Pipelines``."""
        from cornerman.models.pull import Pull

        pull = Pull(name or settings.model, on_progress, asyncio.get_running_loop())
        try:
            return await asyncio.to_thread(pull.run)
        finally:
            pull.cancel()

    async def _chat(
        self, settings: Settings, request: ActionRequest | None = None
    ) -> tuple[ModelSpec, Engine]:
        """The model for everything but completions, on an engine that is told no secrets."""
        from cornerman.features.masking import MaskedEngine, check_may_be_shown

        if request is not None:
            check_may_be_shown(request, settings.context.exclude)
        model = await self._chat_model(settings)
        return model, MaskedEngine(await self._engine.client(settings))

    async def _model(self, settings: Settings) -> ModelSpec:
        """The model for completions; raises ``CornermanError`` if it cannot be used."""
        is_remote = settings.engine.url is not None
        return await self._chosen().completion(settings.completion_model, is_remote=is_remote)

    async def _chat_model(self, settings: Settings) -> ModelSpec:
        """The model for everything but completions; as for :meth:`_model`."""
        names = settings.chat_model, settings.completion_model
        return await self._chosen().chat(*names, is_remote=settings.engine.url is not None)

    async def _name(self, settings: Settings) -> str:
        """How the model is called, as far as the settings are sound."""
        try:
            named = await self._chosen().completion(settings.completion_model, is_remote=True)
        except CornermanError:
            return settings.model
        return named.name

    def _chosen(self) -> ChosenModels:
        from cornerman.models.chosen import ChosenModels

        self._models = self._models or ChosenModels()
        return self._models

    def _reading_of(self, model: ModelSpec, settings: Settings) -> tuple[Reading, ReadingSpeed]:
        """What is read with the settings' model, and how fast it reads."""
        from cornerman.features.reading import Reading
        from cornerman.statistics.speeds import FILE_NAME, SpeedBook

        self._speeds = self._speeds or SpeedBook(paths.state_dir() / FILE_NAME)
        key = (model.name, str(settings.engine.url))
        if self._reading is None or self._read_by != key:
            self._reading, self._read_by = Reading(), key
        return self._reading, self._speeds.of(self._speed_key(model))

    def _surroundings_of(
        self,
        settings: Settings,
        speed: ReadingSpeed,
        priority: Priority,
        *,
        is_resting: bool = False,
    ) -> SurroundingsOf | None:
        """What chooses the snippets of a prompt; None if there are to be none."""
        from cornerman.features.room import room_beside

        context = self._context
        if context is None or not settings.context.enabled:
            return None
        return lambda site, window: context.surroundings(
            room_beside(site, window, settings, speed, priority, is_resting=is_resting)
        )

    def _note_speed(self, model: ModelSpec, outcome: Outcome) -> None:
        cost = outcome.timings
        if cost is not None and self._speeds is not None:
            key = self._speed_key(model)
            speed = self._speeds.of(key).after(
                outcome.prompt_chars, cost.cached, cost.evaluated, cost.prefill_ms
            )
            self._speeds.note(key, speed)

    def _speed_key(self, model: ModelSpec) -> str:
        name = self._engine.remote_name
        return f"{model.name} at {name}" if name else model.name

    async def aclose(self) -> None:
        """Close the connections to the engine; the engine itself stays for other windows."""
        await self._engine.aclose()

    async def _remote_status(self, settings: Settings) -> EngineStatus:
        engine = await self._engine.client(settings)
        try:
            health = await engine.health()
        except CornermanError:
            return EngineStatus(await self._name(settings))
        backend = f"{health.backend} at {self._engine.remote_name}"
        return EngineStatus(
            health.model or await self._name(settings), backend=backend, is_loaded=True
        )
