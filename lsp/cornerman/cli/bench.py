"""``cornerman bench``: measure models on this machine."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli import speed
from cornerman.cli.command import Subparsers

if TYPE_CHECKING:
    from cornerman.bench.layouts import LayoutResult
    from cornerman.models.spec import ModelSpec

_EPILOG = """\
The sample is cut from Python's own library, always the same for the same seed and Python.

examples:
  cornerman bench                           how fast the installed models are
  cornerman bench --apply                   and settings that suit that speed
  cornerman bench --quality --plot latency.svg
  cornerman bench --layouts qwen2.5-coder-0.5b-instruct
  cornerman bench --layouts qwen2.5-coder-0.5b-instruct --holes 12 --json layouts.json
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add ``bench`` to the command line."""
    parser = subparsers.add_parser(
        "bench",
        help="measure models on this machine",
        description="Measure models on this machine, on code that it has.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    speed.add_arguments(parser)
    parser.add_argument(
        "--layouts",
        metavar="MODEL",
        help="every prompt layout MODEL can use: lines guessed right, tokens read a key",
    )
    parser.add_argument(
        "--holes", type=_count, default=4, metavar="N", help="places of each kind (default: 4)"
    )
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="default: 7")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, and print a table."""
    if args.layouts is None:
        return speed.run(args)
    from cornerman.models.catalog import find

    model = find(args.layouts)
    results = asyncio.run(_layouts(model, args.holes, args.seed))
    _print_layouts(model, results)
    if args.json:
        rows = [{"model": model.name, "seed": args.seed, **asdict(row)} for row in results]
        args.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


async def _layouts(model: ModelSpec, count: int, seed: int) -> list[LayoutResult]:
    from rich.progress import Progress

    from cornerman.bench.holes import cut_holes
    from cornerman.bench.layouts import measure_layouts, steps_of
    from cornerman.engine.client import EngineClient
    from cornerman.engine.launcher import ensure_engine
    from cornerman.settings import CompletionSettings, EngineSettings

    holes = cut_holes(count, seed)
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    with Progress(transient=True) as bars:
        task = bars.add_task("layouts", total=steps_of(model, holes))
        try:
            return await measure_layouts(
                model, engine, holes, CompletionSettings(), lambda: bars.advance(task)
            )
        finally:
            await engine.aclose()


def _print_layouts(model: ModelSpec, results: list[LayoutResult]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("LAYOUT", no_wrap=True)
    for title in ("HOLES", "EXACT", "SIMILAR", "SHOWN", "TOKENS A KEY", "AT MOST"):
        table.add_column(title, no_wrap=True, justify="right")
    for row in results:
        table.add_row(
            f"{row.layout} *" if row.is_used else row.layout,
            str(row.holes),
            f"{100 * row.exact:.0f} %",
            f"{100 * row.similarity:.0f} %",
            f"{100 * row.shown:.0f} %",
            f"{row.evaluated:.0f}",
            str(row.evaluated_most),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(f"* what the catalogue uses for {model.name}")


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= 200:
        raise argparse.ArgumentTypeError("write a number from 1 to 200")
    return number
