"""The real server on stdio with scripted pipelines, for protocol tests without a model.

What happens is written in the document: its first line names one of the scripts below.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from cornerman.core.actions import ActionRequest, Offer, OnProgress, ReviewComment
from cornerman.core.completions import Completion, CompletionRequest, EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError, ModelMissingError
from cornerman.core.generation import Chunk, Timings
from cornerman.log import log_to
from cornerman.server import run
from cornerman.settings import Settings
from support import scripted_actions
from support.idle_pipelines import IdlePipelines

MISSING = "The model is not here; run: cornerman models pull"
_TESTS = str(Path(__file__).parents[1])
_START = (
    f"import sys; sys.path.insert(0, {_TESTS!r}); from support.scripted_server import main; main()"
)
COMMAND = (sys.executable, "-c", _START)


class ScriptedPipelines(IdlePipelines):
    """Scripts: ``answer``, ``once``, ``never``, ``stubborn``, ``missing``, ``bug``."""

    _has_answered = False
    _looks = 0

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        snapshot, offset, variant = request.snapshot, request.offset, request.variant
        script = snapshot.text.partition("\n")[0]
        if script == "never":
            await asyncio.Event().wait()
        if script == "stubborn":
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    continue
        self._fail(script, snapshot)
        if script == "once":
            self._fail("missing" if self._has_answered else "", snapshot)
            self._has_answered = True
            return Outcome(Completion("hello()", offset, offset), model=settings.model)
        text = f"v{snapshot.version}@{offset}" + f"#{variant}" * (variant > 0)
        request.on_text(text)
        return Outcome(
            Completion(text, offset, offset), model=settings.model, timings=Timings(generated=3)
        )

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        snapshot, offset = request.snapshot, request.start
        self._fail(snapshot.text.partition("\n")[0], snapshot)
        yield Chunk(f"{settings.model}: it ")
        yield Chunk(f"is {snapshot.text[offset]}.")
        if snapshot.text.startswith("never"):
            await asyncio.Event().wait()

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        script = request.snapshot.text.partition("\n")[0]
        self._fail(script, request.snapshot)
        return await scripted_actions.offer(request, script, on_progress)

    async def review(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        script = request.snapshot.text.partition("\n")[0]
        self._fail(script, request.snapshot)
        return await scripted_actions.review(request, script, on_progress)

    async def obstacle(self, settings: Settings) -> CornermanError | None:
        return ModelMissingError(MISSING) if settings.model == "missing" else None

    async def status(self, settings: Settings) -> EngineStatus:
        self._looks += 1
        is_loaded = settings.model != "slow" or self._looks > 3
        return EngineStatus(settings.model, 7, "scripted", "1.2.3", is_loaded=is_loaded)

    def _fail(self, script: str, snapshot: DocumentSnapshot) -> None:
        if script == "missing":
            raise ModelMissingError(MISSING)
        if script == "bug":
            raise ValueError(snapshot.text)


def main() -> None:
    """The process's life; its one argument is the log file."""
    log_to(Path(sys.argv[1]), "debug")
    sys.exit(run(ScriptedPipelines()))
