"""How much of a prompt a keystroke makes the engine read again.

    python benchmarks/stability.py [--passages 4] [--keys 70] [--seed 1] [--context]
        [--json FILE]

Code of the standard library is deleted and typed again with an editor's habits: brackets and
quotes close by themselves and are typed over, a line break brings indentation, now and then a key
is wrong and taken back, now and then a whole word comes at once. After every key the real engine
completes. Counted are the tokens it evaluates, apart from keys at which the prompt's region
changes, which are counted by themselves. With ``--context`` the code is that of a real package,
and snippets of its other files are shown beside it, as in an editor; a key at which others are
chosen counts as typing, but not for the most that a key may cost. Exits with 1 if the median is
above 4 or any other key above 64.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import random
import shutil
import statistics
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cornerman.core.budget import ReadingSpeed
from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Priority
from cornerman.core.site import CompletionSite
from cornerman.core.snippets import Room, Surroundings
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.complete import complete
from cornerman.features.reading import Reading
from cornerman.features.room import room_beside
from cornerman.models.catalog import find
from cornerman.prompting.window import Window
from cornerman.session.context import WorkspaceContext
from cornerman.settings import STARTER_MODEL, CompletionSettings, EngineSettings, Settings

MODULES = ("argparse", "configparser", "shlex", "fractions", "csv", "zipfile", "textwrap")
PACKAGED = ("table", "progress", "markdown", "syntax", "layout", "prompt")
MEDIAN_LIMIT, LIMIT = 4, 64
CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
# A few tokens of output are enough: what is counted is read before.
SETTINGS = Settings(completion=CompletionSettings(max_line_tokens=6, max_block_tokens=6))
# The same prompts on every machine.
SPEED = ReadingSpeed(tokens_per_second=170.0)


@dataclass(frozen=True, slots=True)
class Key:
    """The document after a key, and its cursor. ``is_jump``: the cursor comes from elsewhere."""

    uri: str
    text: str
    offset: int
    is_jump: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What one key has cost: tokens evaluated of those in the prompt."""

    evaluated: int
    tokens: int
    is_jump: bool
    is_new_region: bool
    is_new_set: bool = False


def trace(passages: int, keys: int, seed: int, paths: Sequence[Path]) -> Iterator[Key]:
    """The same keys for the same seed and files."""
    chance = random.Random(seed)
    for number in range(passages):
        path = paths[number % len(paths)]
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        first = chance.randrange(len(lines) // 4, len(lines) * 3 // 4)
        while not lines[first].startswith("    ") or not lines[first].strip():
            first += 1
        before, typed = "".join(lines[:first]), "".join(lines[first : first + 12])
        after = "\n" + "".join(lines[first + 12 :])
        yield from _typed(path.as_uri(), before, typed, after, keys, chance)


def _typed(
    uri: str, before: str, typed: str, after: str, keys: int, chance: random.Random
) -> Iterator[Key]:
    position, behind, is_jump = 0, "", True
    pressed = 0
    while position < len(typed) and pressed < keys:
        if chance.random() < 0.04:
            wrong = before + typed[:position] + chance.choice("etaoin")
            yield Key(uri, wrong + behind + after, len(wrong), is_jump)
            is_jump = False
        step = _next(typed, position, chance)
        for char in typed[position : position + step]:
            if behind.startswith(char):
                behind = behind[1:]
            elif char in CLOSERS and not typed[position + 1 : position + 2].isalnum():
                behind = CLOSERS[char] + behind
            elif char == "\n":
                behind = ""
        position += step
        left = before + typed[:position]
        yield Key(uri, left + behind + after, len(left), is_jump)
        is_jump = False
        pressed += 1


def _next(typed: str, position: int, chance: random.Random) -> int:
    """Characters of one key: one, a line break with its indentation, or an accepted word."""
    length = 1
    if typed[position] == "\n":
        while typed[position + length : position + length + 1] == " ":
            length += 1
    elif chance.random() < 0.05:
        while typed[position + length : position + length + 1].isalnum():
            length += 1
    return length


def standard_library() -> list[Path]:
    return [Path(sysconfig.get_path("stdlib"), f"{name}.py") for name in MODULES]


def package(folder: Path) -> list[Path]:
    """Files of a package, which is copied to where it is nobody's installation."""
    spec = importlib.util.find_spec("rich")
    assert spec is not None
    assert spec.origin is not None
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(spec.origin).parent, folder / "rich", ignore=skip)
    return [folder / "rich" / f"{name}.py" for name in PACKAGED]


async def indexed(folder: Path, state: Path) -> WorkspaceContext:
    done = asyncio.Event()

    def note(count: int, total: int) -> None:
        if count == total:
            done.set()

    context = WorkspaceContext(state, note)
    context.set_folders([folder])
    begun = DocumentSnapshot((folder / "begin.py").as_uri(), "python", 1, "")
    await context.surroundings(Room(begun, 0, 0, 0, "", 100))
    await done.wait()
    return context


async def measure(keys: Iterator[Key], context: WorkspaceContext | None) -> list[Cost]:
    model = find(STARTER_MODEL)
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    reading = Reading()
    costs: list[Cost] = []
    last: Window | None = None
    beside: frozenset[str] = frozenset()
    known: dict[str, DocumentSnapshot] = {}
    for number, key in enumerate(keys):
        seen: list[Window] = []

        def window_of(site: CompletionSite, seen: list[Window] = seen) -> Window:
            seen.append(reading.window(site, SETTINGS, SPEED))
            return seen[-1]

        async def surroundings_of(site: CompletionSite, window: Window) -> Surroundings:
            if context is None:
                return Surroundings()
            room = room_beside(site, window, SETTINGS, SPEED, Priority.COMPLETION)
            return await context.surroundings(room)

        snapshot = DocumentSnapshot(key.uri, "python", number, key.text)
        if context is not None:
            context.put(known.get(key.uri), snapshot)
            known[key.uri] = snapshot
        outcome = await complete(
            CompletionRequest(snapshot, key.offset),
            SETTINGS.completion,
            model,
            engine,
            window_of=window_of,
            surroundings_of=surroundings_of,
        )
        if outcome.timings is None or not seen:
            continue
        window = seen[0]
        is_new = last is None or not _continues(last, window)
        last = window
        cost = outcome.timings
        shown = context.shown_beside(key.uri) if context is not None else beside
        is_swapped, beside = shown != beside, shown
        tokens = cost.cached + cost.evaluated
        costs.append(Cost(cost.evaluated, tokens, key.is_jump, is_new, is_swapped))
    await engine.aclose()
    return costs


def _continues(last: Window, window: Window) -> bool:
    """True if both show the same region: only what is left of the cursor has changed."""
    head = min(len(last.prefix), len(window.prefix), 200)
    return last.suffix == window.suffix and last.prefix[:head] == window.prefix[:head]


def figures(costs: list[Cost]) -> dict[str, float]:
    """Figures of a run, in tokens evaluated."""
    typing = [cost.evaluated for cost in costs if not cost.is_new_region and not cost.is_jump]
    same = [c.evaluated for c in costs if not (c.is_new_region or c.is_jump or c.is_new_set)]
    entered = [cost.evaluated for cost in costs if cost.is_new_region or cost.is_jump]
    return {
        "keys answered by the engine": len(costs),
        "tokens in a prompt, median": statistics.median(cost.tokens for cost in costs),
        "evaluated a key, median": statistics.median(typing),
        "evaluated a key, p95": sorted(typing)[int(0.95 * len(typing))],
        "evaluated a key, most": max(same),
        "cursor came from elsewhere": sum(cost.is_jump for cost in costs),
        "region changed while typing": sum(c.is_new_region and not c.is_jump for c in costs),
        "other snippets while typing": sum(
            c.is_new_set and not c.is_new_region and not c.is_jump for c in costs
        ),
        "evaluated at a change of region, median": statistics.median(entered),
    }


async def run(args: argparse.Namespace) -> list[Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder, context = Path(name, "app"), None
        paths = package(folder) if args.context else standard_library()
        if args.context:
            context = await indexed(folder, Path(name, "state"))
        try:
            return await measure(trace(args.passages, args.keys, args.seed, paths), context)
        finally:
            if context is not None:
                await context.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=4)
    parser.add_argument("--keys", type=int, default=70, help="typed of each passage, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--context", action="store_true", help="with snippets of a workspace")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    found = figures(asyncio.run(run(args)))
    table = Table("figure", "value", title="tokens evaluated while typing")
    for name, value in found.items():
        table.add_row(name, f"{value:.0f}")
    Console().print(table)
    if args.json:
        args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    is_broken = found["evaluated a key, median"] > MEDIAN_LIMIT
    return int(is_broken or found["evaluated a key, most"] > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
