"""``cornerman models quantize``: a smaller MLX model of a larger one, and what it costs."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli.command import Subparsers

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.bench.comparison import Quality
    from cornerman.models.spec import ModelSpec

_EPILOG = """\
SOURCE is a folder in the format of the Hugging Face libraries, or a repository of the Hub. The
converter is mlx-lm's. Unless you say --no-measure, both models are then measured: perplexity on
code of Python's library, and how many lines of it each one guesses. GGUF files come quantized:
choose one at download instead.

examples:
  cornerman models quantize Qwen/Qwen2.5-Coder-3B --bits 4
  cornerman models quantize ./my-model --bits 4 --group-size 32 --method awq --out ./my-model-4bit
"""


def add_parser(actions: Subparsers) -> None:
    """Add ``quantize`` to the actions of ``models``."""
    parser = actions.add_parser(
        "quantize",
        help="make a smaller MLX model of a larger one",
        description="Make a smaller MLX model of a larger one, and say what it costs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SOURCE", help="a folder, or OWNER/REPO")
    parser.add_argument("--bits", type=int, choices=[2, 3, 4, 5, 6, 8], default=4)
    parser.add_argument("--group-size", type=int, choices=[32, 64, 128], default=64)
    parser.add_argument(
        "--method",
        choices=["plain", "awq", "dwq"],
        default="plain",
        help="awq and dwq learn from data, which takes long and memory (default: plain)",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: next to SOURCE")
    parser.add_argument("--family", default="", help="if it cannot be told from the model itself")
    parser.add_argument("--holes", type=int, default=4, metavar="N", help="lines of each kind")
    parser.add_argument("--no-measure", action="store_true", help="do not compare the two")


def run(args: argparse.Namespace) -> int:
    """Convert, add the result to the user's models, and compare. Prints a table."""
    from rich.console import Console

    from cornerman.models import adding, quantize

    console = Console(highlight=False)
    out: Path = (args.out or _beside(args.source, args.bits)).resolve()
    quantize.convert(args.source, out, args.bits, args.group_size, args.method)
    small = adding.describe(str(out), family=args.family)
    adding.add(small)
    console.print(f"{out}, used as {small.name}", soft_wrap=True)
    source = quantize.folder_of(args.source)
    if not args.no_measure and source is not None:
        large = adding.describe(str(source), str(source), small.family)
        _compare(console, large, small, args.holes)
    return 0


def _beside(source: str, bits: int) -> Path:
    path, name = Path(source), f"{Path(source).name}-{bits}bit"
    return path.with_name(name) if path.is_dir() else Path(name)


def _compare(console: Console, large: ModelSpec, small: ModelSpec, holes: int) -> None:
    from rich.table import Table

    found = [asyncio.run(_quality(spec, holes)) for spec in (large, small)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("MODEL", no_wrap=True)
    for title in ("SIZE", "PERPLEXITY", "EXACT", "SIMILAR"):
        table.add_column(title, no_wrap=True, justify="right")
    for spec, quality in zip((large, small), found, strict=True):
        table.add_row(
            Path(spec.name).name,
            f"{spec.size_bytes / 1e6:,.1f} MB",
            f"{quality.perplexity:.3f}" if quality.perplexity is not None else "",
            f"{100 * quality.exact:.0f} %",
            f"{100 * quality.similarity:.0f} %",
        )
    console.print(table)


async def _quality(spec: ModelSpec, holes: int) -> Quality:
    from cornerman.bench.comparison import measure_quality
    from cornerman.bench.holes import cut_holes
    from cornerman.engine.client import EngineClient
    from cornerman.engine.launcher import ensure_engine
    from cornerman.settings import load

    settings, _ = load()
    engine = EngineClient(lambda: ensure_engine(settings.engine))
    try:
        return await measure_quality(spec, engine, cut_holes(holes), settings.completion)
    finally:
        await engine.aclose()
