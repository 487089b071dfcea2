"""Passages of the standard library to be typed, and the keys that it takes."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MODULES = ("argparse", "textwrap", "configparser", "shlex", "fractions", "heapq", "csv", "zipfile")
SHORTEST_PASSAGE, LONGEST_PASSAGE = 150, 260


@dataclass(frozen=True)
class Passage:
    """A file without some lines of its own, and these lines."""

    path: Path
    before: str
    missing: str
    after: str


def next_key(whole: str, offset: int) -> str:
    """What one key inserts: a character, or a line break with the next line's indentation."""
    if whole[offset] != "\n":
        return whole[offset]
    end = offset + 1
    while whole[end : end + 1] in (" ", "\n") and end < len(whole):
        end += 1
    return whole[offset:end]


def keys_of(text: str) -> int:
    """Keys it takes to type ``text``."""
    keys = offset = 0
    while offset < len(text):
        offset += len(next_key(text, offset))
        keys += 1
    return keys


def passages(count: int, seed: int) -> Iterator[Passage]:
    """Runs of indented lines out of the standard library, always the same for a seed."""
    chooser = random.Random(seed)
    folder = Path(sysconfig.get_path("stdlib"))
    for number in range(count):
        path = folder / f"{MODULES[number % len(MODULES)]}.py"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        while True:
            first = chooser.randrange(len(lines) // 4, len(lines) * 3 // 4)
            last = first
            while sum(map(len, lines[first:last])) < SHORTEST_PASSAGE:
                last += 1
            missing = "".join(lines[first:last])
            is_code = all(line.startswith("    ") for line in lines[first:last])
            if is_code and len(missing) <= LONGEST_PASSAGE and '"""' not in missing:
                break
        indent = len(missing) - len(missing.lstrip())
        before = "".join(lines[:first]) + missing[:indent]
        yield Passage(path, before, missing[indent:-1], "\n" + "".join(lines[last:]))
