"""Cut what the text right of the cursor says already."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_PAIRS = {")": "(", "]": "[", "}": "{"}


def suffix_overlap(text: str, site: CompletionSite) -> str | Rejected:
    """Drop the longest end of ``text`` that repeats the start of the rest of the line.

    Brackets are dropped only if the text did not open them itself: before ``)``, ``len(x)``
    keeps its bracket and ``a, b)`` loses it.
    """
    right = site.line_suffix.strip()
    last_line = text.rstrip()
    for length in range(min(len(right), len(last_line)), 0, -1):
        kept = last_line[:-length]
        if last_line.endswith(right[:length]) and not _has_open_bracket(kept):
            return kept
    return text


def _has_open_bracket(text: str) -> bool:
    stack: list[str] = []
    for char in text:
        if char in "([{":
            stack.append(char)
        elif char in _PAIRS and stack and stack[-1] == _PAIRS[char]:
            stack.pop()
    return bool(stack)
