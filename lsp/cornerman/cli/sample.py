"""The sample project that ``cornerman try`` completes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

CURSOR = "‸"
_ENDING = ".sample"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A source file and the offsets of the cursors in it."""

    name: str
    text: str
    cursors: tuple[int, ...]


def sample_project() -> tuple[SampleFile, ...]:
    """The sample's files, in order of their names, without their cursor marks."""
    folder = resources.files("cornerman") / "sample"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(_ENDING)), key=str)
    return tuple(
        parse(file.name.removesuffix(_ENDING), file.read_text(encoding="utf-8")) for file in files
    )


def parse(name: str, marked: str) -> SampleFile:
    """A sample file from text with a ``‸`` at each cursor."""
    marks = enumerate(re.finditer(CURSOR, marked))
    cursors = tuple(mark.start() - before for before, mark in marks)
    return SampleFile(name, marked.replace(CURSOR, ""), cursors)
