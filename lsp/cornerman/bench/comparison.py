"""How good a model is at completing code, in three figures."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cornerman.bench.holes import Hole
from cornerman.core.completions import CompletionRequest
from cornerman.engine.stream import Engine
from cornerman.features.complete import complete
from cornerman.models.quantize import perplexity
from cornerman.models.spec import ModelSpec
from cornerman.settings import CompletionSettings


@dataclass(frozen=True, slots=True)
class Quality:
    """Rates are shares of 1; ``perplexity`` is known of MLX folders of the user's only."""

    perplexity: float | None
    exact: float
    similarity: float


async def measure_quality(
    model: ModelSpec,
    engine: Engine,
    holes: Sequence[Hole],
    settings: CompletionSettings,
    on_step: Callable[[], None] = lambda: None,
) -> Quality:
    """The model on ``holes``; ``on_step`` is called after each of them.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    exact: list[bool] = []
    similar: list[float] = []
    for hole in holes:
        request = CompletionRequest(*hole.document())
        outcome = await complete(request, settings, model, engine)
        said = outcome.completion.text if outcome.completion else ""
        exact.append(hole.is_filled_by(said))
        similar.append(hole.likeness(said))
        on_step()
    folder = model.mlx.path if model.mlx is not None else None
    surprise = await asyncio.to_thread(perplexity, Path(folder)) if folder else None
    return Quality(surprise, statistics.fmean(exact), statistics.fmean(similar))
