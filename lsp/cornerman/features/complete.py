"""Inline completion: from a document and a cursor to one suggestion."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing

from cornerman.context.site import completion_site
from cornerman.core.completions import Completion, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import (
    FinishReason,
    GenerationRequest,
    Priority,
    SamplingParams,
    Timings,
)
from cornerman.core.site import CompletionSite, Extent
from cornerman.engine.stream import Engine
from cornerman.models.catalog import ModelSpec
from cornerman.postprocess import postprocess
from cornerman.postprocess.extent import complete_length, cut_short
from cornerman.postprocess.filter import Rejected
from cornerman.prompting.fim import fim_prompt
from cornerman.prompting.window import window_around
from cornerman.settings import CompletionSettings

_VARIANT_TEMPERATURE = 0.7
_VARIANT_TOP_P = 0.9


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
) -> Outcome:
    """One suggestion for the cursor at ``offset``, or the reason why there is none.

    Variant 0 is the likeliest; each other number is another one, drawn at random and repeatable.
    ``on_text`` is told all of the model's text so far, raw, whenever there is more of it.

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
        prompt=fim_prompt(model.family, model.fim_layout, window),
        sampling=_sampling(_token_limit(site, settings), variant),
        session=snapshot.uri,
        priority=priority,
    )
    context_ms = (time.perf_counter() - started) * 1000
    raw, timings = await _generate(engine, request, site, on_text)
    text = raw if isinstance(raw, Rejected) else postprocess(raw, site)
    if isinstance(text, Rejected):
        return Outcome(None, text.reason, model.name, context_ms, timings)
    return Outcome(Completion(text, offset, offset), "", model.name, context_ms, timings)


def _token_limit(site: CompletionSite, settings: CompletionSettings) -> int:
    is_line = site.extent is Extent.LINE
    return settings.max_line_tokens if is_line else settings.max_block_tokens


def _sampling(max_tokens: int, variant: int) -> SamplingParams:
    if variant == 0:
        return SamplingParams(max_tokens)
    return SamplingParams(max_tokens, _VARIANT_TEMPERATURE, _VARIANT_TOP_P, seed=variant)


async def _generate(
    engine: Engine,
    request: GenerationRequest,
    site: CompletionSite,
    on_text: Callable[[str], None],
) -> tuple[str | Rejected, Timings | None]:
    """Read the stream until the syntax says that the suggestion is complete, then close it."""
    text = ""
    timings: Timings | None = None
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            on_text(text)
            timings = chunk.timings or timings
            length = complete_length(text, site)
            if length is not None:
                return text[:length], timings
            if chunk.finish is FinishReason.LENGTH:
                return cut_short(text, site), timings
    return text, timings
