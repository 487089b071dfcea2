"""How fast a model reads and writes on this machine, and the settings that follow from it."""

from __future__ import annotations

import statistics
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.generation import (
    GenerationRequest,
    Priority,
    Prompt,
    SamplingParams,
    Text,
    Timings,
)
from cornerman.engine.stream import Engine

CONTEXTS = (128, 512, 1024)
"""Lengths of the prompts that are read, in tokens."""

_CHARACTERS_A_TOKEN = 3.2
_WRITTEN = 32
_MODULES = ("argparse", "inspect", "tarfile", "mailbox", "typing", "ipaddress", "optparse")
# What a suggestion in a new place should have read, and what it may have after a rest.
_NEW_REGION_TOKENS, _RESTED_TOKENS, _BLOCK_TOKENS = 300, 2000, 20
_NEW_REGION_MS, _TYPING_MS, _BLOCK_MS = (400, 2500), (1000, 15_000), (400, 2000)


@dataclass(frozen=True, slots=True)
class Speed:
    """A prompt of ``tokens``, read for the first time. Speeds in tokens per second."""

    tokens: int
    first_ms: float
    prefill: float
    decode: float


async def measure_speed(
    model: str,
    engine: Engine,
    contexts: Sequence[int] = CONTEXTS,
    on_step: Callable[[], None] = lambda: None,
) -> list[Speed]:
    """Read prompts of each length that have nothing in common, and write a little after each.

    ``model`` is a name or an absolute path. ``on_step`` is called after each prompt.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    await _ask(model, engine, "import os\n", 1)  # The model is loaded first.
    found: list[Speed] = []
    for number, tokens in enumerate(contexts):
        cost = await _ask(model, engine, _source(number, tokens), _WRITTEN)
        seconds = cost.prefill_ms / 1000
        prefill = cost.evaluated / seconds if seconds else 0.0
        found.append(Speed(cost.evaluated, cost.prefill_ms, prefill, cost.tokens_per_second))
        on_step()
    return found


def budgets(found: Sequence[Speed]) -> Mapping[str, object]:
    """Settings for a machine of that speed, by their names.

    A slow machine is given longer to read as much as helps, within what one is ready to wait.
    """
    prefill = statistics.fmean(speed.prefill for speed in found)
    decode = statistics.fmean(speed.decode for speed in found)
    return {
        "completion.latency_budget_ms.new_region": _time(
            _NEW_REGION_TOKENS, prefill, _NEW_REGION_MS
        ),
        "completion.latency_budget_ms.typing": _time(_RESTED_TOKENS, prefill, _TYPING_MS),
        "completion.block_time_ms": _time(_BLOCK_TOKENS, decode, _BLOCK_MS),
    }


def _time(tokens: int, speed: float, limits: tuple[int, int]) -> int:
    """Milliseconds for ``tokens``, in steps of 50, within limits."""
    wanted = 1000 * tokens / speed if speed else limits[1]
    return int(min(max(round(wanted / 50) * 50, limits[0]), limits[1]))


async def _ask(model: str, engine: Engine, text: str, count: int) -> Timings:
    # A number in front, so that no earlier prompt is the beginning of this one.
    prompt = Prompt((Text(f"# {len(text)}\n{text}"),))
    sampling = SamplingParams(max_tokens=count)
    request = GenerationRequest(model, prompt, sampling, "bench", Priority.COMPLETION)
    cost = Timings()
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            cost = chunk.timings or cost
    return cost


def _source(number: int, tokens: int) -> str:
    path = Path(sysconfig.get_path("stdlib"), f"{_MODULES[number % len(_MODULES)]}.py")
    return path.read_text("utf-8")[: int(tokens * _CHARACTERS_A_TOKEN)]
