"""How long nobody has asked for anything."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager


class Activity:
    """Counts open requests and remembers when the last one ended. For one event loop."""

    def __init__(self) -> None:
        self._open = 0
        self._started = self._last = time.monotonic()

    @contextmanager
    def request(self) -> Generator[None]:
        """Around each request that keeps the engine alive."""
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            self._last = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the last request ended; 0 while one is open."""
        return 0.0 if self._open else time.monotonic() - self._last

    @property
    def uptime_seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started
