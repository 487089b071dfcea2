"""Inline completion: from a document and a cursor to one suggestion."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass

from cornerman.context.site import completion_site
from cornerman.core.completions import Completion, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import (
    FinishReason,
    GenerationRequest,
    SamplingParams,
    Timings,
)
from cornerman.core.site import CompletionSite, Extent
from cornerman.engine.stream import Engine
from cornerman.models.catalog import ModelSpec
from cornerman.postprocess import Rejected, postprocess
from cornerman.postprocess.extent import complete_length, cut_short
from cornerman.prompting.fim import fim_prompt
from cornerman.prompting.window import window_around
from cornerman.settings import CompletionSettings


async def complete(
    snapshot: DocumentSnapshot,
    offset: int,
    settings: CompletionSettings,
    model: ModelSpec,
    engine: Engine,
) -> Outcome:
    """One suggestion for the cursor at ``offset``, or the reason why there is none.

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
        sampling=SamplingParams(max_tokens=_token_limit(site, settings)),
        session=snapshot.uri,
    )
    context_ms = (time.perf_counter() - started) * 1000
    generated = await _generate(engine, request, site)
    text = postprocess(generated.text, site)
    if isinstance(text, Rejected):
        return Outcome(None, text.reason, model.name, context_ms, generated.timings)
    completion = Completion(text, offset, offset)
    return Outcome(completion, "", model.name, context_ms, generated.timings)


def _token_limit(site: CompletionSite, settings: CompletionSettings) -> int:
    is_line = site.extent is Extent.LINE
    return settings.max_line_tokens if is_line else settings.max_block_tokens


@dataclass(frozen=True, slots=True)
class _Generated:
    text: str
    timings: Timings | None


async def _generate(engine: Engine, request: GenerationRequest, site: CompletionSite) -> _Generated:
    """Read the stream until the syntax says that the suggestion is complete, then close it."""
    text = ""
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            length = complete_length(text, site)
            if length is not None:
                return _Generated(text[:length], chunk.timings)
            if chunk.finish is FinishReason.LENGTH:
                return _Generated(cut_short(text, site), chunk.timings)
            if chunk.finish is not None:
                return _Generated(text, chunk.timings)
    return _Generated(text, None)
