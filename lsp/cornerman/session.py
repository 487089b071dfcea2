"""The only mutable state of a server: settings, documents, work in flight, recent outcomes."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from cornerman.core.completions import EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk
from cornerman.core.positions import PositionEncoding
from cornerman.settings import Settings

logger = logging.getLogger(__name__)

_OUTCOMES_KEPT = 50


class Pipelines(Protocol):
    """The features, bound to whatever generates text."""

    async def complete(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings
    ) -> Outcome:
        """One suggestion, or the reason why there is none; raises ``CornermanError``."""
        ...

    def explain(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        """Markdown in pieces; closing the stream cancels; raises ``CornermanError``."""
        ...

    async def status(self, settings: Settings) -> EngineStatus:
        """What serves completions now; starts nothing."""
        ...

    async def aclose(self) -> None:
        """Let go of the engine."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """How one request for a completion ended. Times in milliseconds; holds no code."""

    id: str
    uri: str
    version: int
    is_automatic: bool
    total_ms: float
    outcome: Outcome
    is_accepted: bool = False

    def as_json(self) -> dict[str, object]:
        """Plain values, without the text of the suggestion."""
        outcome = self.outcome
        return {
            "id": self.id,
            "uri": self.uri,
            "version": self.version,
            "automatic": self.is_automatic,
            "suggested": outcome.completion is not None,
            "accepted": self.is_accepted,
            "reason": outcome.reason,
            "model": outcome.model,
            "totalMs": round(self.total_ms, 1),
            "contextMs": round(outcome.context_ms, 1),
            "timings": asdict(outcome.timings) if outcome.timings else None,
        }


class Session:
    """Belongs to one connection and one event loop. ``warn`` shows the user a sentence."""

    def __init__(self, pipelines: Pipelines, warn: Callable[[str], None]) -> None:
        self.settings = Settings()
        self.encoding = PositionEncoding.UTF16
        self.documents: dict[str, DocumentSnapshot] = {}
        self._pipelines = pipelines
        self._warn = warn
        self._in_flight: dict[str, asyncio.Future[Outcome]] = {}
        self._work: set[asyncio.Future[Outcome]] = set()
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._ids = itertools.count(1)

    def put(self, snapshot: DocumentSnapshot) -> None:
        """Make ``snapshot`` the current state of its document."""
        self.documents[snapshot.uri] = snapshot

    def forget(self, uri: str) -> None:
        """Drop a document and the work for it."""
        self.documents.pop(uri, None)
        self._end(uri, "the document was closed")

    async def complete(
        self, snapshot: DocumentSnapshot, offset: int, *, is_automatic: bool
    ) -> Record:
        """Ask for a completion; a later call for the same document ends this one at once.

        Returns by the deadline of the settings. Expected failures are shown to the user and end
        as a reason. Cancelling the call cancels the work.
        """
        started = time.perf_counter()
        self._end(snapshot.uri, "superseded by a newer request")
        if self.settings.completion.enabled:
            outcome = await self._outcome(snapshot, offset)
        else:
            outcome = Outcome(None, "completion is turned off in the settings")
        total_ms = (time.perf_counter() - started) * 1000
        record = Record(
            str(next(self._ids)), snapshot.uri, snapshot.version, is_automatic, total_ms, outcome
        )
        self._records[record.id] = record
        if len(self._records) > _OUTCOMES_KEPT:
            self._records.popitem(last=False)
        logger.debug("completion %s: %s", record.id, outcome.reason or "suggested")
        return record

    def accept(self, record_id: str) -> None:
        """Note that the user took a suggestion. Ids too old to be known are ignored."""
        record = self._records.get(record_id)
        if record is not None:
            self._records[record_id] = replace(record, is_accepted=True)

    def recent(self) -> list[dict[str, object]]:
        """The latest outcomes, the newest first."""
        return [record.as_json() for record in reversed(self._records.values())]

    async def status(self) -> EngineStatus:
        """What serves completions now; starts nothing."""
        return await self._pipelines.status(self.settings)

    async def explain(self, snapshot: DocumentSnapshot, offset: int) -> AsyncGenerator[str, None]:
        """Text of the explanation as it is made; raises ``CornermanError``."""
        async with aclosing(self._pipelines.explain(snapshot, offset, self.settings)) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    yield chunk.text

    async def aclose(self) -> None:
        """Cancel all work and let go of the engine."""
        for uri in list(self._in_flight):
            self._end(uri, "the server was shut down")
        await self._pipelines.aclose()

    def _end(self, uri: str, reason: str) -> None:
        """Answer the waiting request for a document, if there is one, with no completion."""
        waiting = self._in_flight.pop(uri, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(Outcome(None, reason))

    async def _outcome(self, snapshot: DocumentSnapshot, offset: int) -> Outcome:
        """The first of: the pipeline's outcome, the end of the request, the deadline."""
        work = asyncio.ensure_future(self._pipelines.complete(snapshot, offset, self.settings))
        self._work.add(work)
        work.add_done_callback(self._forget_work)
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._in_flight[snapshot.uri] = ended
        try:
            seconds = self.settings.completion.deadline_ms / 1000
            await asyncio.wait({work, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return ended.result()
            return work.result() if work.done() else Outcome(None, "the deadline passed")
        except CornermanError as error:
            self._warn(str(error))
            return Outcome(None, str(error))
        finally:
            # Not awaited: work that is slow to stop must not delay the answer.
            work.cancel()
            if self._in_flight.get(snapshot.uri) is ended:
                del self._in_flight[snapshot.uri]

    def _forget_work(self, work: asyncio.Future[Outcome]) -> None:
        self._work.discard(work)
        if not work.cancelled():
            work.exception()
