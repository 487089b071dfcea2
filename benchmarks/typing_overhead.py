"""What a keystroke costs besides the model, in a Python file of 5,000 lines.

Lines of the standard library are deleted and typed again, character by character. Measured is
CPU time: of the site (parse, silence, extent), which the engine waits for; of a whole completion
with an engine that answers at once (prompt, stop rules, filters, syntax gate and confidence too);
and of an answer from memory, while a suggestion is typed through.

    python benchmarks/typing_overhead.py [--lines 60] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import AsyncGenerator, Iterator
from math import log
from pathlib import Path

from cornerman.context.site import completion_site
from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.features.complete import complete
from cornerman.features.memory import Memory, Place, Suggestion
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings

FILE_LINES = 5_000
TYPED = 25
# Probabilities of tokens: usual ones of a small model in code that it does not know.
SURE, UNSURE = 0.95, 0.3
UNSURE_EVERY = 5


class InstantEngine:
    """Says the same text to everybody, a few characters at a time, and is unsure now and then."""

    def __init__(self, says: str) -> None:
        self._says = says

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        del request
        for number, start in enumerate(range(0, len(self._says), 4)):
            logprob = log(UNSURE if number % UNSURE_EVERY == 0 else SURE)
            yield Chunk(self._says[start : start + 4], (logprob,))


def keystrokes(lines: int) -> Iterator[tuple[DocumentSnapshot, int, str]]:
    """Each document while it is typed, its cursor, and what follows in truth."""
    source = Path(argparse.__file__).read_text(encoding="utf-8").split("\n")
    source = (source * (FILE_LINES // len(source) + 1))[:FILE_LINES]
    wanted = [number for number, line in enumerate(source) if len(line.strip()) > 8]
    for number in random.Random(3).sample(wanted, lines):
        line = source[number]
        before = "".join(f"{above}\n" for above in source[:number])
        after = "".join(f"\n{below}" for below in source[number + 1 :])
        indent = len(line) - len(line.lstrip())
        rest = after[:200]
        for column in range(indent, min(len(line), indent + TYPED)):
            text = before + line[:column] + after
            snapshot = DocumentSnapshot("file:///typed.py", "python", column, text)
            yield snapshot, len(before) + column, line[column:] + rest


async def measured(lines: int) -> dict[str, list[float]]:
    """Milliseconds of CPU time of every keystroke, by part."""
    times: dict[str, list[float]] = {"site": [], "whole completion": [], "from memory": []}
    model, settings, memory = find(STARTER_MODEL), CompletionSettings(), Memory()
    last_line_end = None
    for snapshot, offset, truth in keystrokes(lines):
        is_new_line = last_line_end != len(snapshot.text) - offset
        last_line_end = len(snapshot.text) - offset
        started = time.process_time()
        completion_site(snapshot, offset)
        site_ms = (time.process_time() - started) * 1000
        # Going to another line is no keystroke: the jump restores one line and empties another.
        if is_new_line:
            place = Place.of(snapshot, offset)
            memory = memory.plus(Suggestion(str(offset), place, truth, 0, model.name))
            continue
        started = time.process_time()
        if memory.recall(snapshot, offset) is None:
            raise RuntimeError("what is typed through was forgotten")
        times["from memory"].append((time.process_time() - started) * 1000)
        started = time.process_time()
        await complete(CompletionRequest(snapshot, offset), settings, model, InstantEngine(truth))
        rest_ms = (time.process_time() - started) * 1000
        times["site"].append(site_ms)
        times["whole completion"].append(site_ms + rest_ms)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=60, help="lines typed (default: 60)")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    args = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    for part, times in asyncio.run(measured(args.lines)).items():
        cuts = statistics.quantiles(times, n=100)
        figures[part] = {
            "keystrokes": len(times),
            "median_ms": round(statistics.median(times), 2),
            "p95_ms": round(cuts[94], 2),
            "max_ms": round(max(times), 2),
        }
        row = figures[part]
        print(
            f"{part:18} {row['keystrokes']:5.0f} keystrokes   median {row['median_ms']:6.2f} ms"
            f"   p95 {row['p95_ms']:6.2f} ms   max {row['max_ms']:6.2f} ms"
        )
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
