"""One completion in the making, which may outlive the request that asked for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine

from cornerman.core.completions import Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.features.memory import Place, still_fits

Make = Callable[[Callable[[str], None]], Coroutine[object, object, Outcome]]
"""Makes a completion and tells all of its raw text so far, as it grows."""


class Work:
    """Starts at once. ``waiting`` counts the requests that need it; times in milliseconds.

    One that ``is_unasked`` may end early; see ``CompletionRequest``.
    """

    def __init__(
        self, snapshot: DocumentSnapshot, offset: int, make: Make, *, is_unasked: bool = True
    ) -> None:
        self.snapshot = snapshot
        self.offset = offset
        self.place = Place.of(snapshot, offset)
        self.started_ms = time.monotonic() * 1000
        self.waiting = 0
        self.is_unasked = is_unasked
        self._so_far = ""
        self._news = asyncio.Event()
        self.task = asyncio.ensure_future(make(self._on_text))
        self.task.add_done_callback(self._finish)

    @property
    def is_done(self) -> bool:
        """True once there is an outcome, an error, or nothing because it was cancelled."""
        return self.task.done()

    @property
    def has_failed(self) -> bool:
        """True if it ended with an error."""
        return self.is_done and not self.task.cancelled() and self.task.exception() is not None

    def outcome(self) -> Outcome:
        """How it ended; raises what the work raised."""
        if self.task.cancelled():
            return Outcome(None, "the work was cancelled")
        return self.task.result()

    async def news(self) -> None:
        """Wait for more text, or for the end."""
        if not self.is_done:
            await self._news.wait()

    def is_for(self, snapshot: DocumentSnapshot, offset: int) -> bool:
        """True if it was started for just this cursor in this text."""
        return (offset, snapshot.uri) == (self.offset, self.snapshot.uri) and (
            snapshot.text == self.snapshot.text
        )

    def fits(self, snapshot: DocumentSnapshot, offset: int) -> bool:
        """True if what it has said so far agrees with what has been typed since."""
        length = offset - self.offset
        if length < 0 or self.task.cancelled():
            return False
        return still_fits(self.place, self._so_far, snapshot, offset, length)

    def cancel(self) -> None:
        """Stop it. Not awaited by anybody: work that is slow to stop must delay no answer."""
        self.task.cancel()

    def _on_text(self, so_far: str) -> None:
        self._so_far = so_far
        self._tell()

    def _finish(self, task: asyncio.Task[Outcome]) -> None:
        if not task.cancelled():
            task.exception()  # Taken note of: whoever waits raises it, and nobody may wait.
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
