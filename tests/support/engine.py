"""Engines for tests: a model double, and real engines of one's own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import (
    Control,
    FinishReason,
    GenerationRequest,
    Prompt,
    SamplingParams,
    Text,
    Timings,
)
from cornerman.engine.host.backends.base import (
    Backend,
    Finished,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.backends.choice import BackendName
from cornerman.engine.host.resident import ModelShelf
from cornerman.settings import STARTER_MODEL

DEADLINE = 60.0
"""Seconds that nothing here should ever need."""


class ScriptedBackend:
    """A backend and its model: answers each request with ``script``, texts and errors.

    Before each step it waits for ``gate``, if there is one, and then looks for cancellation.
    The warm-up (the first request) is answered with nothing.
    """

    name = backend = "scripted"

    def __init__(self, *script: str | Exception) -> None:
        self.script = script
        self.gate: threading.Semaphore | None = None
        self.loads: list[LoadOptions] = []
        self.requests: list[TokenRequest] = []
        self.cancelled = threading.Event()
        self.closed = False

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        assert path.exists()
        self.loads.append(options)
        self.requests.clear()
        return self

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        self.requests.append(request)
        for step in self.script if len(self.requests) > 1 else ():
            if self.gate is not None:
                self.gate.acquire(timeout=DEADLINE)
            if cancel.cancelled:
                self.cancelled.set()
                return Finished(FinishReason.CANCELLED, Timings())
            if isinstance(step, Exception):
                raise step
            emit(TokenText(step, (-0.5,) if request.logprobs else ()))
        return Finished(FinishReason.STOP, Timings(1, 2, 3.0, len(self.script), 5.0))

    def close(self) -> None:
        self.closed = True


def shelf_of(backend: Backend, memory_limit_mib: int | None = None) -> ModelShelf:
    """A shelf with that backend for every model."""

    def choose(path: Path, wanted: BackendName) -> Backend:
        return backend

    return ModelShelf(LoadOptions(512), memory_limit_mib=memory_limit_mib, choose=choose)


def fim(
    before: str,
    required_start: str = "",
    *,
    after: str = "\n",
    max_tokens: int = 16,
    stop: tuple[str, ...] = (),
    logprobs: bool = False,
    model: str = STARTER_MODEL,
) -> GenerationRequest:
    """A fill-in-the-middle request in the starter model's layout."""
    pieces = (
        Control("<|fim_prefix|>"),
        Control("<|fim_suffix|>"),
        Text(after),
        Control("<|fim_middle|>"),
        Text(before),
    )
    sampling = SamplingParams(max_tokens, stop=stop)
    return GenerationRequest(model, Prompt(pieces, required_start), sampling, logprobs=logprobs)


@contextmanager
def private_folders(folder: Path) -> Generator[None]:
    """Folders of one's own but for the models; an engine left in them is ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORNERMAN_RUNTIME_DIR", str(folder / "run"))
        patch.setenv("CORNERMAN_STATE_DIR", str(folder / "state"))
        patch.setenv("CORNERMAN_CONFIG_DIR", str(folder / "config"))
        try:
            yield
        finally:
            for process in engines_in(folder):
                process.kill()
                process.wait(DEADLINE)


def engines_in(folder: Path) -> list[psutil.Process]:
    """The engine processes that use the runtime directory in ``folder``."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            is_engine = "engine" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
            if is_engine and process.environ().get("CORNERMAN_RUNTIME_DIR") == str(folder / "run"):
                found.append(process)
        except psutil.Error:
            continue
    return found
