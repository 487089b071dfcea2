"""A typist at 60 ms a key against the real server, engine and model.

    python benchmarks/typist.py [--slow 5] [--passages 4] [--seed 1] [--json FILE]

Passages of the standard library are cut out of their files and typed back, character by character
(a line break brings its indentation with it, as in an editor). Every key is a change and a
request, and cancels the request before it. Now and then the typist pauses for a second. A
suggestion on show is taken when it is right and at least 3 characters long; that costs one key.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

import psutil
from passages import Passage, keys_of, next_key, passages
from rich.console import Console
from rich.table import Table

from cornerman.protocol.client import EditorClient, OpenFile, Suggested

KEY_SECONDS = 0.06
PAUSE_SECONDS = 1.0
KEYS_BETWEEN_PAUSES = 30
SHORTEST_TAKEN = 3
# Each goes on where the deadline ended the one before it.
WARM_UPS = 3
# Somebody looks at a place before they type there; meanwhile the engine reads more of it.
LOOK_SECONDS = 9.0


@dataclass
class Tally:
    """What is counted while typing; times in milliseconds."""

    typed_keys: int = 0
    needed_keys: int = 0
    right_on_show: int = 0
    wrong_on_show: int = 0
    pauses: int = 0
    pauses_with_suggestion: int = 0
    pause_ms: list[float] = field(default_factory=lambda: list[float]())
    answer_ms: dict[str, float] = field(default_factory=lambda: dict[str, float]())
    memory_ms: list[float] = field(default_factory=lambda: list[float]())
    evaluated: dict[str, int] = field(default_factory=lambda: dict[str, int]())
    engine_cpu_seconds: float = 0.0
    reasons: dict[str, int] = field(default_factory=lambda: dict[str, int]())


class Typist:
    """Types passages into one editor window."""

    def __init__(
        self, client: EditorClient, engine: psutil.Process, seed: int, slow: float
    ) -> None:
        self.tally = Tally()
        self._client = client
        self._engine = engine
        self._random = random.Random(seed)
        self._slow = slow
        self._asking: asyncio.Task[list[Suggested]] | None = None
        self._asked_at = 0.0
        self._answered_at = 0.0
        self._counted: set[str] = set()

    async def type(self, passage: Passage, folder: Path) -> None:
        """Type ``passage`` where it is missing."""
        text = passage.before + passage.after
        file = self._client.open(folder / passage.path.name, "python", text)
        offset, end = len(passage.before), len(passage.before) + len(passage.missing)
        whole = passage.before + passage.missing + passage.after
        # The region is known to the engine before the clock starts.
        for _ in range(WARM_UPS):
            await self._client.suggest(file, offset)
        await asyncio.sleep(LOOK_SECONDS)
        started = cpu_seconds(self._engine)
        pause_in = self._keys_until_pause()
        self._ask(file, offset)
        while offset < end:
            if pause_in <= 0:
                await self._pause()
                pause_in = self._keys_until_pause()
            else:
                await asyncio.sleep(KEY_SECONDS * self._slow)
            shown = self._on_show()
            taken = self._judge(shown, file.index.text, offset, whole, end)
            if taken is not None:
                file = self._client.edit(file, taken.start, taken.end, taken.text)
                self.tally.needed_keys += keys_of(taken.text)
                offset = taken.start + len(taken.text)
                await self._client.command("cornerman.accepted", taken.id)
            else:
                key = next_key(whole, offset)
                file = self._client.edit(file, offset, offset, key)
                self.tally.needed_keys += 1
                offset += len(key)
            self.tally.typed_keys += 1
            pause_in -= 1
            self._ask(file, offset)
        if self._asking is not None:
            self._asking.cancel()
        await self._count_answers()
        self.tally.engine_cpu_seconds += cpu_seconds(self._engine) - started

    def _judge(
        self, shown: Suggested | None, text: str, offset: int, whole: str, end: int
    ) -> Suggested | None:
        """Count what is on show; return it if it is worth taking."""
        if shown is None:
            return None
        result = text[: shown.start] + shown.text + text[shown.end :]
        reached = shown.start + len(shown.text)
        rest_of_line = text[shown.end :].startswith("\n") or shown.end == shown.start
        is_right = rest_of_line and reached <= end and whole.startswith(result[:reached])
        if not is_right:
            self.tally.wrong_on_show += 1
            return None
        self.tally.right_on_show += 1
        return shown if reached - offset >= SHORTEST_TAKEN else None

    def _ask(self, file: OpenFile, offset: int) -> None:
        former, self._asking = self._asking, None
        if former is not None:
            former.cancel()
        self._asked_at = time.perf_counter()
        self._asking = asyncio.ensure_future(self._client.suggest(file, offset))
        self._asking.add_done_callback(self._answered)

    def _answered(self, asking: asyncio.Task[list[Suggested]]) -> None:
        error = None if asking.cancelled() else asking.exception()
        # One that was cancelled is of no interest any more, however it ended.
        if asking is self._asking and not asking.cancelled() and error is None:
            self._answered_at = time.perf_counter()
            for item in asking.result():
                self.tally.answer_ms[item.id] = (self._answered_at - self._asked_at) * 1000

    def _on_show(self) -> Suggested | None:
        asking = self._asking
        if asking is None or not asking.done() or asking.cancelled():
            return None
        return next(iter(asking.result()), None)

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        self.tally.pauses += 1
        if self._on_show() is not None:
            self.tally.pauses_with_suggestion += 1
            self.tally.pause_ms.append((self._answered_at - self._asked_at) * 1000)
        await self._count_answers()

    async def _count_answers(self) -> None:
        """Take over what the server tells of its latest requests."""
        answers = cast("list[dict[str, object]]", await self._client.command("cornerman.why"))
        for answer in answers:
            number = str(answer["id"])
            if number in self._counted:
                continue
            self._counted.add(number)
            timings = cast("dict[str, float] | None", answer["timings"])
            if timings is not None:
                self.tally.evaluated[number] = int(timings["evaluated"])
            if answer["fromMemory"] and number in self.tally.answer_ms:
                self.tally.memory_ms.append(self.tally.answer_ms.pop(number))
            reason = str(answer["reason"])
            if reason:
                self.tally.reasons[reason] = self.tally.reasons.get(reason, 0) + 1

    def _keys_until_pause(self) -> int:
        return self._random.randint(KEYS_BETWEEN_PAUSES // 2, KEYS_BETWEEN_PAUSES * 3 // 2)


async def measure(args: argparse.Namespace) -> Tally:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        client = EditorClient()
        await client.start(folder)
        # The engine starts and loads its model outside of the measurement.
        warm = client.open(folder / "warm.py", "python", "import os\n\nprint(os.")
        await client.suggest(warm, len(warm.index.text))
        status = cast("dict[str, object]", await client.command("cornerman.status"))
        engine = psutil.Process(cast("int", status["pid"]))
        typist = Typist(client, engine, args.seed, args.slow)
        for passage in passages(args.passages, args.seed):
            await typist.type(passage, folder)
        await client.stop()
    return typist.tally


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def figures(tally: Tally) -> dict[str, float]:
    """The figures of a run; milliseconds, shares in percent."""
    keys = tally.typed_keys
    return {
        "keys the text needs": tally.needed_keys,
        "keys pressed": keys,
        "keys saved, %": percent(tally.needed_keys - keys, tally.needed_keys),
        "keys with a right suggestion on show, %": percent(tally.right_on_show, keys),
        "keys with a wrong suggestion on show, %": percent(tally.wrong_on_show, keys),
        "pauses": tally.pauses,
        "pauses with a suggestion on show, %": percent(tally.pauses_with_suggestion, tally.pauses),
        "suggestion after a pause begins, median ms": quantile(tally.pause_ms, 0.5),
        "suggestion after a pause begins, p95 ms": quantile(tally.pause_ms, 0.95),
        "answers from memory": len(tally.memory_ms),
        "answer from memory, median ms": quantile(tally.memory_ms, 0.5),
        "answer from memory, p95 ms": quantile(tally.memory_ms, 0.95),
        "tokens evaluated an answer, median": quantile(list(tally.evaluated.values()), 0.5),
        "tokens evaluated an answer, highest": max(tally.evaluated.values(), default=0),
        "engine CPU seconds for 100 characters": 100
        * tally.engine_cpu_seconds
        / max(tally.needed_keys, 1),
    }


def percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def quantile(values: list[float] | list[int], share: float) -> float:
    if not values:
        return float("nan")
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=float, default=1.0, help="keys come so much slower")
    parser.add_argument("--passages", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--why", action="store_true", help="count the reasons for no suggestion")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    tally = asyncio.run(measure(args))
    table = Table("figure", "value", title=f"{KEY_SECONDS * args.slow * 1000:.0f} ms a key")
    for name, value in figures(tally).items():
        table.add_row(name, f"{value:.1f}".removesuffix(".0"))
    Console().print(table)
    if args.why:
        for reason, times in sorted(tally.reasons.items(), key=lambda item: -item[1]):
            Console().print(f"{times:5} {reason}")
    if args.json:
        args.json.write_text(json.dumps({**figures(tally), "run": asdict(tally)}, indent=1))


if __name__ == "__main__":
    main()
