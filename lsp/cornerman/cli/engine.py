"""``cornerman engine``: the process that holds the model."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from cornerman.cli.command import Subparsers
from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.engine import endpoint
from cornerman.engine.launcher import log_path
from cornerman.engine.peer import is_foreign, listener_at
from cornerman.engine.protocol import HealthBody
from cornerman.log import log_to
from cornerman.settings import EngineSettings

_EPILOG = """\
Servers start the engine when they need it and it leaves by itself, so these commands are for
looking and for debugging. It listens on a private socket, and on TCP only if you say so, for
other tools that speak the OpenAI protocol.

examples:
  cornerman engine status              what it does, and what it costs
  cornerman engine stop                end it; the next completion starts a new one
  cornerman engine                     run one here, until idle or Ctrl-C
  cornerman engine --exit-after 60     stay for an hour without a request
  cornerman engine --listen 127.0.0.1:8012 --api-key-file key.txt
"""
_STOP_SECONDS = 10.0
_FORCE = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    defaults = EngineSettings()
    parser = subparsers.add_parser(
        "engine",
        help="run, look at or stop the engine",
        description="Run the engine, or look at the one that runs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action",
        nargs="?",
        choices=["run", "status", "stop"],
        default="run",
        help="what to do (default: run)",
    )
    _add_times(parser, defaults)
    _add_resources(parser, defaults)
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        help="also listen on TCP; anything but this machine needs a key",
    )
    parser.add_argument(
        "--api-key-file", type=Path, metavar="FILE", help="the key that TCP requests must bear"
    )
    parser.add_argument(
        "--log-file",
        type=Path,
        metavar="FILE",
        help="where to log (default: log/engine.log in the state folder)",
    )
    parser.set_defaults(run=run)


def _add_times(parser: argparse.ArgumentParser, defaults: EngineSettings) -> None:
    parser.add_argument(
        "--exit-after",
        type=_positive_minutes,
        default=defaults.exit_after_minutes,
        metavar="MINUTES",
        help="leave after this long without a request (default: %(default)g)",
    )
    parser.add_argument(
        "--unload-after",
        type=_positive_minutes,
        default=defaults.unload_after_minutes,
        metavar="MINUTES",
        help="free the model's memory after this long without a request (default: %(default)g)",
    )


def _add_resources(parser: argparse.ArgumentParser, defaults: EngineSettings) -> None:
    parser.add_argument(
        "--backend",
        choices=["auto", "llama.cpp", "mlx"],
        default=defaults.backend,
        help="library that runs the model (default: the best for this machine)",
    )
    parser.add_argument(
        "--memory-limit",
        type=_positive,
        metavar="MIB",
        help="memory it may use (default: a share of this machine's)",
    )
    parser.add_argument(
        "--low-priority",
        action="store_true",
        help="run only when other programs leave the processor idle",
    )
    parser.add_argument(
        "--save-battery",
        action="store_true",
        help="use half of the cores for a model that is loaded on battery",
    )
    parser.add_argument(
        "--context-tokens",
        type=_positive,
        default=defaults.context_tokens,
        metavar="N",
        help="size of the KV cache (default: %(default)s)",
    )
    parser.add_argument(
        "--threads", type=_positive, metavar="N", help="CPU threads (default: for this machine)"
    )


def run(args: argparse.Namespace) -> int:
    """Do one action. ``status`` and ``stop`` exit with 1 when no engine runs."""
    if args.action == "status":
        return _status()
    if args.action == "stop":
        return stop()
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    # Imported here: the other actions should not wait for the whole engine.
    from cornerman.engine.host.backends.base import LoadOptions
    from cornerman.engine.host.lifecycle import HostOptions, serve
    from cornerman.engine.host.network import listen_at

    log_to(args.log_file, "info", default=log_path())
    options = HostOptions(
        LoadOptions(args.context_tokens, args.threads, save_battery=args.save_battery),
        exit_after=args.exit_after * 60,
        unload_after=args.unload_after * 60,
        backend=args.backend,
        memory_limit_mib=args.memory_limit,
        low_priority=args.low_priority,
        listen=listen_at(args.listen, args.api_key_file) if args.listen else None,
    )
    serve(options, on_listening=_tell)
    return 0


def _tell(url: str) -> None:
    sys.stdout.write(f"The engine listens at {url}\n")
    sys.stdout.flush()


def _status() -> int:
    health = _health()
    if health is None:
        sys.stdout.write("No engine is running.\n")
        return 1
    sys.stdout.write("An engine is running.\n")
    for name, value in _figures(health):
        sys.stdout.write(f"  {name:<14}{value}\n")
    return 0


def _figures(health: HealthBody) -> Iterator[tuple[str, str]]:
    yield "process", f"{health.pid}, for {health.uptime_seconds / 60:.0f} minutes"
    yield "version", health.version
    yield "model", health.model or "none loaded"
    model = health.loaded
    if model is not None:
        yield "backend", health.backend or ""
        yield "KV cache", f"{model.kv_tokens} of {model.context_tokens} tokens"
        speed = f"prefill {model.prefill_speed:.0f}, decode {model.decode_speed:.0f} tokens/s"
        yield "speed", speed
    used = "unknown" if health.memory_mib is None else f"{health.memory_mib} MiB"
    if model is not None:
        used += f" (weights {model.weights_mib}, KV cache {model.kv_mib})"
    yield "memory", used
    yield "sessions", str(health.sessions)
    jobs = f", {health.jobs} now" if health.jobs else ""
    yield "requests", f"{health.requests}{jobs}, {health.cancellations} cancelled"


def stop() -> int:
    """End the engine of this user, also one that hangs; 1 when none runs.

    Raises:
        EngineUnavailableError: it does not stop.
    """
    try:
        health = _health()
        pid = health.pid if health is not None else None
    except EngineRequestError:
        pid = _pid_of_silent()
    if pid is None:
        sys.stdout.write("No engine is running.\n")
        return 1
    # It lets go of its lock when all is cleaned up.
    if not _ends(pid, signal.SIGTERM) and not _ends(pid, _FORCE):
        raise EngineUnavailableError(f"The engine does not stop; end process {pid}.")
    sys.stdout.write(f"Stopped the engine (process {pid}).\n")
    return 0


def _ends(pid: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    lock = FileLock(endpoint.engine_lock())
    try:
        lock.acquire(timeout=_STOP_SECONDS)  # pyright: ignore[reportUnknownMemberType]
    except Timeout:
        return False
    lock.release()
    return True


def _health() -> HealthBody | None:
    """State of the engine, None when none runs; raises ``EngineRequestError`` when it hangs."""
    from cornerman.engine.client import probe

    where = endpoint.known()
    return asyncio.run(probe(where)) if where else None


def _pid_of_silent() -> int | None:
    where = endpoint.known()
    found = listener_at(where.socket) if where and where.socket else None
    if found is None or is_foreign(found):
        raise EngineUnavailableError("The engine does not answer; end its process, or try again.")
    return found.pid


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


def _positive_minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes above 0")
    return value
