"""Code out of a model's answer: without fences, chatter and what was cut off."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[^\n`]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
_OPEN_FENCE = re.compile(r"^[ \t]*(```|~~~)", re.M)
_CHATTER = re.compile(
    r"^(sure|certainly|of course|okay|here('s| is| are)"
    r"|the (code|function|following)|i('ll| have))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Unusable:
    """An answer that is no code, with the reason as a sentence for the user."""

    reason: str


def code_in(answer: str, *, is_finished: bool) -> str | Unusable:
    """The code of an answer, from the margin and without line breaks at its ends.

    ``is_finished`` is false when the answer was cut off at the token limit.
    """
    blocks = [match[2] for match in _FENCE.finditer(answer + "\n")]
    if blocks:
        return _at_margin(blocks[0])
    if not is_finished:
        return Unusable("The answer was cut off before its end.")
    if _OPEN_FENCE.search(answer):
        return _at_margin(_OPEN_FENCE.split(answer, maxsplit=1)[2].partition("\n")[2])
    lines = answer.strip("\n").split("\n")
    if _CHATTER.match(lines[0].strip()):
        return Unusable("The model answered with prose instead of code.")
    return _at_margin(answer)


def is_complete_block(answer: str) -> bool:
    """Whether the first fenced block of an answer that still grows has been closed."""
    return answer.rstrip().endswith(("```", "~~~")) and bool(_FENCE.search(answer + "\n"))


def _at_margin(code: str) -> str | Unusable:
    lines = code.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    if not lines:
        return Unusable("The answer is empty.")
    return textwrap.dedent("\n".join(line.rstrip() for line in lines))
