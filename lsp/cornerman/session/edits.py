"""What was edited lately: stretches of lines, before and after."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.ends import common_end, common_start

_MOST_EDITS = 12
# An edit so many lines away, or after so many seconds, is another one.
_LINES_APART = 8
_SECONDS_APART = 30.0
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a document that were changed, without line break at the end."""

    uri: str
    before: str
    after: str


@dataclass(slots=True)
class _Burst:
    before: DocumentSnapshot
    after: DocumentSnapshot
    line: int
    time: float


class EditHistory:
    """The latest edits of all documents; what is typed in one go is one edit."""

    def __init__(self) -> None:
        self._bursts: deque[_Burst] = deque(maxlen=_MOST_EDITS)

    def changed(self, before: DocumentSnapshot, after: DocumentSnapshot) -> None:
        """Note a change of a document."""
        line = before.index.line_of(common_start(before.text, after.text))
        now = time.monotonic()
        last = self._bursts[-1] if self._bursts else None
        if (
            last is not None
            and last.after.uri == before.uri
            and abs(last.line - line) <= _LINES_APART
            and now - last.time <= _SECONDS_APART
        ):
            last.after, last.line, last.time = after, line, now
        else:
            self._bursts.append(_Burst(before, after, line, now))

    def latest(self) -> list[Edit]:
        """The edits, the latest first. Long ones, as when a file is replaced, are left out."""
        edits = [_edit(burst) for burst in reversed(self._bursts)]
        return [edit for edit in edits if edit is not None]


def _edit(burst: _Burst) -> Edit | None:
    old, new = _differing(burst.before.text, burst.after.text)
    start = common_start(old, new)
    end = common_end(old, new, start)
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if before == after or max(len(before), len(after)) > _MOST_LINES:
        return None
    return Edit(burst.after.uri, "\n".join(before), "\n".join(after))


def _differing(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines in which two texts differ, and perhaps one more at each end."""
    same = common_start(old, new)
    start = old.rfind("\n", 0, same) + 1
    below = old.find("\n", len(old) - common_end(old, new, same))
    tail = len(old) - below if below >= 0 else 0
    return old[start : len(old) - tail].split("\n"), new[start : len(new) - tail].split("\n")
