"""While nothing is typed, the engine reads what stands around the cursor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.ends import common_end
from cornerman.core.errors import CornermanError
from cornerman.session.pipelines import Pipelines
from cornerman.settings import Settings

logger = logging.getLogger(__name__)

# Shorter pauses are for thinking about the next word, or for reading a suggestion.
REST_SECONDS = 2.5
# Somebody looks for the place to type at.
OPENED_SECONDS = 0.7
# A new region, and then more of it.
_MOST_ROUNDS = 2


class Rest:
    """Reads ahead for the place that was worked at last. For one event loop.

    ``is_busy`` tells whether completions are made at the moment: they come first. Whatever the
    user does ends what is being read.
    """

    def __init__(self, pipelines: Pipelines, is_busy: Callable[[], bool]) -> None:
        self._pipelines = pipelines
        self._is_busy = is_busy
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None

    def opened(self, snapshot: DocumentSnapshot, settings: Settings) -> None:
        """A document was opened: it may be typed at its end, where short and new ones are."""
        self._plan(OPENED_SECONDS, snapshot, lambda: len(snapshot.text.rstrip()), settings)

    def changed(
        self, before: DocumentSnapshot, after: DocumentSnapshot, settings: Settings
    ) -> None:
        """A document was changed; the cursor is where the change ends."""
        self._plan(REST_SECONDS, after, lambda: change_end(before.text, after.text), settings)

    def asked(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> None:
        """A completion was asked for at ``offset``."""
        self._plan(REST_SECONDS, snapshot, lambda: offset, settings)

    def stop(self) -> None:
        """Read nothing until something happens."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _plan(
        self,
        seconds: float,
        snapshot: DocumentSnapshot,
        offset_of: Callable[[], int],
        settings: Settings,
    ) -> None:
        self.stop()
        if settings.completion.enabled:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._begin, snapshot, offset_of, settings)

    def _begin(
        self, snapshot: DocumentSnapshot, offset_of: Callable[[], int], settings: Settings
    ) -> None:
        if self._is_busy():
            self._plan(REST_SECONDS, snapshot, offset_of, settings)
            return
        self._reading = asyncio.ensure_future(self._read(snapshot, offset_of(), settings))

    async def _read(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> None:
        try:
            for _ in range(_MOST_ROUNDS):
                if not await self._pipelines.read_ahead(snapshot, offset, settings):
                    return
        except CornermanError as error:
            # Nobody has asked for this; the next request will say what is wrong.
            logger.debug("nothing was read ahead: %s", type(error).__name__)


def change_end(before: str, after: str) -> int:
    """Offset in ``after`` behind the last character that is not the same in ``before``."""
    return len(after) - common_end(before, after)
