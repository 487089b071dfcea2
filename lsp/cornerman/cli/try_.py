"""``cornerman try``: the whole product on a sample project, through a real language server."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, TypeAdapter

from cornerman import __version__
from cornerman.cli.command import Subparsers
from cornerman.cli.sample import SampleFile, sample_project
from cornerman.core.completions import EngineStatus
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Timings
from cornerman.settings import STARTER_MODEL

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.protocol.client import EditorClient, OpenFile

_EPILOG = """\
example:
  cornerman try        fetches the starter model the first time (about 470 MB)
"""

_LINES_SHOWN = 2
_EXPLAINED = "def merge"
_NOTABLE_WAIT_MS = 500
# Nobody types on here: a whole body is worth its time.
_OPTIONS = {"completion": {"block_time_ms": 10_000, "candidates": 1}}


class _LatestOutcome(BaseModel):
    """What ``cornerman.why`` says of one request."""

    reason: str
    context_ms: float = Field(alias="contextMs")
    timings: Timings | None


_LatestOutcomes = TypeAdapter(list[_LatestOutcome])
_Status = TypeAdapter(EngineStatus)


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "try",
        help="see it complete and explain a sample project",
        description="Fetch the starter model if needed, start the language server as an editor "
        "would, complete a sample project at several cursors and explain one function.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Show the product at work. Exit code 1 if nothing could be suggested or explained."""
    from rich.console import Console

    from cornerman.cli.downloading import pull_with_progress
    from cornerman.models import catalog, store

    model = catalog.find(STARTER_MODEL)
    if store.locate(model) is None:
        pull_with_progress(model)
    return asyncio.run(_show_at_work(Console(highlight=False)))


async def _show_at_work(console: Console) -> int:
    from cornerman.protocol.client import EditorClient

    with tempfile.TemporaryDirectory(prefix="cornerman-try-") as folder:
        client = EditorClient()
        started = time.perf_counter()
        await client.start(Path(folder), _OPTIONS)
        ready_ms = (time.perf_counter() - started) * 1000
        console.print(f"Cornerman {__version__}: language server ready after {ready_ms:.0f} ms.")
        try:
            shown = await _complete_all(client, Path(folder), console)
            explained = await _explain(client, Path(folder), console)
            await _print_status(client, console)
        finally:
            await client.stop()
    for notice in client.notices:
        console.print(notice, style="yellow", markup=False)
    return 0 if shown and explained else 1


async def _complete_all(client: EditorClient, folder: Path, console: Console) -> bool:
    any_shown = False
    for sample in sample_project():
        file = _open(client, folder, sample)
        for offset in sample.cursors:
            started = time.perf_counter()
            suggestion = await client.complete(file, offset)
            elapsed_ms = (time.perf_counter() - started) * 1000
            any_shown |= bool(suggestion)
            _print_suggestion(console, sample, offset, suggestion)
            await _print_cost(client, console, elapsed_ms)
    return any_shown


def _open(client: EditorClient, folder: Path, sample: SampleFile) -> OpenFile:
    path = folder / sample.name
    path.write_text(sample.text, encoding="utf-8")
    return client.open(path, "python", sample.text)


def _print_suggestion(console: Console, sample: SampleFile, offset: int, text: str) -> None:
    from cornerman.cli.ghost import with_ghost

    snapshot = DocumentSnapshot(sample.name, "python", 0, sample.text)
    line = snapshot.index.line_of(offset) + 1
    column = offset - snapshot.index.line_start(line - 1) + 1
    console.print(f"\n{sample.name}:{line}:{column}", style="bold")
    console.print(with_ghost(snapshot, offset, text, _LINES_SHOWN), soft_wrap=True)


async def _print_cost(client: EditorClient, console: Console, elapsed_ms: float) -> None:
    latest = _LatestOutcomes.validate_python(await client.command("cornerman.why"))[0]
    if latest.reason:
        console.print(f"  no suggestion: {latest.reason}", style="yellow", markup=False)
    cost = latest.timings
    parts = [f"{elapsed_ms:.0f} ms", f"context {latest.context_ms:.1f} ms"]
    if cost is not None:
        waiting_ms = elapsed_ms - latest.context_ms - cost.prefill_ms - cost.decode_ms
        if waiting_ms > _NOTABLE_WAIT_MS:
            parts.append(f"starting the engine {waiting_ms:.0f} ms")
        parts.append(f"prefill {cost.prefill_ms:.0f} ms ({_prefill_tokens(cost)})")
        speed = f"{cost.tokens_per_second:.0f} tokens/s"
        parts.append(f"decode {cost.decode_ms:.0f} ms ({cost.generated} tokens, {speed})")
    console.print("  " + ", ".join(parts), style="cyan", markup=False, soft_wrap=True)


def _prefill_tokens(cost: Timings) -> str:
    return f"{cost.evaluated} tokens" + (f", {cost.cached} cached" if cost.cached else "")


async def _print_status(client: EditorClient, console: Console) -> None:
    status = _Status.validate_python(await client.command("cornerman.status"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    where = f"{status.backend} on this machine ({machine}), engine process {status.pid}"
    console.print(f"\n{status.model}: {where}.", markup=False, soft_wrap=True)


async def _explain(client: EditorClient, folder: Path, console: Console) -> bool:
    for sample in sample_project():
        at = sample.text.find(_EXPLAINED)
        if at >= 0:
            console.print(f"\nExplain {_EXPLAINED.split()[-1]} in {sample.name}", style="bold")
            file = _open(client, folder, sample)
            text = await client.explain(
                file, at, lambda piece: console.print(piece, end="", markup=False, soft_wrap=True)
            )
            console.print()
            return bool(text.strip())
    return False
