"""Inline completion: from a document and a cursor to one suggestion."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from cornerman.context.site import completion_site
from cornerman.core.completions import Completion, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Priority,
    SamplingParams,
    Timings,
)
from cornerman.core.site import CompletionSite, Extent
from cornerman.core.snippets import Surroundings
from cornerman.engine.stream import Engine
from cornerman.models.catalog import ModelSpec
from cornerman.postprocess import postprocess
from cornerman.postprocess.confidence import ConfidenceThresholds, Scored, confidence_gate
from cornerman.postprocess.extent import complete_length, cut_short
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.suffix_overlap import replaced_length
from cornerman.prompting.fim import NO_SURROUNDINGS, fim_prompt
from cornerman.prompting.window import window_around
from cornerman.settings import CompletionSettings

_VARIANT_TEMPERATURE = 0.7
_VARIANT_TOP_P = 0.9
# What is there by then is shown, rather than nothing at the deadline.
_SHARE_OF_DEADLINE = 0.8


async def complete(
    snapshot: DocumentSnapshot,
    offset: int,
    settings: CompletionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    priority: Priority = Priority.COMPLETION,
    variant: int = 0,
    on_text: Callable[[str], None] = lambda _text: None,
    confidence: ConfidenceThresholds | None = None,
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> Outcome:
    """One suggestion for the cursor at ``offset``, or the reason why there is none.

    Variant 0 is the likeliest; each other number is another one, drawn at random and repeatable.
    ``on_text`` is told all of the model's text so far, raw, whenever there is more of it.
    ``confidence`` is how sure the model must be; None shows everything. ``surroundings`` are
    shown to the model in front of the document.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    started = time.perf_counter()
    site = completion_site(snapshot, offset)
    if site.silence:
        return Outcome(None, site.silence, model.name)
    window = window_around(site, settings.prefix_lines, settings.suffix_lines)
    request = GenerationRequest(
        model=model.name,
        prompt=fim_prompt(model.family, model.fim_layout, window, surroundings),
        sampling=_sampling(max(settings.max_line_tokens, settings.max_block_tokens), variant),
        session=snapshot.uri,
        priority=priority,
        logprobs=confidence is not None,
    )
    context_ms = (time.perf_counter() - started) * 1000
    limits = _Limits.of(site, settings, started)
    raw = await _generate(engine, request, site, limits, on_text)
    gates = (confidence_gate(raw.scored, confidence),) if confidence else ()
    text = raw.text if isinstance(raw.text, Rejected) else postprocess(raw.text, site, *gates)
    if isinstance(text, Rejected):
        return Outcome(None, text.reason, model.name, context_ms, raw.timings)
    completion = Completion(text, offset, offset + replaced_length(text, site))
    return Outcome(completion, "", model.name, context_ms, raw.timings)


@dataclass(frozen=True, slots=True)
class _Limits:
    """Where a stream is cut at the latest: tokens, and a time of ``time.perf_counter``.

    ``line_tokens`` hold for a suggestion that is still on its first line. A block of whole lines
    is shown after ``block_seconds`` of output, so that somebody who pauses sees it in time.
    """

    line_tokens: int
    tokens: int
    time: float
    block_seconds: float

    @classmethod
    def of(cls, site: CompletionSite, settings: CompletionSettings, started: float) -> _Limits:
        is_line = site.extent is Extent.LINE
        return cls(
            settings.max_line_tokens if is_line else settings.max_block_tokens,
            settings.max_block_tokens,
            started + settings.deadline_ms / 1000 * _SHARE_OF_DEADLINE,
            settings.block_time_ms / 1000 if not is_line else float("inf"),
        )

    def cut(
        self, text: str, tokens: int, first_output: float, site: CompletionSite
    ) -> str | Rejected | None:
        """What ``text``, made of about so many ``tokens``, must do as; None if it may go on.

        Time alone cuts behind whole lines only: the rest of a line is a few tokens away.
        """
        now = time.perf_counter()
        is_one_line = "\n" not in text.strip()
        if tokens >= (self.line_tokens if is_one_line else self.tokens):
            return cut_short(text, site)
        is_late = now > self.time or now - first_output > self.block_seconds
        shortened = cut_short(text, site) if is_late and not is_one_line else None
        return None if isinstance(shortened, Rejected) else shortened


@dataclass(frozen=True, slots=True)
class _Raw:
    """What came of a stream; ``scored`` are its pieces with their log-probabilities."""

    text: str | Rejected
    scored: tuple[Scored, ...]
    timings: Timings | None


def _sampling(max_tokens: int, variant: int) -> SamplingParams:
    if variant == 0:
        return SamplingParams(max_tokens)
    return SamplingParams(max_tokens, _VARIANT_TEMPERATURE, _VARIANT_TOP_P, seed=variant)


async def _generate(
    engine: Engine,
    request: GenerationRequest,
    site: CompletionSite,
    limits: _Limits,
    on_text: Callable[[str], None],
) -> _Raw:
    """Read the stream until the syntax says that the suggestion is complete, then close it."""
    pieces: list[Chunk] = []
    text = ""
    timings: Timings | None = None
    first_output = 0.0
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            first_output = first_output or time.perf_counter()
            pieces.append(chunk)
            text += chunk.text
            on_text(text)
            timings = chunk.timings or timings
            plain = text.replace("\r\n", "\n")
            result = _finished(plain, site)
            if result is None and chunk.finish is FinishReason.LENGTH:
                result = cut_short(plain, site)
            if result is None:
                result = limits.cut(plain, len(pieces), first_output, site)
            if result is not None:
                return _Raw(result, _scored(pieces), timings)
    return _Raw(text.replace("\r\n", "\n"), _scored(pieces), timings)


def _finished(text: str, site: CompletionSite) -> str | None:
    length = complete_length(text, site)
    return None if length is None else text[:length]


def _scored(pieces: list[Chunk]) -> tuple[Scored, ...]:
    return tuple(Scored(piece.text, piece.logprobs) for piece in pieces)
