"""Cut what the text right of the cursor says already."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_OPENER_OF = {")": "(", "]": "[", "}": "{"}


def suffix_overlap(text: str, site: CompletionSite) -> str | Rejected:
    """End the text where the rest of the line takes over.

    That is at the first bracket that closes what the text did not open, if the rest of the line
    starts with that bracket; otherwise at the longest end that repeats the start of the rest.
    Before ``)``, ``len(x)`` keeps its bracket and ``a, b)`` loses it.
    """
    right = site.line_suffix.strip()
    closer = _first_unmatched_closer(text)
    if closer is not None and right.startswith(text[closer]):
        return text[:closer]
    last_line = text.rstrip()
    for length in range(min(len(right), len(last_line)), 0, -1):
        if last_line.endswith(right[:length]) and right[0] not in _OPENER_OF:
            return last_line[:-length]
    return text


def _first_unmatched_closer(text: str) -> int | None:
    opened: list[str] = []
    for index, char in enumerate(text):
        if char in _OPENER_OF.values():
            opened.append(char)
        elif char in _OPENER_OF and (not opened or opened.pop() != _OPENER_OF[char]):
            return index
    return None
