"""What an engine costs and how fast it is: this machine's own, or one at a URL.

    python benchmarks/engine.py [--backend auto|llama.cpp|mlx] [--model NAME] [--json FILE]
    python benchmarks/engine.py --url https://host/v1 [--remote-model NAME]

An engine of its own is started for the run, so that one in use is neither disturbed nor measured.
Takes a minute or two on two cores. Figures that an engine does not tell are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
from engine_prompts import RENAME, TYPED, chat, completion, source
from rich.console import Console
from rich.table import Table

from cornerman.core.generation import Chunk, GenerationRequest, Timings
from cornerman.engine.client import EngineClient
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.launcher import ensure_engine
from cornerman.engine.remote_address import Remote, remote_of
from cornerman.settings import STARTER_MODEL, Settings, parse

Figures = dict[str, float]
_ROUNDS = 3


class Bench:
    """Asks one engine, always for the same model."""

    def __init__(self, client: EngineClient, model: str, *, is_local: bool) -> None:
        self.client = client
        self.is_local = is_local
        self._model = model

    def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        return self.client.stream(replace(request, model=self._model))

    async def ask(self, request: GenerationRequest) -> tuple[Timings, float]:
        """The cost, as the engine tells it or as it looks from here, and ms to the first text."""
        started = time.perf_counter()
        first, pieces, told = 0.0, 0, Timings()
        async for chunk in self.stream(request):
            first = first or (time.perf_counter() if chunk.text else 0.0)
            pieces += bool(chunk.text)
            told = chunk.timings or told
        ended = time.perf_counter()
        first = first or ended
        if not told.generated:
            told = Timings(generated=pieces, decode_ms=1000 * (ended - first))
        return told, 1000 * (first - started)

    async def until_idle(self) -> float:
        """Milliseconds until the engine has nothing to do."""
        started = time.perf_counter()
        while (await self.client.health()).jobs:
            pass
        return 1000 * (time.perf_counter() - started)


async def load(bench: Bench) -> Figures:
    """Starting the process, loading the model, and whether the first answer is warm."""
    started = time.perf_counter()
    await bench.client.health()
    listening = 1000 * (time.perf_counter() - started)
    # Prompts of one length that have nothing in common.
    first, first_ms = await bench.ask(completion(source("one", 6), tokens=1))
    second, second_ms = await bench.ask(completion(source("two", 6), tokens=1))
    if not bench.is_local:
        return {"first answer, ms": first_ms, "second answer, ms": second_ms}
    return {
        "process start, ms": listening,
        "load and first answer, ms": first_ms,
        "first answer: prefill, ms": first.prefill_ms,
        "second answer: prefill, ms": second.prefill_ms,
    }


async def speed(bench: Bench) -> Figures:
    """Tokens a second, on a prompt of about 500 tokens."""
    cost, _ = await bench.ask(completion(source("speed", 32), tokens=64))
    figures = {"decode, tokens/s": cost.tokens_per_second}
    if cost.prefill_ms:
        figures["prefill, tokens/s"] = 1000 * cost.evaluated / cost.prefill_ms
    return figures


async def neighbour(bench: Bench) -> Figures:
    """Decode while another process keeps one core busy, as a share of the speed without it."""
    if not bench.is_local:
        return {}
    request = completion(source("speed", 32), tokens=64)
    quiet, _ = await bench.ask(request)
    spinner = multiprocessing.get_context("spawn").Process(target=_spin, daemon=True)
    spinner.start()
    try:
        await asyncio.sleep(0.5)  # it starts
        busy, _ = await bench.ask(request)
    finally:
        spinner.kill()
    return {"decode beside a busy core, share": busy.tokens_per_second / quiet.tokens_per_second}


async def cancel(bench: Bench) -> Figures:
    """From closing the stream to an idle engine."""
    if not bench.is_local:
        return {}
    decode: list[float] = []
    prefill: list[float] = []
    for attempt in range(_ROUNDS):
        async with aclosing(bench.stream(completion("numbers = [1, 2", tokens=500))) as chunks:
            while not (await anext(chunks)).text:
                pass
            await asyncio.sleep(0.3)
        decode.append(await bench.until_idle())
        # Its first event comes when the prompt is accepted: the prefill takes seconds.
        async with aclosing(bench.stream(chat(source(f"c{attempt}", 60), tokens=1))) as chunks:
            await anext(chunks)
            await asyncio.sleep(0.5)
        prefill.append(await bench.until_idle())
    return {"cancel in decode, ms": max(decode), "cancel in prefill, ms": max(prefill)}


async def typing(bench: Bench) -> Figures:
    """A line typed key by key below 250 tokens of code."""
    above = source("typing", 16)
    await bench.ask(completion(above, tokens=1))
    evaluated: list[float] = []
    waits: list[float] = []
    for end in range(1, len(TYPED)):
        cost, first_ms = await bench.ask(completion(above, TYPED[:end], tokens=4))
        evaluated.append(cost.evaluated)
        waits.append(first_ms)
    figures = {"key: first text, median ms": statistics.median(waits)}
    if any(evaluated):
        figures["key: tokens evaluated, mean"] = statistics.mean(evaluated)
        figures["key: tokens evaluated, most"] = max(evaluated)
    return figures


async def alternating(bench: Bench) -> Figures:
    """Two windows in turn, prompts of about 500 tokens, after the first round."""
    evaluated: list[float] = []
    for typed in range(_ROUNDS + 1):
        for name in ("alpha", "beta"):
            request = completion(source(name, 32), f"x{typed}", tokens=1, session=name)
            cost, _ = await bench.ask(request)
            if typed:
                evaluated.append(cost.evaluated)
    return {"alternating windows: tokens evaluated, most": max(evaluated)} if any(evaluated) else {}


async def urgent(bench: Bench) -> Figures:
    """A completion whose prompt is warm, while a long answer is generated."""
    request = completion("def add(a, b):\n", "    ret", tokens=2)
    await bench.ask(request)
    waits: list[float] = []
    async with aclosing(bench.stream(chat("Tell a long story.", tokens=400))) as story:
        async for chunk in story:
            if chunk.text:
                waits.append((await bench.ask(request))[1])
            if len(waits) == 2 * _ROUNDS:
                break
    return {"completion during a long answer: first text, ms": statistics.median(waits)}


async def speculation(bench: Bench) -> Figures:
    """A rename, which mostly copies; greedy output is the same either way."""
    speeds: list[float] = []
    for copies in (False, True):
        await bench.ask(chat(RENAME, tokens=1, copies=copies))
        cost, _ = await bench.ask(chat(RENAME, tokens=180, copies=copies))
        speeds.append(cost.tokens_per_second)
    return {"rename, tokens/s": speeds[0], "rename as a copy, times faster": speeds[1] / speeds[0]}


async def memory(bench: Bench) -> Figures:
    """The engine's process after all of the above."""
    health = await bench.client.health()
    return {"memory, MiB": health.memory_mib} if health.memory_mib else {}


CASES: tuple[Callable[[Bench], Awaitable[Figures]], ...] = (
    *(load, speed, neighbour, cancel, typing, alternating, urgent, speculation, memory),
)


async def measure(settings: Settings, console: Console) -> Figures:
    remote = remote_of(settings)

    async def connect() -> Endpoint | Remote:
        return remote or await ensure_engine(settings.engine)

    client = EngineClient(connect)
    figures: Figures = {}
    try:
        bench = Bench(client, settings.model, is_local=remote is None)
        for case in CASES:
            console.print(f"{case.__name__} ...", style="dim")
            figures |= await case(bench)
    finally:
        await client.aclose()
    return figures


@asynccontextmanager
async def own_engine() -> AsyncGenerator[None]:
    """Folders in which no other engine runs; the one started there ends at the end."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CORNERMAN_RUNTIME_DIR"] = f"{folder}/run"
        os.environ["CORNERMAN_STATE_DIR"] = f"{folder}/state"
        try:
            yield
        finally:
            children = psutil.Process().children()
            for child in children:
                with suppress(psutil.Error):
                    child.terminate()
            psutil.wait_procs(children, timeout=20)


def _spin() -> None:
    while True:
        pass


def _settings(args: argparse.Namespace) -> Settings:
    engine = {"backend": args.backend, "url": args.url, "remote_model": args.remote_model}
    given = {name: value for name, value in engine.items() if value is not None}
    settings, problems = parse({"engine": given})
    if problems:
        raise SystemExit("\n".join(problems))
    # A path is not a name of the catalogue, and the settings do not look.
    return settings.model_copy(update={"model": args.model})


async def _run(settings: Settings, console: Console) -> Figures:
    async with own_engine():
        return await measure(settings, console)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backend", choices=["auto", "llama.cpp", "mlx"], default="auto")
    parser.add_argument("--model", default=STARTER_MODEL, help="a name, a GGUF file or MLX folder")
    parser.add_argument("--url", help="measure the engine there instead of one of this machine")
    parser.add_argument("--remote-model", help="the model's name there")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    settings = _settings(args)
    figures = asyncio.run(_run(settings, Console(stderr=True)))
    table = Table("figure", "value", title=str(settings.engine.url or settings.model))
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}" if value < 10 else f"{value:.0f}")
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
