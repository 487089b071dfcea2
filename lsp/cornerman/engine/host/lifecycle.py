"""The engine process from start to end: one per user, gone when nobody needs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout
from starlette.applications import Starlette

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import Chunk, Priority
from cornerman.engine import endpoint
from cornerman.engine.host.activity import Activity
from cornerman.engine.host.app import create_app
from cornerman.engine.host.backends.base import LoadOptions
from cornerman.engine.host.backends.choice import BackendName
from cornerman.engine.host.network import Listen, tcp_listener
from cornerman.engine.host.resident import ModelShelf
from cornerman.engine.host.scheduler import Scheduler
from cornerman.engine.peer import OwnUsersOnly

_log = logging.getLogger(__name__)

# An engine that is just leaving lets go of the lock within this time.
_LOCK_SECONDS = 5.0
_GRACE_SECONDS = 1
_LOOK_AGAIN_SECONDS = 10.0
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How to run an engine.

    It frees the model's memory after ``unload_after`` seconds without a request and leaves after
    ``exit_after``. ``memory_limit_mib`` None means: a share of this machine's memory.
    """

    load: LoadOptions
    exit_after: float
    unload_after: float
    backend: BackendName = "auto"
    memory_limit_mib: int | None = None
    low_priority: bool = False
    listen: Listen | None = None


def serve(options: HostOptions, on_listening: Callable[[str], None]) -> None:
    """Be this user's engine until idle or told to stop (SIGTERM, SIGINT).

    ``on_listening`` is told the URL at which other tools reach it, if it listens on TCP.

    Raises:
        EngineUnavailableError: another engine runs, or the runtime directory cannot be used.
    """
    if options.low_priority:
        _yield_to_others()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_only_one())
        tcp = stack.enter_context(tcp_listener(options.listen)) if options.listen else None
        own, token = stack.enter_context(_listener())
        if tcp is not None:
            on_listening(tcp[1].url)
        scheduler, activity = Scheduler(), Activity()
        shelf = ModelShelf(options.load, options.backend, options.memory_limit_mib)
        app = create_app(scheduler, shelf, activity, token, tcp[1] if tcp else None)
        server = uvicorn.Server(_configuration(app))
        _log.info("engine %d started", os.getpid())
        try:
            with _signals_only_end_the_server():
                watches = (
                    _end_when_idle(server, activity, options.exit_after),
                    _unload_when_idle(scheduler, shelf, activity, options.unload_after),
                )
                asyncio.run(_run(server, [own, tcp[0]] if tcp else [own], watches))
        finally:
            scheduler.close(last=shelf.close)
            _log.info("engine %d ended", os.getpid())


def _configuration(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _yield_to_others() -> None:
    """Run when no other program wants the processor. On Windows the launcher sees to it."""
    if sys.platform != "win32":
        os.nice(_NICENESS)


async def _run(
    server: uvicorn.Server,
    listeners: list[socket.socket],
    watches: Iterable[Coroutine[None, None, None]],
) -> None:
    tasks = [asyncio.create_task(watch) for watch in watches]
    try:
        await server.serve(sockets=listeners)
    finally:
        for task in tasks:
            task.cancel()


async def _end_when_idle(server: uvicorn.Server, activity: Activity, exit_after: float) -> None:
    await _idle_for(exit_after, activity)
    _log.info("idle for %.1f minutes", exit_after / 60)
    server.should_exit = True


async def _unload_when_idle(
    scheduler: Scheduler, shelf: ModelShelf, activity: Activity, unload_after: float
) -> None:
    def unload(_: Callable[[Chunk], None], __: CancellationToken) -> bool:
        # A request may have come in the meantime.
        if activity.idle_seconds >= unload_after:
            shelf.close()
        return True

    while True:
        await _idle_for(unload_after, activity)
        if shelf.model is not None:
            async for _ in scheduler.submit(unload, Priority.BACKGROUND, is_request=False):
                pass
        await asyncio.sleep(min(unload_after, _LOOK_AGAIN_SECONDS))


async def _idle_for(seconds: float, activity: Activity) -> None:
    left = seconds
    while left > 0:
        await asyncio.sleep(left)
        left = seconds - activity.idle_seconds


@contextlib.contextmanager
def _only_one() -> Generator[None]:
    lock = FileLock(endpoint.engine_lock())
    try:
        lock.acquire(timeout=_LOCK_SECONDS)  # pyright: ignore[reportUnknownMemberType]
    except Timeout as error:
        raise EngineUnavailableError(
            "Another engine is running here already; use it, or end it with "
            "`cornerman engine stop`."
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _listener() -> Generator[tuple[socket.socket, str]]:
    """A bound socket and the token that requests must bear, if any.

    Only the holder of the engine's lock calls this, so a socket that exists is a stale one.
    """
    if sys.platform == "win32":
        with loopback_listener() as bound:
            yield bound
        return
    path = endpoint.socket_dir() / endpoint.SOCKET_NAME
    path.unlink(missing_ok=True)
    listener = OwnUsersOnly(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        yield listener, ""
    finally:
        path.unlink(missing_ok=True)
        listener.close()


@contextlib.contextmanager
def loopback_listener() -> Generator[tuple[socket.socket, str]]:
    """A loopback port and its random token, for systems without Unix domain sockets."""
    token = secrets.token_urlsafe(32)
    known = endpoint.port_file()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", 0))
        _write_private(known, json.dumps({"port": listener.getsockname()[1], "token": token}))
        yield listener, token
    finally:
        known.unlink(missing_ok=True)
        listener.close()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


@contextlib.contextmanager
def _signals_only_end_the_server() -> Generator[None]:
    """What ended uvicorn is raised once more at its end; the cleanup after that must still run."""
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(number: int, frame: object) -> None:
    """A handler that does nothing."""
