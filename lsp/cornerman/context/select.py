"""Which of the snippets that were found go into the prompt, and in which order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cornerman.core.snippets import Snippet

# What a path in front of a snippet costs, in characters.
_HEADER = 6
# A snippet that does not fit is cut to its first lines, if as many as this are left.
_MIN_LINES_CUT = 3
# Long snippets have to be better: the square root keeps a good one before many short ones.
_TYPICAL = 120
_JOINT = "\n"
# Small models learn more from code that does what is to be done than from signatures: definitions
# must leave room for it.
SIMILAR = "similar"
_SHARE_OF_DEFINITIONS = 0.7


def select(found: Iterable[Snippet], budget: int, shown: str) -> tuple[Snippet, ...]:
    """The best of ``found`` that fit into ``budget`` characters, one snippet a file and source.

    What ``shown``, the window, says already is left out. The best one comes last, where it is
    nearest to the cursor. The same input gives the same order.
    """
    lines = frozenset(line.strip() for line in shown.split("\n"))
    best: dict[str, Snippet] = {}
    for snippet in found:
        known = best.get(snippet.identity)
        is_better = known is None or snippet.score > known.score
        if is_better and not _is_shown(snippet, lines):
            best[snippet.identity] = snippet
    ranked = sorted(best.values(), key=lambda s: (-worth(s), s.identity))
    tray = _Tray()
    tray.fill([s for s in ranked if s.source != SIMILAR], int(budget * _SHARE_OF_DEFINITIONS))
    tray.fill([s for s in ranked if s.source == SIMILAR], budget)
    tray.fill(ranked, budget)
    return merged(tray.chosen)


class _Tray:
    """Snippets that were chosen, and how many characters they take."""

    def __init__(self) -> None:
        self.chosen: list[Snippet] = []
        self._taken = 0

    def fill(self, ranked: Sequence[Snippet], budget: int) -> None:
        """Add the best of those that are not there yet, up to ``budget`` characters in all."""
        for snippet in ranked:
            is_there = any(other.identity == snippet.identity for other in self.chosen)
            is_known_file = any(other.path == snippet.path for other in self.chosen)
            header = 0 if is_known_file else _HEADER + len(snippet.path)
            fitting = None if is_there else _cut(snippet, budget - self._taken - header)
            if fitting is not None and not _overlaps(fitting, self.chosen):
                self.chosen.append(fitting)
                self._taken += len(fitting.text) + 1 + header


def worth(snippet: Snippet) -> float:
    """The score, given what it costs."""
    return snippet.score / math.sqrt(max(len(snippet.text), 40) / _TYPICAL)


def merged(chosen: Sequence[Snippet]) -> tuple[Snippet, ...]:
    """One snippet for all that is from one file, in ascending order of the best in it."""
    by_path: dict[str, list[Snippet]] = {}
    for snippet in chosen:
        by_path.setdefault(snippet.path, []).append(snippet)
    joined = [_joined(parts) for parts in by_path.values()]
    return tuple(sorted(joined, key=lambda s: (s.score, s.identity)))


def parts_of(snippet: Snippet) -> list[str]:
    """The identities of the snippets that one was joined from."""
    return snippet.identity.split(_JOINT)


def _joined(parts: list[Snippet]) -> Snippet:
    if len(parts) == 1:
        return parts[0]
    parts = sorted(parts, key=lambda s: (s.score, s.identity))
    return replace(
        parts[-1],
        text="\n".join(part.text.rstrip("\n") for part in parts),
        identity=_JOINT.join(sorted(part.identity for part in parts)),
        why="; ".join(dict.fromkeys(part.why for part in reversed(parts))),
    )


def _is_shown(snippet: Snippet, lines: frozenset[str]) -> bool:
    own = [line.strip() for line in snippet.text.split("\n") if line.strip()]
    return all(line in lines for line in own)


def _overlaps(snippet: Snippet, chosen: Sequence[Snippet]) -> bool:
    """True if most of its lines are in others of the same file already."""
    others = {line for s in chosen if s.path == snippet.path for line in s.text.split("\n")}
    own = [line for line in snippet.text.split("\n") if line.strip()]
    return bool(own) and sum(line in others for line in own) > len(own) / 2


def _cut(snippet: Snippet, room: int) -> Snippet | None:
    if len(snippet.text) <= room:
        return snippet
    kept: list[str] = []
    for line in snippet.text.split("\n"):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return replace(snippet, text="\n".join(kept)) if len(kept) >= _MIN_LINES_CUT else None
