"""Inline completion: from a document and a cursor to one suggestion."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import lru_cache

from cornerman.context.site import completion_site
from cornerman.core.budget import TokenBudget
from cornerman.core.certainty import Certainty
from cornerman.core.completions import Completion, CompletionRequest, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import GenerationRequest, Priority, Prompt, SamplingParams
from cornerman.core.secrets import masked
from cornerman.core.site import CompletionSite, Extent
from cornerman.core.snippets import Surroundings
from cornerman.engine.stream import Engine
from cornerman.features.streaming import Limits, Raw, generate
from cornerman.models.catalog import ModelSpec
from cornerman.postprocess import postprocess
from cornerman.postprocess.confidence import Likelihoods, certainty
from cornerman.postprocess.doubt import Doubt
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.suffix_overlap import replaced_length
from cornerman.postprocess.syntax_gate import syntax_gate
from cornerman.prompting.fim import NO_SURROUNDINGS, fim_prompt
from cornerman.prompting.region import Region
from cornerman.prompting.window import Window
from cornerman.settings import CompletionSettings

_VARIANT_TEMPERATURE = 0.7
_VARIANT_TOP_P = 0.9
# Of a prompt whose cost is not known: most models read this much within a moment.
_USUAL_TOKENS = 512

WindowOf = Callable[[CompletionSite], Window]
"""Chooses what of the document a prompt shows."""
SurroundingsOf = Callable[[CompletionSite, Window], Awaitable[Surroundings]]
"""Chooses what a prompt shows beside a window of the document."""


async def complete(
    request: CompletionRequest,
    settings: CompletionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    window_of: WindowOf | None = None,
    surroundings: Surroundings = NO_SURROUNDINGS,
    surroundings_of: SurroundingsOf | None = None,
) -> Outcome:
    """One suggestion, or the reason why there is none.

    ``window_of`` chooses what the model sees of the document, ``surroundings`` are shown in front
    of it, or what ``surroundings_of`` chooses. The whole suggestion is told, however sure the model
    was: the outcome's certainty says how much of it may be shown unasked.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    started = time.perf_counter()
    offset, uri = request.offset, request.snapshot.uri
    site = completion_site(request.snapshot, offset)
    if site.silence:
        return Outcome(None, site.silence, model.name)
    window = _masked(window_of(site) if window_of is not None else usual_window(site, settings))
    if surroundings_of is not None:
        surroundings = await surroundings_of(site, window)
    prompt = fim_prompt(model.family, model.fim_layout, window, surroundings)
    most = max(settings.max_line_tokens, settings.max_block_tokens)
    asked = GenerationRequest(
        model=model.name,
        prompt=prompt,
        sampling=_sampling(most, request.variant),
        session=uri,
        priority=request.priority,
        logprobs=True,
    )
    context_ms = (time.perf_counter() - started) * 1000
    limits = Limits.of(site, settings, started)
    doubt = _doubt(settings, site) if request.is_unasked else None
    raw = await generate(engine, asked, site, limits, request.on_text, doubt)
    text = raw.text
    if not isinstance(text, Rejected):
        text = postprocess(text, site, is_beginning=raw.is_cut)
    chars = prompt_chars(prompt)
    if isinstance(text, Rejected):
        return Outcome(None, text.reason, model.name, context_ms, raw.timings, prompt_chars=chars)
    return Outcome(
        Completion(text, offset, offset + replaced_length(text, site)),
        "",
        model.name,
        context_ms,
        raw.timings,
        _certainty(text, raw, settings, site),
        chars,
        surroundings.shown,
        raw.is_cut,
    )


async def read_ahead(
    snapshot: DocumentSnapshot,
    offset: int,
    model: ModelSpec,
    engine: Engine,
    *,
    window_of: WindowOf,
    surroundings_of: SurroundingsOf | None = None,
) -> Outcome:
    """Let the engine read the prompt for a cursor, in the background; it suggests nothing.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    site = completion_site(snapshot, offset)
    window, surroundings = _masked(window_of(site)), NO_SURROUNDINGS
    if surroundings_of is not None:
        surroundings = await surroundings_of(site, window)
    prompt = fim_prompt(model.family, model.fim_layout, window, surroundings)
    request = GenerationRequest(
        model=model.name,
        prompt=prompt,
        sampling=SamplingParams(max_tokens=0),
        session=snapshot.uri,
        priority=Priority.BACKGROUND,
    )
    timings = None
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            timings = chunk.timings or timings
    reason = "The code was read ahead."
    return Outcome(None, reason, model.name, timings=timings, prompt_chars=prompt_chars(prompt))


def usual_window(site: CompletionSite, settings: CompletionSettings) -> Window:
    """What is shown of a document where nothing is known about the engine's speed."""
    lines = (settings.prefix_lines, settings.suffix_lines)
    return Region.around(site, TokenBudget(_USUAL_TOKENS), lines).window(site)


def _masked(window: Window) -> Window:
    """A window with stars for its secrets; only the line being typed stays as it is."""
    return replace(
        window, prefix=_without_secrets(window.prefix), suffix=_without_secrets(window.suffix)
    )


# The same from key to key, while what is typed stands behind it.
@lru_cache(maxsize=16)
def _without_secrets(text: str) -> str:
    return masked(text)


def prompt_chars(prompt: Prompt) -> int:
    """The length of a prompt in characters."""
    return len(prompt.as_text())


def _sampling(max_tokens: int, variant: int) -> SamplingParams:
    if variant == 0:
        return SamplingParams(max_tokens)
    return SamplingParams(max_tokens, _VARIANT_TEMPERATURE, _VARIANT_TOP_P, seed=variant)


def _doubt(settings: CompletionSettings, site: CompletionSite) -> Doubt | None:
    """When the stream ends early; a block is suggested by whole lines instead."""
    wanted = settings.confidence
    least = min(wanted.line, wanted.beginning, wanted.pause)
    return Doubt(wanted.word, least) if site.extent is Extent.LINE else None


def _certainty(
    text: str, raw: Raw, settings: CompletionSettings, site: CompletionSite
) -> Certainty:
    wanted = settings.confidence
    likelihoods = Likelihoods(wanted.line, wanted.block, wanted.beginning, wanted.pause)
    return certainty(text, raw.scored, likelihoods, site, syntax_gate)
