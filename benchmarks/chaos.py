"""How long after a fault the next suggestion is there, and how often its user was told.

    python benchmarks/chaos.py [--times 3] [--json FILE]

A window with a real server, engine and starter model; each fault is caused, felt by one request,
and ended. Exit code 1 when the slowest return takes longer than 5 s, or somebody was told of a
fault more than once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import psutil
from rich.console import Console
from rich.table import Table

from cornerman.models import store
from cornerman.models.catalog import find
from cornerman.protocol.client import EditorClient
from cornerman.settings import STARTER_MODEL

MOST_SECONDS = 5.0
GIVE_UP_SECONDS = 120.0
PAUSE_SECONDS = 5.0
SOURCE = "def add_{}(first, second):\n    return fir"
OPTIONS = {"completion": {"deadlineMs": 4000}, "statistics": {"enabled": False}}


class Window:
    """An editor window; ``model`` is the path of its model, a link."""

    def __init__(self, folder: Path) -> None:
        self.client = EditorClient()
        self.folder = folder
        self.model = folder / "model.gguf"
        self.run = folder / "RUNTIME"
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        self.model.symlink_to(store.require(find(STARTER_MODEL)))
        await self.client.start(self.folder, {**OPTIONS, "model": str(self.model)})

    async def served(self) -> bool:
        """Whether the model wrote something for a file that was never seen before."""
        number = next(self._numbers)
        source = SOURCE.format(number)
        file = self.client.open(self.folder / f"{number}.py", "python", source)
        await self.client.suggest(file, len(source), is_invoked=True)
        self.client.close(file)
        latest, *_ = cast("list[dict[str, object]]", await self.client.command("cornerman.why"))
        return latest["timings"] is not None

    async def back(self) -> float:
        """Seconds until something is served."""
        started = time.monotonic()
        while not await self.served():
            if time.monotonic() > started + GIVE_UP_SECONDS:
                raise TimeoutError
        return time.monotonic() - started

    async def engine(self) -> psutil.Process:
        status = cast("dict[str, object]", await self.client.command("cornerman.status"))
        return psutil.Process(int(str(status["pid"])))

    async def kill_engine(self) -> None:
        engine = await self.engine()
        engine.kill()
        await asyncio.to_thread(psutil.wait_procs, [engine])


@asynccontextmanager
async def killed(window: Window) -> AsyncGenerator[None]:
    await window.kill_engine()
    yield


@asynccontextmanager
async def killed_three_times(window: Window) -> AsyncGenerator[None]:
    for _ in range(2):
        await window.kill_engine()
        await window.back()
    await window.kill_engine()
    yield


@asynccontextmanager
async def hanging(window: Window) -> AsyncGenerator[None]:
    engine = await window.engine()
    engine.suspend()
    await window.served()
    yield
    engine.resume()


@asynccontextmanager
async def asleep(window: Window) -> AsyncGenerator[None]:
    engine = await window.engine()
    (server,) = [one for one in psutil.Process().children() if "serve" in one.cmdline()]
    for process in (engine, server):
        process.suspend()
    await asyncio.sleep(PAUSE_SECONDS)
    yield
    for process in (engine, server):
        process.resume()


@asynccontextmanager
async def without_model(window: Window) -> AsyncGenerator[None]:
    where = window.model.readlink()
    window.model.unlink()
    await window.kill_engine()
    await window.served()
    yield
    window.model.symlink_to(where)


@asynccontextmanager
async def with_nonsense_for_a_model(window: Window) -> AsyncGenerator[None]:
    where = window.model.readlink()
    window.model.unlink()
    window.model.write_bytes(b"GGUF" + b"\xff" * 64)
    await window.kill_engine()
    await window.served()
    yield
    window.model.unlink()
    window.model.symlink_to(where)


@asynccontextmanager
async def with_an_open_folder(window: Window) -> AsyncGenerator[None]:
    await window.kill_engine()
    window.run.chmod(0o755)
    await window.served()
    yield
    window.run.chmod(0o700)


Fault = Callable[[Window], AbstractAsyncContextManager[None]]
FAULTS: dict[str, Fault] = {
    "engine killed": killed,
    "engine killed three times": killed_three_times,
    "engine hangs": hanging,
    f"everything pauses for {PAUSE_SECONDS:.0f} s": asleep,
    "model vanished": without_model,
    "model replaced by nonsense": with_nonsense_for_a_model,
    "folder of the socket open to others": with_an_open_folder,
}


@dataclass(frozen=True)
class Measured:
    """One fault: seconds until the next suggestion, each time; sentences told the last time."""

    fault: str
    seconds: list[float]
    told: list[str]


async def measure(name: str, times: int) -> Measured:
    """Each time with a folder, a window and an engine of its own."""
    seconds, told = list[float](), list[str]()
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("STATE", "RUNTIME", "CONFIG"):
                os.environ[f"CORNERMAN_{kind}_DIR"] = str(Path(folder) / kind)
            window = Window(Path(folder))
            await window.start()
            await window.back()
            async with FAULTS[name](window):
                pass
            seconds.append(await window.back())
            told = window.client.notices
            await window.client.stop()
            stop = (sys.executable, "-m", "cornerman", "engine", "stop")
            stopping = await asyncio.create_subprocess_exec(
                *stop, stdout=asyncio.subprocess.DEVNULL
            )
            await stopping.wait()
    return Measured(name, seconds, told)


def table_of(found: list[Measured]) -> Table:
    table = Table("fault", "s to the next suggestion", "slowest", "told")
    for one in found:
        ordered = sorted(one.seconds)
        middle, slowest = ordered[len(ordered) // 2], ordered[-1]
        table.add_row(one.fault, f"{middle:.1f}", f"{slowest:.1f}", "\n".join(one.told))
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    found = [asyncio.run(measure(name, args.times)) for name in FAULTS]
    Console().print(table_of(found))
    if args.json:
        args.json.write_text(json.dumps([asdict(one) for one in found], indent=1))
    is_slow = max(max(one.seconds) for one in found) > MOST_SECONDS
    is_told_again = any(len(one.told) > 1 for one in found)
    return 1 if is_slow or is_told_again else 0


if __name__ == "__main__":
    sys.exit(main())
