"""Where completions are made: work in flight, what is remembered, and when to start."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cornerman.core.certainty import ALL, Asking
from cornerman.core.completions import UNSURE, Completion, CompletionRequest, Outcome
from cornerman.core.documents import TOO_LONG, DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.generation import Priority
from cornerman.features.memory import Memory, Place, Recollection, Suggestion
from cornerman.features.pacing import Pace
from cornerman.session.context import WorkspaceContext
from cornerman.session.pipelines import Features
from cornerman.session.work import Make, Work
from cornerman.settings import Settings

logger = logging.getLogger(__name__)

# Editors cancel a request before they send the next one, which may want its work.
_GRACE_SECONDS = 0.4
_VARIANTS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Made:
    """The answer to one request. ``completions`` has the best one first, and may be empty.

    ``is_overtaken`` says that the user went on before there was an answer. ``probability`` is
    how likely the model takes the best one to be right, None if it did not tell.
    """

    outcome: Outcome
    completions: tuple[Completion, ...] = ()
    suggestion_id: str = ""
    is_from_memory: bool = False
    is_overtaken: bool = False
    probability: float | None = None


class Workshop:
    """For one event loop. Cancelling a call does not cancel its work at once."""

    def __init__(self, features: Features, context: WorkspaceContext | None = None) -> None:
        self._features = features
        self._context = context
        self._memory = Memory()
        self._pace = Pace()
        self._works: dict[str, Work] = {}
        self._ahead: Work | None = None
        self._ahead_timer: asyncio.TimerHandle | None = None
        self._ids = itertools.count(1)

    @property
    def is_busy(self) -> bool:
        """True while a completion is made, or what follows one is prepared."""
        works = [*self._works.values(), *([self._ahead] if self._ahead is not None else [])]
        return any(not work.is_done for work in works)

    async def make(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings, *, is_automatic: bool
    ) -> Made:
        """Completions for a cursor: from memory, from work in flight, or from new work.

        Only an explicit request gets several. Raises ``CornermanError``.
        """
        if snapshot.is_too_long:
            return Made(Outcome(None, TOO_LONG))
        if is_automatic:
            self._pace = self._pace.asked(_now_ms())
        asking = Asking.TYPING if is_automatic else Asking.INVOKED
        known = self._recall(snapshot, offset, asking)
        if known is not None:
            made = _recalled(known, Outcome(None), is_from_memory=True)
        else:
            made = await self._joined(snapshot, offset, settings, asking)
        if made.outcome.reason == UNSURE:
            return await self._after_a_pause(snapshot, offset, made)
        if is_automatic or len(made.completions) != 1:
            return made
        least = settings.completion.confidence.invoked
        if made.probability is not None and made.probability < least:
            return Made(replace(made.outcome, completion=None, reason=UNSURE))
        return await self._varied(snapshot, offset, settings, made)

    def look_ahead(
        self, snapshot: DocumentSnapshot, completion: Completion, settings: Settings
    ) -> None:
        """If nothing else is asked for soon, prepare what follows once ``completion`` is taken."""
        self._stop_timer()
        start, end = completion.start, completion.end
        taken = snapshot.replace(start, end, completion.text, snapshot.version)
        self._ahead_timer = asyncio.get_running_loop().call_later(
            self._pace.reading_ms / 1000,
            self._prepare,
            taken,
            start + len(completion.text),
            settings,
        )

    def forget(self, uri: str | None = None) -> None:
        """Drop work and memory: of a document, or of all when the settings have changed."""
        self._stop_timer()
        self._stop_ahead()
        for known in [uri] if uri is not None else list(self._works):
            self._drop(known)
        self._memory = self._memory.without(uri) if uri is not None else Memory()

    async def _after_a_pause(self, snapshot: DocumentSnapshot, offset: int, made: Made) -> Made:
        """What is not sure enough to be shown between two keys, once no other key has come."""
        await asyncio.sleep(self._pace.pause_in_ms(_now_ms()) / 1000)
        known = self._recall(snapshot, offset, Asking.PAUSING)
        return _recalled(known, made.outcome, is_from_memory=False) if known is not None else made

    async def _joined(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings, asking: Asking
    ) -> Made:
        """The first work to end that says something here: joined, or begun after a delay."""
        while True:
            work = self._fitting(snapshot, offset, asking)
            if work is None:
                self._drop(snapshot.uri)
                if asking is Asking.TYPING:
                    await asyncio.sleep(self._pace.delay_ms(_now_ms()) / 1000)
                work = self._begin(snapshot, offset, settings, asking)
            await self._follow(work, snapshot, offset)
            known = self._recall(snapshot, offset, asking)
            if known is not None:
                outcome = work.outcome() if work.is_done else Outcome(None)
                return _recalled(known, outcome, is_from_memory=False)
            if work.is_done and work.is_for(snapshot, offset):
                return self._told(work.outcome())
            self._drop(snapshot.uri)

    def _recall(
        self, snapshot: DocumentSnapshot, offset: int, asking: Asking
    ) -> Recollection | None:
        return self._memory.recall(snapshot, offset, asking, self._beside(snapshot.uri))

    def _beside(self, uri: str) -> frozenset[str]:
        return self._context.shown_beside(uri) if self._context is not None else frozenset()

    def _told(self, outcome: Outcome) -> Made:
        """An outcome that memory cannot answer with."""
        if outcome.completion is None:
            return Made(outcome)
        return Made(outcome, (outcome.completion,), str(next(self._ids)))

    async def _follow(self, work: Work, snapshot: DocumentSnapshot, offset: int) -> None:
        """Wait until ``work`` is done, or says something else than what is typed here."""
        work.waiting += 1
        try:
            while not work.is_done and work.fits(snapshot, offset):
                await work.news()
        finally:
            work.waiting -= 1
            if not work.is_done and not work.waiting:
                asyncio.get_running_loop().call_later(_GRACE_SECONDS, _cancel_unwanted, work)

    def _fitting(self, snapshot: DocumentSnapshot, offset: int, asking: Asking) -> Work | None:
        """Work in flight that may still end well here."""
        for work in (self._works.get(snapshot.uri), self._ahead):
            if work is None or work.is_done or (work.is_unasked and asking is Asking.INVOKED):
                continue
            if work.fits(snapshot, offset):
                return work
        return None

    def _begin(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings, asking: Asking
    ) -> Work:
        self._stop_timer()
        self._stop_ahead()
        for uri in [uri for uri, work in self._works.items() if not work.waiting]:
            self._drop(uri)
        is_unasked = asking is not Asking.INVOKED
        request = CompletionRequest(snapshot, offset, is_unasked=is_unasked)
        work = Work(snapshot, offset, self._maker(request, settings), is_unasked=is_unasked)
        work.task.add_done_callback(lambda _: self._note_pace(work))
        self._works[snapshot.uri] = work
        return work

    def _prepare(self, snapshot: DocumentSnapshot, offset: int, settings: Settings) -> None:
        is_ahead = self._ahead is not None and self._ahead.is_for(snapshot, offset)
        is_known = is_ahead or self._recall(snapshot, offset, Asking.TYPING) is not None
        if not is_known and all(work.is_done for work in self._works.values()):
            self._stop_ahead()
            request = CompletionRequest(snapshot, offset, Priority.BACKGROUND, is_unasked=True)
            self._ahead = Work(snapshot, offset, self._maker(request, settings))

    def _maker(self, request: CompletionRequest, settings: Settings) -> Make:
        async def make(on_text: Callable[[str], None]) -> Outcome:
            outcome = await self._features.complete(replace(request, on_text=on_text), settings)
            if outcome.completion is not None and outcome.completion.start == request.offset:
                place = Place.of(request.snapshot, request.offset, outcome.beside)
                self._remember(str(next(self._ids)), place, outcome)
            return outcome

        return make

    def _remember(self, number: str, place: Place, outcome: Outcome, *others: str) -> None:
        if (first := outcome.completion) is None:
            return
        suggestion = Suggestion(
            number,
            place,
            first.text,
            first.end - first.start,
            outcome.model,
            others,
            outcome.certainty,
            outcome.is_cut,
        )
        self._memory = self._memory.plus(suggestion)

    async def _varied(
        self, snapshot: DocumentSnapshot, offset: int, settings: Settings, made: Made
    ) -> Made:
        """``made`` with other candidates, as many as can be had in the time for them."""
        first = made.completions[0]
        others: dict[str, None] = {}
        ending = time.monotonic() + _VARIANTS_SECONDS
        for variant in range(1, settings.completion.candidates):
            request = CompletionRequest(snapshot, offset, variant=variant)
            making = self._features.complete(request, settings)
            try:
                outcome = await asyncio.wait_for(making, ending - time.monotonic())
            except (CornermanError, asyncio.TimeoutError):
                break
            other = outcome.completion
            if other is not None and (other.start, other.end) == (first.start, first.end):
                others[other.text] = None
        others.pop(first.text, None)
        if first.start == offset:
            # What somebody has asked for is shown to the end, however unsure the model was.
            wanted = replace(made.outcome, completion=first, certainty=ALL)
            place = Place.of(snapshot, offset, self._beside(snapshot.uri))
            self._remember(made.suggestion_id, place, wanted, *others)
        more = tuple(replace(first, text=text) for text in others)
        return replace(made, completions=(first, *more), is_from_memory=False)

    def _note_pace(self, work: Work) -> None:
        has_asked_engine = work.task.cancelled() or (
            not work.has_failed and work.outcome().timings is not None
        )
        if has_asked_engine:
            logger.debug("work ended after %.0f ms", _now_ms() - work.started_ms)
            self._pace = self._pace.worked(work.started_ms, _now_ms())

    def _drop(self, uri: str) -> None:
        work = self._works.pop(uri, None)
        if work is not None:
            work.cancel()

    def _stop_ahead(self) -> None:
        if self._ahead is not None and not self._ahead.waiting:
            self._ahead.cancel()
            self._ahead = None

    def _stop_timer(self) -> None:
        if self._ahead_timer is not None:
            self._ahead_timer.cancel()
            self._ahead_timer = None


def _recalled(known: Recollection, outcome: Outcome, *, is_from_memory: bool) -> Made:
    suggestion = known.suggestion
    first = next(iter(known.completions), None)
    told = replace(
        outcome,
        completion=first,
        reason="" if first is not None else UNSURE,
        model=suggestion.model,
    )
    return Made(
        told,
        known.completions,
        suggestion.id if first is not None else "",
        is_from_memory,
        probability=known.probability if first is not None else None,
    )


def _cancel_unwanted(work: Work) -> None:
    if not work.waiting:
        work.cancel()


def _now_ms() -> float:
    return time.monotonic() * 1000
