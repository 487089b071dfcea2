"""Finds the engine of this user, or starts it: one, however many ask at once."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import AsyncFileLock, Timeout

from cornerman import __version__, paths
from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.engine import crashes, endpoint, peer
from cornerman.engine.client import probe
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.protocol import PROTOCOL, HealthBody
from cornerman.settings import EngineSettings

_START_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LAST_WORDS_BYTES = 4096
_OWN = HealthBody(version=__version__, protocol=PROTOCOL)


def log_path() -> Path:
    """The engine's log."""
    return paths.state_dir() / "log" / "engine.log"


@dataclass(frozen=True, slots=True)
class _Found:
    """A running engine; ``health`` is None while it is too busy to tell."""

    endpoint: Endpoint
    health: HealthBody | None


async def find_engine() -> HealthBody | None:
    """What the running engine of this user tells; None when there is none, or it is too busy.

    Raises:
        EngineUnavailableError: the one that runs is somebody else's.
    """
    found = await _find()
    return found.health if found else None


async def ensure_engine(settings: EngineSettings) -> Endpoint:
    """Where the engine is reached; it is started when none runs.

    ``settings`` matter only to an engine that is started now. One that an older version of
    Cornerman left running is replaced when it has nothing to do.

    Raises:
        EngineUnavailableError: it cannot be started; the text holds the reason it gave.
    """
    found = await _find()
    if found is not None and not _is_outdated(found):
        return _usable(found)
    # A caller that gives up must not let go of the lock while the engine is on its way: the next
    # one would start a second.
    return await asyncio.shield(_started(settings))


async def _started(settings: EngineSettings) -> Endpoint:
    try:
        async with AsyncFileLock(
            endpoint.launch_lock(), timeout=_START_SECONDS, poll_interval=_POLL_SECONDS
        ):
            found = await _find()
            if found is not None and found.health is not None and _is_outdated(found):
                await _end(found.health.pid)
                found = None
            return _usable(found) if found else await _start(settings)
    except Timeout as error:
        raise EngineUnavailableError(_too_long()) from error


async def _find() -> _Found | None:
    known = endpoint.known()
    if known is None:
        return None
    if known.socket is not None:
        await asyncio.to_thread(_refuse_foreign, known.socket)
    try:
        health = await probe(known)
    except EngineRequestError:
        return _Found(known, None)  # It is busy, as it is for a moment while it loads a model.
    return _Found(known, health) if health else None


def _refuse_foreign(socket: Path) -> None:
    """Send nothing to somebody else's process, however it got there."""
    if peer.is_foreign(peer.listener_at(socket)):
        raise EngineUnavailableError(
            f"Another user's program listens at {socket}; set CORNERMAN_RUNTIME_DIR to a "
            "directory of yours."
        )


def _is_outdated(found: _Found) -> bool:
    """Whether it can and should be replaced. A newer engine serves older windows as well."""
    health = found.health
    return health is not None and health.jobs == 0 and _order(health) < _order(_OWN)


def _order(health: HealthBody) -> tuple[int, list[int]]:
    return health.protocol, [int(number) for number in re.findall(r"\d+", health.version)]


def _usable(found: _Found) -> Endpoint:
    if found.health is not None and found.health.protocol != PROTOCOL:
        raise EngineUnavailableError(
            f"The engine of Cornerman {found.health.version} is running, which version "
            f"{__version__} cannot use; restart the editor, or run `cornerman engine stop`."
        )
    return found.endpoint


async def _end(pid: int) -> None:
    """End an engine and wait until it has let go of everything."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    async with AsyncFileLock(
        endpoint.engine_lock(), timeout=_START_SECONDS, poll_interval=_POLL_SECONDS
    ):
        pass


async def _start(settings: EngineSettings) -> Endpoint:
    # One that holds the lock lives, though it may not listen yet. A lock that cannot be used is the
    # new engine's to tell of.
    with suppress(Timeout, OSError):
        async with AsyncFileLock(endpoint.engine_lock(), timeout=0):
            if endpoint.left_behind():
                crashes.note_crash()
    crashes.check()
    try:
        process, output = await asyncio.to_thread(_spawn, settings)
    except OSError as error:
        raise EngineUnavailableError(
            f"The engine cannot be started: {error.strerror} ({error.filename})."
        ) from error
    waiting = asyncio.get_running_loop().time() + _START_SECONDS
    while asyncio.get_running_loop().time() < waiting:
        ended = process.poll() is not None
        found = await _find()
        if found is not None:
            return found.endpoint
        if ended:
            crashes.note_crash()
            raise EngineUnavailableError(await asyncio.to_thread(_last_words, output))
        await asyncio.sleep(_POLL_SECONDS)
    process.kill()
    crashes.note_crash()
    raise EngineUnavailableError(_too_long())


def _spawn(settings: EngineSettings) -> tuple[subprocess.Popen[bytes], Path]:
    """Start an engine that outlives us. Also returns where its output goes."""
    # Written over by each engine, so that it does not grow: a reason not to start, at most.
    output = endpoint.private_dir() / "engine.out"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cornerman", *_arguments(settings)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # -m puts the working directory on the module path: never let that be a project's.
            cwd=endpoint.private_dir(),
            start_new_session=sys.platform != "win32",
            creationflags=creation_flags(settings),
        )
    # Whoever starts a process has to take note of its end, or it stays as a zombie.
    threading.Thread(target=process.wait, name="engine-end", daemon=True).start()
    return process, output


def _arguments(settings: EngineSettings) -> list[str]:
    arguments = ["engine"]
    arguments += ["--exit-after", str(settings.exit_after_minutes)]
    arguments += ["--context-tokens", str(settings.context_tokens)]
    arguments += ["--unload-after", str(settings.unload_after_minutes)]
    arguments += ["--backend", settings.backend]
    if settings.memory_limit_mib is not None:
        arguments += ["--memory-limit", str(settings.memory_limit_mib)]
    if settings.save_battery:
        arguments.append("--save-battery")
    if settings.low_priority:
        arguments.append("--low-priority")
    if settings.threads is not None:
        arguments += ["--threads", str(settings.threads)]
    return arguments


def creation_flags(settings: EngineSettings) -> int:
    """Windows has no sessions to start anew: the same end by other means, and no window."""
    if sys.platform == "win32":
        priority = subprocess.BELOW_NORMAL_PRIORITY_CLASS if settings.low_priority else 0
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | priority
    return 0


def _last_words(output: Path) -> str:
    """What an engine that ended said last, as a sentence for the user."""
    words = output.read_bytes()[-_LAST_WORDS_BYTES:].decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in words if line.strip()]
    if said and said[-1].startswith("cornerman: "):
        return said[-1].removeprefix("cornerman: ")
    return f"The engine ended while it started; the reason may stand in {output}."


def _too_long() -> str:
    return f"The engine did not start within {_START_SECONDS:.0f} s; see {log_path()}."
