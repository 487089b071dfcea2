"""How well a model completes, and how much it reads again a key, in each layout of its family."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from cornerman.bench.holes import Hole
from cornerman.context.site import completion_site
from cornerman.core.budget import ReadingSpeed
from cornerman.core.certainty import Asking
from cornerman.core.completions import CompletionRequest
from cornerman.core.generation import GenerationRequest, Priority, SamplingParams
from cornerman.engine.stream import Engine
from cornerman.features.complete import complete
from cornerman.features.reading import Reading
from cornerman.models.families import FAMILIES
from cornerman.models.spec import ModelSpec
from cornerman.prompting.fim import fim_prompt
from cornerman.settings import CompletionSettings, Settings

_CHARACTERS_A_KEY = 3
_KEYS = 12


@dataclass(frozen=True, slots=True)
class LayoutResult:
    """A layout on a sample. Rates are shares of 1.

    ``exact`` and ``similarity`` are over all suggestions; ``shown`` is how many of them the model
    was sure enough of to offer them in a pause. ``evaluated`` is the median of the prompt tokens
    that a key makes the engine read again, ``evaluated_most`` the most that any key of the sample
    did.
    """

    layout: str
    is_used: bool
    holes: int
    exact: float
    similarity: float
    shown: float
    evaluated: float
    evaluated_most: int


@dataclass(slots=True)
class _Tally:
    exact: list[bool] = field(default_factory=list[bool])
    similarity: list[float] = field(default_factory=list[float])
    shown: list[bool] = field(default_factory=list[bool])
    evaluated: list[int] = field(default_factory=list[int])


async def measure_layouts(
    model: ModelSpec,
    engine: Engine,
    holes: Sequence[Hole],
    settings: CompletionSettings,
    on_step: Callable[[], None] = lambda: None,
) -> list[LayoutResult]:
    """Every layout of the model's family on ``holes``; ``on_step`` is called after each of them.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    results: list[LayoutResult] = []
    for layout in layouts_of(model):
        variant = model.model_copy(update={"fim_layout": layout})
        tally = _Tally()
        for hole in holes:
            await _fill(hole, variant, engine, settings, tally)
            on_step()
        for hole in _typed(holes):
            await _type(hole, variant, engine, settings, tally)
            on_step()
        results.append(_result(layout, tally, is_used=layout == model.fim_layout))
    return results


def layouts_of(model: ModelSpec) -> tuple[str, ...]:
    """The layouts that the model's family can use."""
    return FAMILIES[model.family].layouts


def steps_of(model: ModelSpec, holes: Sequence[Hole]) -> int:
    """How often :func:`measure_layouts` will call ``on_step``."""
    return len(layouts_of(model)) * (len(holes) + len(_typed(holes)))


def _typed(holes: Sequence[Hole]) -> list[Hole]:
    """The holes whose text is also typed key by key: two that are several lines."""
    return [hole for hole in holes if "\n" in hole.middle][:2]


async def _fill(
    hole: Hole, model: ModelSpec, engine: Engine, settings: CompletionSettings, tally: _Tally
) -> None:
    outcome = await complete(CompletionRequest(*hole.document()), settings, model, engine)
    text = outcome.completion.text.rstrip() if outcome.completion else ""
    tally.exact.append(hole.is_filled_by(text))
    tally.similarity.append(hole.likeness(text))
    until = outcome.certainty.shown_until(len(text), 0, Asking.PAUSING)
    tally.shown.append(bool(text) and until > 0)


async def _type(
    hole: Hole, model: ModelSpec, engine: Engine, settings: CompletionSettings, tally: _Tally
) -> None:
    """What the engine reads at each key; the first reading of the place does not count."""
    reading, whole = Reading(), Settings(completion=settings)
    for key in range(_KEYS + 1):
        snapshot, offset = hole.document(hole.middle[: key * _CHARACTERS_A_KEY])
        window = reading.window(completion_site(snapshot, offset), whole, ReadingSpeed())
        prompt = fim_prompt(model.family, model.fim_layout, window)
        request = GenerationRequest(
            model.name, prompt, SamplingParams(0), snapshot.uri, Priority.COMPLETION
        )
        async with aclosing(engine.stream(request)) as chunks:
            async for chunk in chunks:
                if chunk.finish is not None and chunk.timings is not None and key > 0:
                    tally.evaluated.append(chunk.timings.evaluated)


def _result(layout: str, tally: _Tally, *, is_used: bool) -> LayoutResult:
    return LayoutResult(
        layout=layout,
        is_used=is_used,
        holes=len(tally.exact),
        exact=statistics.fmean(tally.exact),
        similarity=statistics.fmean(tally.similarity),
        shown=statistics.fmean(tally.shown),
        evaluated=statistics.median(tally.evaluated) if tally.evaluated else 0,
        evaluated_most=max(tally.evaluated, default=0),
    )
