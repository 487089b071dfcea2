"""Leave a failing server alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from cornerman.core.errors import CornermanError

_FIRST_SECONDS = 1.0
_LONGEST_SECONDS = 60.0
# A server may ask for more patience than we have on our own, but not for a day.
_LONGEST_ASKED_SECONDS = 3600.0


class Backoff:
    """A pause after each failure, twice as long as the last, in which the failure stands.

    ``clock`` tells seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._error: CornermanError | None = None
        self._seconds = 0.0
        self._until = 0.0

    def check(self) -> None:
        """Raise the last failure again while its pause lasts."""
        if self._error is not None and self._clock() < self._until:
            raise type(self._error)(str(self._error))

    def failed(self, error: CornermanError, asked_seconds: float = 0.0) -> None:
        """Begin a pause, of at least ``asked_seconds``. Failures inside a pause count once."""
        now = self._clock()
        if now >= self._until:
            self._seconds = min(max(self._seconds * 2, _FIRST_SECONDS), _LONGEST_SECONDS)
            self._until = now + self._seconds
        self._until = max(self._until, now + min(asked_seconds, _LONGEST_ASKED_SECONDS))
        self._error = error

    def succeeded(self) -> None:
        """The server works: the next failure begins with a short pause again."""
        self._error = None
        self._seconds = self._until = 0.0
