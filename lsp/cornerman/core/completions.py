"""What a completion feature answers."""

from __future__ import annotations

from dataclasses import dataclass

from cornerman.core.generation import Timings


@dataclass(frozen=True, slots=True)
class Completion:
    """Text that is to replace offsets ``start`` to ``end`` of the document it was made for.

    ``start`` and ``end`` lie on one line, with the cursor between them.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one completion request: a completion, or the reason why there is none.

    ``context_ms`` is the time spent before the engine was asked. ``timings`` is None when the
    engine was not asked or did not say.
    """

    completion: Completion | None
    reason: str = ""
    model: str = ""
    context_ms: float = 0.0
    timings: Timings | None = None
