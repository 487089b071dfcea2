"""Small models fall into loops."""

from __future__ import annotations

import re
from itertools import groupby

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_MAX_EQUAL_LINES = 2
# The same 8 to 80 characters at least four times in a row, almost until the end.
_LOOP = re.compile(r"(.{8,80}?)\1{3,}.{0,80}$", re.DOTALL)
_MAX_CHARS_READ = 4_000
_MAX_LINES_READ = 200


def repetition(text: str, site: CompletionSite) -> str | Rejected:  # noqa: ARG001
    """Cut lines that go round in circles; reject a line that does."""
    lines = text.split("\n")
    kept = _before_loop([line.strip() for line in lines[:_MAX_LINES_READ]])
    if kept is not None:
        text = "\n".join(lines[:kept]).rstrip("\n")
    loop = _LOOP.search(text[:_MAX_CHARS_READ])
    if loop and any(char.isalnum() for char in loop.group(1)):
        return Rejected("The model repeated itself.")
    return text


def _before_loop(lines: list[str]) -> int | None:
    """Number of lines up to the first round of a loop; None if there is no loop.

    A loop is more than a few equal lines, or a group of lines three times in a row.
    """
    position = 0
    for line, run in groupby(lines):
        length = len(list(run))
        if length > _MAX_EQUAL_LINES and any(char.isalnum() for char in line):
            return position + 1
        position += length
    for size in range(2, len(lines) // 3 + 1):
        for start in range(len(lines) - 3 * size + 1):
            group = lines[start : start + size]
            again = lines[start + size : start + 3 * size]
            if again == group + group and any(line.strip() for line in group):
                return start + size
    return None
