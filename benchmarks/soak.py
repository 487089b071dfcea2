"""Typing in several windows at once, for long: what the processes hold, and that all of them leave.

    python benchmarks/soak.py [--minutes 10] [--windows 5] [--key-ms 200] [--json FILE]

Each window has a server of its own, and all share one engine. Code of the standard library is typed
into files that are opened and closed; every key is a change and a request, which the next key
cancels. In a pause a suggestion is asked for by hand.
The memory of a process counts from when a fifth of the time has passed. Exit code 1 when one has
grown by more than the limits below, a request was not answered, or a process is left at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from cornerman.protocol.client import EditorClient, OpenFile, Suggested

sys.path.insert(0, str(Path(__file__).parent))
from passages import next_key, passages

WINDOWS = 5
MINUTES = 10.0
KEY_MS = 200.0
KEYS_BETWEEN_PAUSES = 20
PAUSE_SECONDS = 1.5
ANSWER_SECONDS = 60.0
LOOKS = 60
WARM_UP = 0.2
# Bytes that a process may hold more at the end than after the warm-up; the engine keeps prompts.
MOST_GROWTH = {"serve": 25_000_000, "engine": 300_000_000}
MOST_FILES = 8
STATE = "CORNERMAN_STATE_DIR"


@dataclass
class Holdings:
    """What one process held, at each look. Memory in bytes, private to the process."""

    role: str
    memory: list[int] = field(default_factory=lambda: list[int]())
    descriptors: list[int] = field(default_factory=lambda: list[int]())
    threads: list[int] = field(default_factory=lambda: list[int]())

    def look(self, process: psutil.Process) -> None:
        with process.oneshot():
            self.memory.append(process.memory_full_info().uss)
            self.descriptors.append(process.num_fds())
            self.threads.append(process.num_threads())

    @property
    def grown(self) -> int:
        """Bytes more in the last fifth of the looks than in the one after the warm-up."""
        start = int(len(self.memory) * WARM_UP)
        part = max(len(self.memory) // 5, 1)
        return average(self.memory[-part:]) - average(self.memory[start : start + part])


@dataclass
class Tally:
    """Counts over all windows."""

    keys: int = 0
    answered: int = 0
    suggestions: int = 0
    unanswered: int = 0
    left_behind: int = 0


class Window:
    """One editor window whose user never stops."""

    def __init__(self, number: int, folder: Path, key_seconds: float, tally: Tally) -> None:
        self.client = EditorClient()
        self._number = number
        self._folder = folder
        self._key_seconds = key_seconds
        self._tally = tally
        self._random = random.Random(number)
        self._asking: asyncio.Task[list[Suggested]] | None = None

    async def type_until(self, ending: float) -> None:
        for round_number in range(10**9):
            for passage in passages(4, self._number * 10_000 + round_number):
                path = self._folder / f"{self._number}-{passage.path.name}"
                file = self.client.open(path, "python", passage.before + passage.after)
                offset = len(passage.before)
                whole = passage.before + passage.missing + passage.after
                while offset < len(whole) - len(passage.after):
                    if time.monotonic() > ending:
                        return
                    key = next_key(whole, offset)
                    file = self.client.edit(file, offset, offset, key)
                    offset += len(key)
                    await self._ask(file, offset)
                self.client.close(file)

    async def _ask(self, file: OpenFile, offset: int) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._tally.keys += 1
        rests = self._random.random() < 1 / KEYS_BETWEEN_PAUSES
        asking = asyncio.ensure_future(self.client.suggest(file, offset, is_invoked=rests))
        self._asking = asking
        asking.add_done_callback(self._count)
        if not rests:
            await asyncio.sleep(self._key_seconds)
            return
        await asyncio.sleep(PAUSE_SECONDS)
        done, _ = await asyncio.wait({asking}, timeout=ANSWER_SECONDS)
        self._tally.unanswered += not done

    def _count(self, asking: asyncio.Task[list[Suggested]]) -> None:
        if not asking.cancelled() and asking.exception() is None:
            self._tally.answered += 1
            self._tally.suggestions += bool(asking.result())

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking}, timeout=ANSWER_SECONDS)
        await self.client.stop()


class Watch:
    """Looks at the processes whose state is kept in ``folder``, but for this one."""

    def __init__(self, folder: Path) -> None:
        self.holdings: dict[int, Holdings] = {}
        self._folder = folder

    async def look_every(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            for process in self.processes():
                with suppress(psutil.Error):
                    role = role_of(process.cmdline())
                    if role is not None:
                        self.holdings.setdefault(process.pid, Holdings(role)).look(process)

    def processes(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                is_ours = process.environ().get(STATE) == os.environ[STATE]
                if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found


def role_of(command: Sequence[str]) -> str | None:
    return next((role for role in ("serve", "engine") if role in command), None)


async def soak(args: argparse.Namespace, folder: Path) -> tuple[Tally, Watch]:
    tally, watch = Tally(), Watch(folder)
    seconds = args.minutes * 60
    windows = [Window(number, folder, args.key_ms / 1000, tally) for number in range(args.windows)]
    for window in windows:
        await window.client.start(folder)
    ending = time.monotonic() + seconds
    looking = asyncio.ensure_future(watch.look_every(seconds / LOOKS))
    await asyncio.gather(*(window.type_until(ending) for window in windows))
    looking.cancel()
    for window in windows:
        await window.close()
    stop = (sys.executable, "-m", "cornerman", "engine", "stop")
    process = await asyncio.create_subprocess_exec(*stop, stdout=asyncio.subprocess.DEVNULL)
    await process.wait()
    _, alive = psutil.wait_procs(watch.processes(), timeout=ANSWER_SECONDS)
    tally.left_behind = len(alive)
    return tally, watch


def failures(tally: Tally, holdings: Sequence[Holdings]) -> list[str]:
    """What is not as it should be."""
    wrong = [f"{tally.unanswered} requests were not answered"] if tally.unanswered else []
    if tally.left_behind:
        wrong.append(f"{tally.left_behind} processes are left")
    if not tally.suggestions:
        wrong.append("nothing was suggested")
    if len([one for one in holdings if one.role == "engine"]) != 1:
        wrong.append("there was not one engine")
    for one in holdings:
        if one.grown > MOST_GROWTH[one.role]:
            wrong.append(f"{one.role} has grown by {one.grown / 1e6:.0f} MB")
        if one.descriptors[-1] > one.descriptors[len(one.descriptors) // 2] + MOST_FILES:
            wrong.append(f"{one.role} holds more and more files")
    return wrong


def table_of(holdings: Sequence[Holdings]) -> Table:
    table = Table("process", "MB after warm-up", "MB at the end", "MB grown", "files", "threads")
    for one in holdings:
        warm = one.memory[int(len(one.memory) * WARM_UP)]
        figures = (warm / 1e6, one.memory[-1] / 1e6, one.grown / 1e6)
        counts = (str(one.descriptors[-1]), str(one.threads[-1]))
        table.add_row(one.role, *(f"{figure:.1f}" for figure in figures), *counts)
    return table


def average(values: Sequence[int]) -> int:
    return sum(values) // max(len(values), 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--key-ms", type=float, default=KEY_MS)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[STATE] = str(folder / "state")
        os.environ["CORNERMAN_RUNTIME_DIR"] = str(folder / "run")
        tally, watch = asyncio.run(soak(args, folder))
    holdings = list(watch.holdings.values())
    Console().print(table_of(holdings), asdict(tally))
    wrong = failures(tally, holdings)
    if args.json:
        figures = {"tally": asdict(tally), "processes": [asdict(one) for one in holdings]}
        args.json.write_text(json.dumps({**figures, "wrong": wrong}, indent=1))
    sys.stdout.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
