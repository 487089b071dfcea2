"""Cooperative cancellation across threads."""

from __future__ import annotations

import threading


class CancellationToken:
    """Set once by whoever no longer needs the work, polled by whoever does it.

    Safe to use from any thread. Work is expected to poll at least once per generated token and
    once per prefill chunk.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop. Calling it again changes nothing."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """True from the first call of :meth:`cancel` on."""
        return self._event.is_set()
