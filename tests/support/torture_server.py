"""The real server with pipelines that say which text they were given, for long random sessions."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from cornerman.core.actions import ActionRequest, Offer, OnProgress
from cornerman.core.completions import Completion, CompletionRequest, Outcome
from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import Chunk, Timings
from cornerman.log import log_to
from cornerman.server import run
from cornerman.settings import Settings
from support import scripted_actions
from support.scripted_server import ScriptedPipelines

_TESTS = str(Path(__file__).parents[1])
_START = (
    f"import sys; sys.path.insert(0, {_TESTS!r}); from support.torture_server import main; main()"
)
COMMAND = (sys.executable, "-c", _START)
# Stands at the start of every suggestion and is never typed: no suggestion is typed through.
MARK = "\u27e6"
_FATES = ("prompt", "prompt", "slow", "slow", "never", "clinging", "fails")


def digest(text: str, offset: int) -> str:
    """Tells any two documents and cursors apart."""
    source = text.encode("utf-8", "surrogatepass")
    return f"{hashlib.sha256(source).hexdigest()[:16]}@{offset}"


class TellingPipelines(ScriptedPipelines):
    """Completions and explanations are the digest of what they are made from.

    What becomes of a completion is decided by the document: it comes soon or late, never, fails,
    or does not let itself be cancelled at once.
    """

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        said = digest(request.snapshot.text, request.offset)
        fate = _FATES[int(said[:4], 16) % len(_FATES)]
        if fate == "never":
            await asyncio.Event().wait()
        if fate == "slow":
            await asyncio.sleep(0.02)
        if fate == "fails":
            raise EngineUnavailableError("The engine is away.")
        if fate == "clinging":
            try:
                await asyncio.sleep(0.05)
            finally:
                await asyncio.sleep(0.01)
        text = f"{MARK}{said}#{request.variant}"
        request.on_text(text)
        return Outcome(
            Completion(text, request.offset, request.offset),
            model=settings.model,
            timings=Timings(generated=3),
        )

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        yield Chunk(digest(request.snapshot.text, request.start))
        await asyncio.sleep(0)
        yield Chunk(f" {len(asyncio.all_tasks())}")

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        await asyncio.sleep(0.01)
        return await scripted_actions.offer(request, "", on_progress)


def main() -> None:
    """The process's life; its one argument is the log file."""
    log_to(Path(sys.argv[1]), "debug")
    sys.exit(run(TellingPipelines()))
