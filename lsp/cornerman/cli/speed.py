"""``cornerman bench`` without ``--layouts``: speed, and with ``--quality`` how good models are."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cornerman.bench.comparison import Quality
    from cornerman.bench.speed import Speed
    from cornerman.engine.client import EngineClient
    from cornerman.models.spec import ModelSpec

Form = tuple[str, Path]
"""What a row is called, and the file or folder that is measured."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what measuring speed can be told."""
    parser.add_argument("--model", metavar="NAME", help="only this one (default: all installed)")
    parser.add_argument("--quality", action="store_true", help="also how many lines they guess")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="latency against context")
    parser.add_argument(
        "--apply", action="store_true", help="write what follows from it into your settings"
    )


def run(args: argparse.Namespace) -> int:
    """Measure every installed form of the models, and print a table."""
    from cornerman.bench.plot import svg
    from cornerman.bench.speed import budgets
    from cornerman.core.errors import BadInputError
    from cornerman.models import choice
    from cornerman.settings import load
    from cornerman.settings.writing import write

    specs = _models(args.model)
    if not specs:
        raise BadInputError("No model is installed; fetch one with `cornerman models pull`.")
    in_use = choice.resolve(load()[0].model).name
    found = asyncio.run(_measure(specs))
    _print(found)
    qualities: dict[str, Quality] = {}
    if args.quality:
        qualities = asyncio.run(_qualities(specs, args.holes, args.seed))
        _print_quality(qualities)
    if args.json:
        args.json.write_text(_as_json(found, qualities), encoding="utf-8")
    if args.plot:
        lines = {n: [(s.tokens, s.first_ms) for s in speeds] for n, speeds in found.items()}
        title, across = "Time to the first token", "tokens of context, read for the first time"
        args.plot.write_text(svg(title, across, "milliseconds", lines), encoding="utf-8")
    name = next((name for name in found if name.split(" ")[0] == in_use), next(iter(found)))
    wanted = budgets(found[name])
    sys.stdout.write(f"\nSettings that suit the speed of {name}:\n")
    for setting, value in wanted.items():
        sys.stdout.write(f"{setting} = {value}\n")
    if args.apply:
        sys.stdout.write(f"written to {write(wanted)}\n")
    return 0


def _as_json(found: dict[str, list[Speed]], qualities: dict[str, Quality]) -> str:
    figures = {
        "speed": {name: [asdict(speed) for speed in speeds] for name, speeds in found.items()},
        "quality": {name: asdict(quality) for name, quality in qualities.items()},
    }
    return json.dumps(figures, indent=1)


def _models(name: str | None) -> list[ModelSpec]:
    from cornerman.models import store
    from cornerman.models.catalog import catalog, find

    if name is not None:
        spec = find(name)
        store.require(spec)
        return [spec]
    return [spec for spec in catalog().values() if store.locate(spec) is not None]


async def _measure(specs: list[ModelSpec]) -> dict[str, list[Speed]]:
    from rich.progress import Progress

    from cornerman.bench.speed import CONTEXTS, measure_speed
    from cornerman.models import store

    forms: list[Form] = [
        (f"{spec.name} ({'MLX' if path.is_dir() else 'llama.cpp'})", path)
        for spec in specs
        for path in store.present(spec)
    ]
    engine = _engine()
    found: dict[str, list[Speed]] = {}
    with Progress(transient=True) as bars:
        task = bars.add_task("speed", total=len(forms) * len(CONTEXTS))
        try:
            for name, path in forms:
                found[name] = await measure_speed(
                    str(path), engine, on_step=lambda: bars.advance(task)
                )
        finally:
            await engine.aclose()
    return found


async def _qualities(specs: list[ModelSpec], holes: int, seed: int) -> dict[str, Quality]:
    from rich.progress import Progress

    from cornerman.bench.comparison import measure_quality
    from cornerman.bench.holes import cut_holes
    from cornerman.settings import load

    sample, engine = cut_holes(holes, seed), _engine()
    settings = load()[0].completion
    with Progress(transient=True) as bars:
        task = bars.add_task("quality", total=len(specs) * len(sample))
        try:
            return {
                spec.name: await measure_quality(
                    spec, engine, sample, settings, lambda: bars.advance(task)
                )
                for spec in specs
            }
        finally:
            await engine.aclose()


def _engine() -> EngineClient:
    from cornerman.engine.client import EngineClient
    from cornerman.engine.launcher import ensure_engine
    from cornerman.settings import load

    settings = load()[0].engine
    return EngineClient(lambda: ensure_engine(settings))


def _print(found: dict[str, list[Speed]]) -> None:
    rows = [
        (
            name if number == 0 else "",
            str(speed.tokens),
            f"{speed.first_ms:,.0f}",
            f"{speed.prefill:.0f}",
            f"{speed.decode:.0f}",
        )
        for name, speeds in found.items()
        for number, speed in enumerate(speeds)
    ]
    sys.stdout.write(
        "A prompt of TOKENS: ms to the first token; tokens read and written a second\n"
    )
    _table(("MODEL", "TOKENS", "FIRST, MS", "READS", "WRITES"), rows)


def _print_quality(found: dict[str, Quality]) -> None:
    rows = [
        (name, f"{100 * quality.exact:.0f} %", f"{100 * quality.similarity:.0f} %")
        for name, quality in found.items()
    ]
    _table(("MODEL", "EXACT", "SIMILAR"), rows)


def _table(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, no_wrap=True, justify="left" if title == "MODEL" else "right")
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False)
    console.print(table)
