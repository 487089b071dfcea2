"""One connection to an editor: settings, documents, requests in flight, recent outcomes."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from cornerman.core.completions import EngineStatus, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.models import ModelOffer, OnPull, PulledModel
from cornerman.core.passages import NOT_FOUND
from cornerman.core.positions import PositionEncoding
from cornerman.session import asking
from cornerman.session.actions import Actions
from cornerman.session.activity import Activity
from cornerman.session.context import WorkspaceContext
from cornerman.session.observed import ObservedFeatures
from cornerman.session.pipelines import Pipelines
from cornerman.session.record import Record
from cornerman.session.rest import Rest
from cornerman.session.showcase import Showcase
from cornerman.session.workshop import Made, Workshop
from cornerman.settings import Settings
from cornerman.statistics.journal import Answer, Journal

logger = logging.getLogger(__name__)

_OUTCOMES_KEPT = 50


class Session:
    """Belongs to one event loop. ``warn`` shows the user a sentence."""

    def __init__(
        self,
        pipelines: Pipelines,
        warn: Callable[[str], None],
        journal: Journal,
        context: WorkspaceContext | None = None,
    ) -> None:
        self.settings = Settings()
        self.encoding = PositionEncoding.UTF16
        self.documents: dict[str, DocumentSnapshot] = {}
        self.activity = Activity()
        self._pipelines = pipelines
        self._features = ObservedFeatures(pipelines, self.activity)
        self.actions = Actions(self._features)
        self.context = context
        if context is not None:
            pipelines.use(context)
        self._warn = warn
        self._journal = journal
        self._workshop = Workshop(self._features, context)
        self._rest = Rest(pipelines, lambda: self._workshop.is_busy)
        self._showcase = Showcase(journal, self._text_of)
        self._in_flight: dict[str, asyncio.Future[Made]] = {}
        self._making: set[asyncio.Task[Made]] = set()
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._ids = itertools.count(1)

    def configure(self, settings: Settings) -> None:
        """Use other settings; what was made with the former ones is forgotten."""
        if settings != self.settings:
            self.settings = settings
            self._workshop.forget()
            if self.context is not None:
                self.context.configure(settings.context)

    def put(self, snapshot: DocumentSnapshot) -> None:
        """Make ``snapshot`` the current state of its document; nothing stale is answered."""
        before = self.documents.get(snapshot.uri)
        self.documents[snapshot.uri] = snapshot
        if self.context is not None:
            self.context.put(before, snapshot)
        self._end(snapshot.uri, "the document changed before there was an answer")
        self.actions.changed(snapshot.uri)
        if before is None:
            self._rest.opened(snapshot, self.settings)
            return
        self._rest.changed(before, snapshot, self.settings)
        if self.settings.statistics.enabled:
            self._showcase.changed(before, snapshot)

    def forget(self, uri: str) -> None:
        """Drop a document and the work for it."""
        self.documents.pop(uri, None)
        self._end(uri, "the document was closed")
        self.actions.changed(uri)
        self._workshop.forget(uri)
        if self.context is not None:
            self.context.forget(uri)
        self._rest.stop()
        self._showcase.clear(uri)

    async def complete(
        self, snapshot: DocumentSnapshot, offset: int, *, is_automatic: bool
    ) -> Record:
        """Ask for a completion; a later call or change of the document ends this one at once.

        Returns by the deadline of the settings. Expected failures are shown to the user and end
        as a reason. Work goes on for a moment after the call has ended, for the next call.
        """
        started = time.perf_counter()
        self._end(snapshot.uri, "superseded by a newer request")
        self._rest.asked(snapshot, offset, self.settings)
        if self.settings.completion.enabled:
            made = await self._made(snapshot, offset, is_automatic=is_automatic)
        else:
            made = Made(Outcome(None, "completion is turned off in the settings"))
        total_ms = (time.perf_counter() - started) * 1000
        record = Record(
            str(next(self._ids)),
            snapshot.uri,
            snapshot.version,
            is_automatic,
            total_ms,
            made.outcome,
            made.completions,
            made.suggestion_id,
            made.is_from_memory,
            probability=made.probability,
        )
        self._note(record, snapshot)
        # Every key overtakes a request; what is of interest later are the ones that ended.
        if self.settings.statistics.enabled and not made.is_overtaken:
            self._count(record, snapshot)
        return record

    def accept(self, record_id: str) -> None:
        """Note that the user took a suggestion. Ids too old to be known are ignored."""
        record = self._records.get(record_id)
        if record is not None:
            self._records[record_id] = replace(record, is_accepted=True)
            if self.settings.statistics.enabled:
                self._showcase.accept(record.suggestion_id)

    def confirm_shown(self, record_id: str) -> None:
        """The editor has drawn a suggestion. Ids too old to be known are ignored."""
        record = self._records.get(record_id)
        if record is not None and self.settings.statistics.enabled:
            self._showcase.confirm(record.suggestion_id)

    def accept_part(self, record_id: str, units: int) -> None:
        """The user took the first part of a suggestion, so many UTF-16 code units in total."""
        record = self._records.get(record_id)
        completion = record.outcome.completion if record is not None else None
        if record is not None and completion is not None and self.settings.statistics.enabled:
            taken = completion.text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
            self._showcase.accept_part(record.suggestion_id, len(taken))

    def recent(self) -> list[dict[str, object]]:
        """The latest outcomes, the newest first."""
        return [record.as_json() for record in reversed(self._records.values())]

    async def status(self) -> EngineStatus:
        """What serves completions now; starts nothing."""
        return await self._pipelines.status(self.settings)

    async def ask(self, question: str, on_text: Callable[[str], None]) -> asking.Answer:
        """An answer from the workspace, with citations; raises ``CornermanError``."""
        if self.context is None:
            return asking.Answer(NOT_FOUND, is_found=False)
        return await asking.answer(question, self.context, self._features, self.settings, on_text)

    async def obstacle(self) -> CornermanError | None:
        """What keeps every model from being asked, as far as that is known without asking."""
        return await self._pipelines.obstacle(self.settings)

    async def models(self) -> list[ModelOffer]:
        """Every known model as a choice for this machine."""
        return await self._pipelines.models(self.settings)

    async def pull(self, name: str | None, on_progress: OnPull) -> PulledModel:
        """Fetch a model, None for the one in the settings or else the recommended one.

        Cancelling the task breaks the download off; raises ``CornermanError``.
        """
        return await self._pipelines.pull(name, self.settings, on_progress=on_progress)

    async def aclose(self) -> None:
        """Cancel all work, finish the journal and let go of the engine."""
        for uri in list(self._in_flight):
            self._end(uri, "the server was shut down")
        self._workshop.forget()
        self._rest.stop()
        if self.context is not None:
            await self.context.aclose()
        await asyncio.gather(self._journal.aclose(), self._pipelines.aclose())

    def _end(self, uri: str, reason: str) -> None:
        """Answer the waiting request for a document, if there is one, with no completion."""
        waiting = self._in_flight.pop(uri, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(Made(Outcome(None, reason), is_overtaken=True))

    async def _made(self, snapshot: DocumentSnapshot, offset: int, *, is_automatic: bool) -> Made:
        """The first of: what the workshop makes, the end of the request, the deadline."""
        settings = self.settings
        making = asyncio.ensure_future(
            self._workshop.make(snapshot, offset, settings, is_automatic=is_automatic)
        )
        self._making.add(making)
        making.add_done_callback(self._forget_making)
        ended: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self._in_flight[snapshot.uri] = ended
        try:
            seconds = settings.completion.deadline_ms / 1000
            done = asyncio.FIRST_COMPLETED
            await asyncio.wait({making, ended}, timeout=seconds, return_when=done)
            if ended.done():
                return ended.result()
            return making.result() if making.done() else Made(Outcome(None, "the deadline passed"))
        except CornermanError as error:
            self._warn(str(error))
            return Made(Outcome(None, str(error)))
        finally:
            making.cancel()
            if self._in_flight.get(snapshot.uri) is ended:
                del self._in_flight[snapshot.uri]

    def _note(self, record: Record, snapshot: DocumentSnapshot) -> None:
        self._records[record.id] = record
        if len(self._records) > _OUTCOMES_KEPT:
            self._records.popitem(last=False)
        outcome = record.outcome
        logger.debug("completion %s: %s", record.id, outcome.reason or "suggested")
        if outcome.completion is not None:
            self._workshop.look_ahead(snapshot, outcome.completion, self.settings)

    def _count(self, record: Record, snapshot: DocumentSnapshot) -> None:
        outcome = record.outcome
        if outcome.completion is not None:
            self._showcase.show(
                snapshot,
                outcome.completion,
                record.suggestion_id,
                model=outcome.model,
                is_automatic=record.is_automatic,
                probability=record.probability,
            )
        self._journal.answered(
            Answer(
                language=snapshot.language_id,
                model=outcome.model or self.settings.model,
                is_automatic=record.is_automatic,
                source="memory" if record.is_from_memory else "engine",
                reason=outcome.reason,
                total_ms=record.total_ms,
            )
        )

    def _text_of(self, uri: str) -> str | None:
        snapshot = self.documents.get(uri)
        return snapshot.text if snapshot is not None else None

    def _forget_making(self, making: asyncio.Task[Made]) -> None:
        self._making.discard(making)
        if not making.cancelled():
            making.exception()
