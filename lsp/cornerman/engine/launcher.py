"""Finds the engine of this user, or starts it: one, however many ask at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

from filelock import AsyncFileLock, Timeout

from cornerman import paths
from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.engine import endpoint
from cornerman.engine.client import probe
from cornerman.engine.endpoint import Endpoint
from cornerman.settings import EngineSettings

_START_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LAST_WORDS_BYTES = 4096


def log_path() -> Path:
    """The engine's log."""
    return paths.state_dir() / "log" / "engine.log"


async def find_engine() -> Endpoint | None:
    """Where the running engine of this user is reached; None when there is none."""
    known = endpoint.known()
    if known is None:
        return None
    try:
        return known if await probe(known) is not None else None
    except EngineRequestError:
        return known  # It is busy, as it is for a moment while it loads a model.


async def ensure_engine(settings: EngineSettings) -> Endpoint:
    """Where the engine is reached; it is started when none runs.

    ``settings`` matter only to an engine that is started now.

    Raises:
        EngineUnavailableError: it cannot be started; the text holds the reason it gave.
    """
    found = await find_engine()
    if found is not None:
        return found
    try:
        async with AsyncFileLock(
            endpoint.launch_lock(), timeout=_START_SECONDS, poll_interval=_POLL_SECONDS
        ):
            return await find_engine() or await _start(settings)
    except Timeout as error:
        raise EngineUnavailableError(_too_long()) from error


async def _start(settings: EngineSettings) -> Endpoint:
    try:
        process, output = await asyncio.to_thread(_spawn, settings)
    except OSError as error:
        raise EngineUnavailableError(
            f"The engine cannot be started: {error.strerror} ({error.filename})."
        ) from error
    waiting = asyncio.get_running_loop().time() + _START_SECONDS
    while asyncio.get_running_loop().time() < waiting:
        ended = process.poll() is not None
        found = await find_engine()
        if found is not None:
            return found
        if ended:
            raise EngineUnavailableError(await asyncio.to_thread(_last_words, output))
        await asyncio.sleep(_POLL_SECONDS)
    process.kill()
    raise EngineUnavailableError(_too_long())


def _spawn(settings: EngineSettings) -> tuple[subprocess.Popen[bytes], Path]:
    """Start an engine that outlives us. Also returns where its output goes."""
    log = log_path()
    log.parent.mkdir(parents=True, exist_ok=True)
    # Written over by each engine, so that it does not grow: a reason not to start, at most.
    output = log.with_suffix(".out")
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cornerman", *_arguments(settings, log)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # -m puts the working directory on the module path: never let that be a project's.
            cwd=endpoint.private_dir(),
            start_new_session=sys.platform != "win32",
            creationflags=_creation_flags(),
        )
    # Whoever starts a process has to take note of its end, or it stays as a zombie.
    threading.Thread(target=process.wait, name="engine-end", daemon=True).start()
    return process, output


def _arguments(settings: EngineSettings, log: Path) -> list[str]:
    arguments = ["engine", "--log-file", str(log)]
    arguments += ["--exit-after", str(settings.exit_after_minutes)]
    arguments += ["--context-tokens", str(settings.context_tokens)]
    if settings.threads is not None:
        arguments += ["--threads", str(settings.threads)]
    return arguments


def _creation_flags() -> int:
    """Windows has no sessions to start anew: the same end by other means, and no window."""
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
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
