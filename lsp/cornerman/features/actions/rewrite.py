"""One edit: ask, draft, verify, and offer the first answer that passes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from cornerman.core.actions import (
    ActionKind,
    ActionRequest,
    Check,
    FileEdit,
    Offer,
    OfferStatus,
    OnProgress,
    Progress,
    TextEdit,
)
from cornerman.core.errors import BadInputError
from cornerman.engine.stream import Engine
from cornerman.features.actions.answer import Unusable
from cornerman.features.actions.asking import Answer, Asker
from cornerman.features.actions.checks import examine
from cornerman.features.actions.edits import minimal_edits
from cornerman.features.actions.job import Change, Job
from cornerman.features.actions.marker import Marker, marker_near
from cornerman.features.actions.partial import sound_edits, sound_part, with_edits
from cornerman.features.actions.place import target_of
from cornerman.features.actions.recipes import Recipe, recipe_for
from cornerman.features.actions.titles import title_of
from cornerman.models.catalog import ModelSpec
from cornerman.settings import ActionSettings
from cornerman.settings.verification import Verification


async def rewrite(
    request: ActionRequest,
    settings: ActionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    on_progress: OnProgress,
    verification: Verification | None = None,
) -> Offer:
    """A verified edit of the request's code, or why there is none.

    The first answer is the likeliest one, the others are drawn at random and repeatable; the
    first that passes every check is offered. ``verification`` is the user's own command, if any.

    Raises:
        CornermanError: the engine could not be reached or failed, or a prompt of the user's
            folder is not sound.
    """
    marker = _marker(request)
    try:
        job = _job(request, marker, settings)
        recipe = recipe_for(job)
        reason = await asyncio.to_thread(recipe.refusal, job)
    except BadInputError as error:
        return Offer(OfferStatus.REFUSED, title_of(request), str(error))
    if reason:
        return Offer(OfferStatus.REFUSED, title_of(request), reason)
    asker = Asker(job, recipe, settings, model, engine, on_progress)
    best = _Attempt()
    for number in range(-1, settings.candidates):
        if number < 0:
            attempt = await asyncio.to_thread(_known, job, recipe)
        else:
            attempt = await asyncio.to_thread(_attempt, job, recipe, await asker.answer(number))
        if verification is not None and attempt.is_sound:
            on_progress(Progress("Running your verify command"))
            attempt = await attempt.verified(verification)
        if attempt.is_sound:
            return _offer(attempt, request, marker, asker.speed)
        best = max(attempt, best, key=lambda one: len(one.checks))
    if request.takes_unverified and best.change is not None:
        return _offer(best, request, marker, asker.speed)
    reason = f"No answer of the model passed: {_failure(best)}"
    return Offer(OfferStatus.REFUSED, title_of(request), reason, (), best.checks, asker.speed)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What became of one answer: a change and its checks, or a reason why it is none."""

    change: Change | None = None
    checks: tuple[Check, ...] = ()
    reason: str = ""

    @property
    def is_sound(self) -> bool:
        return self.change is not None and all(check.passed for check in self.checks)

    async def verified(self, verification: Verification) -> _Attempt:
        """With the outcome of the user's own command."""
        if self.change is None:
            return self
        uri, text = self.change.job.snapshot.uri, self.change.after.text
        return replace(self, checks=(*self.checks, await verification.check(uri, text)))


def _known(job: Job, recipe: Recipe) -> _Attempt:
    """What can be done without the model."""
    edits = recipe.known(job)
    if not edits:
        return _Attempt()
    whole = with_edits(job, edits)
    if whole.is_empty:
        return _Attempt()
    attempt = _Attempt(whole, examine(whole))
    part = None if attempt.is_sound else sound_edits(whole, edits)
    return _Attempt(*part) if part is not None else attempt


def _attempt(job: Job, recipe: Recipe, answer: Answer) -> _Attempt:
    if recipe.is_copy and not answer.is_finished:
        return _Attempt(reason="The answer was cut off before its end.")
    drafted = recipe.draft(job, answer.text)
    if isinstance(drafted, Unusable):
        return _Attempt(reason=drafted.reason)
    change = job.changed_to(drafted)
    if change.is_empty:
        return _Attempt(reason="The model would not change anything.")
    whole = _Attempt(change, examine(change))
    part = None if whole.is_sound else sound_part(change)
    return _Attempt(*part) if part is not None else whole


def _marker(request: ActionRequest) -> Marker | None:
    """The comment that asked for this, which goes when it is done."""
    if request.kind is not ActionKind.INSTRUCTION:
        return None
    marker = marker_near(request.snapshot, request.start, request.end)
    return marker if marker is not None and marker.instruction == request.instruction else None


def _job(request: ActionRequest, marker: Marker | None, settings: ActionSettings) -> Job:
    """The job, in the document without the marker; raises ``BadInputError``."""
    if marker is not None:
        size = marker.end - marker.start
        snapshot = request.snapshot
        plain = snapshot.replace(marker.start, marker.end, "", snapshot.version)
        start, end = (
            max(at - size, marker.start) if at > marker.start else at
            for at in (request.start, request.end)
        )
        request = replace(request, snapshot=plain, start=start, end=end)
    job = Job(request, target_of(request))
    job.check_size(settings.max_lines)
    return job


def _offer(
    attempt: _Attempt, request: ActionRequest, marker: Marker | None, speed: float | None
) -> Offer:
    change = attempt.change
    edits: tuple[TextEdit, ...] = ()
    if change is not None:
        edits = minimal_edits(change.old, change.text, change.job.target.start)
    if marker is not None:
        edits = _with_removal(edits, marker)
    warning = "" if attempt.is_sound else f"Not verified: {_failure(attempt)}"
    return Offer(
        OfferStatus.OFFERED,
        title_of(request),
        edits=(FileEdit(request.snapshot, edits),),
        checks=attempt.checks,
        tokens_per_second=speed,
        warning=warning,
    )


def _with_removal(edits: tuple[TextEdit, ...], marker: Marker) -> tuple[TextEdit, ...]:
    """Edits of the document without the marker's line as edits of the one with it."""
    at, size = marker.start, marker.end - marker.start
    made: list[TextEdit] = []
    is_removed = False
    for edit in edits:
        if edit.start >= at and not is_removed:
            made.append(TextEdit(at, marker.end, ""))
            is_removed = True
        start = edit.start + size if edit.start >= at else edit.start
        end = edit.end + size if edit.end > at or edit.start >= at else edit.end
        is_removed |= start < at < end
        made.append(TextEdit(start, end, edit.text))
    return tuple(made if is_removed else [*made, TextEdit(at, marker.end, "")])


def _failure(attempt: _Attempt) -> str:
    failed = (check for check in attempt.checks if not check.passed)
    return next((check.detail for check in failed), attempt.reason)
