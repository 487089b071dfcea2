"""The language server and the engine, tried for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import fields
from pathlib import Path

from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.doctor.finding import Finding, Level, fail, ok, warn
from cornerman.engine import crashes
from cornerman.engine.client import EngineClient
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.launcher import ensure_engine, log_path
from cornerman.engine.remote_address import Remote, remote_of
from cornerman.pipelines import EnginePipelines
from cornerman.protocol.client import EditorClient
from cornerman.settings import Settings

_SERVER_SECONDS = 30.0
_COMPLETION_SECONDS = 180.0
_SLOW_SECONDS = 5.0
_SAMPLE = "def add(first: int, second: int) -> int:\n    return "


async def examine(settings: Settings, folder: Path) -> AsyncGenerator[Finding, None]:
    """The server shakes hands, the engine starts, and both complete a line."""
    try:
        crashes.check()  # First: what is found here does not last.
    except CornermanError as error:
        yield fail("engine", str(error), f"look into {log_path()}; a smaller model may help")
    yield await _handshake(folder)
    engine = await _engine(settings)
    yield engine
    if engine.level is Level.OK:
        yield await _completion(settings)


async def _handshake(folder: Path) -> Finding:
    client = EditorClient()
    started = time.perf_counter()
    try:
        await asyncio.wait_for(client.start(folder), _SERVER_SECONDS)
        took = time.perf_counter() - started
        await asyncio.wait_for(client.stop(), _SERVER_SECONDS)
    except (OSError, asyncio.TimeoutError) as error:
        fix = "look into log/server.log of the state folder"
        return fail("server", f"it does not start ({type(error).__name__})", fix)
    return ok("server", f"it answers after {took:.1f} s")


async def _engine(settings: Settings) -> Finding:
    remote = remote_of(settings)
    client = EngineClient(lambda: _where(settings))
    try:
        health = await client.health()
        if remote is None:
            used = f", {health.memory_mib} MiB" if health.memory_mib else ""
            return ok("engine", f"process {health.pid}, version {health.version}{used}")
        able = await client.capabilities()
        names = [f.name for f in fields(able) if getattr(able, f.name)]
        told = f"can do {', '.join(names).replace('_', ' ')}" if names else "completes only"
        return ok("engine", f"{remote.name}, {health.backend}, {told}")
    except CornermanError as error:
        sentence, _, advice = str(error).rstrip(".").partition("; ")
        fix = advice or "look at engine.url and the server there" if remote else advice
        return fail("engine", sentence, fix or f"look into {log_path()}")
    finally:
        await client.aclose()


async def _where(settings: Settings) -> Endpoint | Remote:
    return remote_of(settings) or await ensure_engine(settings.engine)


async def _completion(settings: Settings) -> Finding:
    snapshot = DocumentSnapshot("file:///doctor.py", "python", 1, _SAMPLE)
    request = CompletionRequest(snapshot, len(_SAMPLE))
    pipelines = EnginePipelines()
    try:
        await asyncio.wait_for(pipelines.complete(request, settings), _COMPLETION_SECONDS)
        # The model is loaded now; what a user waits for is this.
        started = time.perf_counter()
        outcome = await pipelines.complete(request, settings)
        took = time.perf_counter() - started
    except (CornermanError, asyncio.TimeoutError) as error:
        sentence, _, advice = str(error).rstrip(".").partition("; ")
        fix = advice or f"look into {log_path()}"
        return fail("completion", sentence or "it takes minutes", fix)
    finally:
        await pipelines.aclose()
    if outcome.completion is None:
        fix = "try another model of `cornerman models list`"
        return warn("completion", f"none for a simple line: {outcome.reason}", fix)
    speed = outcome.timings.tokens_per_second if outcome.timings else 0.0
    told = f"{1000 * took:.0f} ms, {speed:.0f} tokens/s, by {outcome.model}"
    if took > _SLOW_SECONDS:
        return warn("completion", told, "use a smaller model; see `cornerman models list`")
    return ok("completion", told)
