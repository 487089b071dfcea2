"""Asks the model for answers to one job."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass

from cornerman.core.actions import OnProgress, Progress
from cornerman.core.generation import FinishReason, GenerationRequest, Priority, SamplingParams
from cornerman.engine.stream import Engine
from cornerman.features.actions.answer import is_complete_block
from cornerman.features.actions.job import Job
from cornerman.features.actions.recipes import Recipe
from cornerman.features.unbroken import unbroken
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates
from cornerman.settings import ActionSettings

_TEMPERATURE = 0.6
_TOP_P = 0.95


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said; not finished if it was cut off at the token limit."""

    text: str
    is_finished: bool


class Asker:
    """``speed`` is that of the last answer in tokens a second, None before the first one."""

    def __init__(
        self,
        job: Job,
        recipe: Recipe,
        settings: ActionSettings,
        model: ModelSpec,
        engine: Engine,
        on_progress: OnProgress,
    ) -> None:
        template = templates.load(recipe.template, settings.own_prompts)
        values = recipe.variables(job)
        self._messages = template.render(**{name: values[name] for name in template.variables})
        self._recipe, self._job = recipe, job
        self._model, self._engine = model, engine
        self._on_progress = on_progress
        self.speed: float | None = None

    async def answer(self, number: int) -> Answer:
        """The answer of that number; 0 is the likeliest."""
        text, tokens, finish = "", 0, None
        started = 0.0
        async with aclosing(unbroken(self._engine.stream(self._request(number)))) as chunks:
            async for chunk in chunks:
                text += chunk.text
                tokens += bool(chunk.text)
                started = started or time.perf_counter()
                if chunk.timings is not None and chunk.timings.generated:
                    tokens = chunk.timings.generated
                    self.speed = chunk.timings.tokens_per_second or self.speed
                if chunk.text:
                    words = "Writing" if number == 0 else f"Trying again ({number + 1})"
                    self._on_progress(Progress(words, tokens, self.speed or 0.0))
                finish = chunk.finish
                # What comes behind the code is chatter.
                if self._recipe.is_copy and is_complete_block(text):
                    finish = FinishReason.STOP
                    break
        if self.speed is None and tokens > 1:
            # Not every engine tells, and none does of an answer that was not read to its end.
            self.speed = (tokens - 1) / max(time.perf_counter() - started, 1e-3)
        return Answer(text, finish is not FinishReason.LENGTH)

    def _request(self, number: int) -> GenerationRequest:
        limit = self._recipe.max_tokens(self._job)
        sampling = SamplingParams(limit)
        if number > 0:
            sampling = SamplingParams(limit, _TEMPERATURE, _TOP_P, seed=number)
        return GenerationRequest(
            self._model.name,
            self._messages,
            sampling,
            # Requests of one kind share all that stands before the code.
            session=f"action:{self._recipe.template}",
            priority=Priority.ACTION,
            copies_input=self._recipe.is_copy,
        )
