"""``cornerman engine``: the process that holds the model."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import endpoint
from cornerman.engine.launcher import log_path
from cornerman.engine.protocol import HealthBody
from cornerman.log import log_to
from cornerman.settings import EngineSettings

_EPILOG = """\
Servers start the engine when they need it and it leaves by itself, so these commands are for
looking and for debugging. It listens on a private socket, not on the network.

examples:
  cornerman engine status              is one running, and with which model
  cornerman engine stop                end it; the next completion starts a new one
  cornerman engine                     run one here, until idle or Ctrl-C
  cornerman engine --exit-after 60     stay for an hour without a request
"""
_STOP_SECONDS = 20.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
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
    parser.add_argument(
        "--exit-after",
        type=_positive_minutes,
        default=defaults.exit_after_minutes,
        metavar="MINUTES",
        help="leave after this long without a request (default: %(default)g)",
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
    parser.add_argument(
        "--log-file",
        type=Path,
        metavar="FILE",
        help="where to log (default: log/engine.log in the state folder)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do one action. ``status`` and ``stop`` exit with 1 when no engine runs."""
    if args.action == "status":
        return _status()
    if args.action == "stop":
        return _stop()
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    # Imported here: the other actions should not wait for the whole engine.
    from cornerman.engine.host.backends.base import LoadOptions
    from cornerman.engine.host.lifecycle import HostOptions, serve

    log_to(args.log_file or log_path(), "info")
    load = LoadOptions(args.context_tokens, args.threads)
    serve(HostOptions(load, exit_after=args.exit_after * 60))
    return 0


def _status() -> int:
    health = _health()
    if health is None:
        sys.stdout.write("No engine is running.\n")
        return 1
    model = health.model or "none loaded yet"
    sys.stdout.write(
        f"An engine is running.\n  process  {health.pid}\n  version  {health.version}\n"
        f"  backend  {health.backend}\n  model    {model}\n"
    )
    return 0


def _stop() -> int:
    health = _health()
    if health is None:
        sys.stdout.write("No engine is running.\n")
        return 1
    with suppress(ProcessLookupError):
        os.kill(health.pid, signal.SIGTERM)
    # It lets go of its lock when all is cleaned up.
    lock = FileLock(endpoint.engine_lock())
    try:
        lock.acquire(timeout=_STOP_SECONDS)  # pyright: ignore[reportUnknownMemberType]
    except Timeout as error:
        raise EngineUnavailableError(
            f"The engine does not stop; end process {health.pid}."
        ) from error
    lock.release()
    sys.stdout.write(f"Stopped the engine (process {health.pid}).\n")
    return 0


def _health() -> HealthBody | None:
    from cornerman.engine.client import probe

    where = endpoint.known()
    return asyncio.run(probe(where)) if where else None


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
