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
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import endpoint
from cornerman.engine.host.activity import Activity
from cornerman.engine.host.app import create_app
from cornerman.engine.host.backends.base import Backend, LoadOptions
from cornerman.engine.host.backends.llama_cpp import LlamaCpp
from cornerman.engine.host.resident import ModelShelf
from cornerman.engine.host.scheduler import Scheduler

_log = logging.getLogger(__name__)

# An engine that is just leaving lets go of the lock within this time.
_LOCK_SECONDS = 5.0
_GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class HostOptions:
    """How to run an engine; it leaves after ``exit_after`` seconds without a request."""

    load: LoadOptions
    exit_after: float


def serve(options: HostOptions, backend: Backend | None = None) -> None:
    """Be this user's engine until idle or told to stop (SIGTERM, SIGINT).

    Raises:
        EngineUnavailableError: another engine runs, or the runtime directory cannot be used.
    """
    with _only_one(), _listener() as (listener, token):
        scheduler, activity = Scheduler(), Activity()
        shelf = ModelShelf(backend or LlamaCpp(), options.load)
        app = create_app(scheduler, shelf, activity, token)
        config = uvicorn.Config(
            app,
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        server = uvicorn.Server(config)
        _log.info("engine %d started", os.getpid())
        try:
            with _signals_only_end_the_server():
                asyncio.run(_run(server, listener, activity, options.exit_after))
        finally:
            scheduler.close(last=shelf.close)
            _log.info("engine %d ended", os.getpid())


async def _run(
    server: uvicorn.Server, listener: socket.socket, activity: Activity, exit_after: float
) -> None:
    watch = asyncio.create_task(_end_when_idle(server, activity, exit_after))
    try:
        await server.serve(sockets=[listener])
    finally:
        watch.cancel()


async def _end_when_idle(server: uvicorn.Server, activity: Activity, exit_after: float) -> None:
    left = exit_after
    while left > 0:
        await asyncio.sleep(left)
        left = exit_after - activity.idle_seconds
    _log.info("idle for %.1f minutes", exit_after / 60)
    server.should_exit = True


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
        with _tcp_listener() as bound:
            yield bound
        return
    path = endpoint.socket_dir() / endpoint.SOCKET_NAME
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        yield listener, ""
    finally:
        path.unlink(missing_ok=True)
        listener.close()


@contextlib.contextmanager
def _tcp_listener() -> Generator[tuple[socket.socket, str]]:
    """Loopback TCP with a random token, for systems without Unix domain sockets."""
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
