"""Whether an engine that was asked still says anything."""

from __future__ import annotations

import time
from collections.abc import Callable

# Long enough for most models to be loaded, during which an engine may be silent.
_LONG_SECONDS = 20.0


class Silence:
    """How long an engine has said nothing although it was asked. ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    @property
    def is_long(self) -> bool:
        """True when something may be wrong."""
        return self._since is not None and self._clock() - self._since >= _LONG_SECONDS

    def asked(self) -> None:
        """A request goes out; of several that are not answered the first one counts."""
        if self._since is None:
            self._since = self._clock()

    def heard(self) -> None:
        """Something came back."""
        self._since = None
