"""What an editor waits for and what a window costs: start, memory, first suggestion.

    python benchmarks/startup.py [--runs 5] [--json FILE]

Starts the real server over stdio. The first suggestion needs the starter model and, if no engine
runs, includes starting it and loading the model; later ones show the warm case.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from cornerman.cli.sample import sample_project
from cornerman.protocol.client import EditorClient


async def one_window(folder: Path) -> dict[str, float]:
    """Figures of one window: milliseconds, and MiB resident."""
    sample = sample_project()[0]
    client = EditorClient()
    started = time.perf_counter()
    await client.start(folder)
    initialize_ms = (time.perf_counter() - started) * 1000
    idle = server_memory()
    file = client.open(folder / sample.name, "python", sample.text)
    started = time.perf_counter()
    await client.complete(file, sample.cursors[0])
    suggestion_ms = (time.perf_counter() - started) * 1000
    working = server_memory()
    await client.stop()
    return {
        "initialize_ms": initialize_ms,
        "server_idle_mib": idle,
        "first_suggestion_ms": suggestion_ms,
        "server_working_mib": working,
    }


def server_memory() -> float:
    """Resident memory of the server that this process started, in MiB."""
    (server,) = list(servers())
    return server.memory_info().rss / 2**20


def servers() -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        if "serve" in child.cmdline():
            yield child


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [asyncio.run(one_window(Path(folder))) for _ in range(args.runs)]
    table = Table("figure", "median", "lowest", "highest", title=f"{args.runs} windows, in turn")
    for name in runs[0]:
        values = [run[name] for run in runs]
        shown = (statistics.median(values), min(values), max(values))
        table.add_row(name, *(f"{value:.0f}" for value in shown))
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps(runs, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
