"""From a request to a model's tokens and back: the work a job does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Chunk, GenerationRequest, Prompt, Text
from cornerman.engine.host.answer import AnswerFilter
from cornerman.engine.host.backends.base import TokenRequest, TokenText
from cornerman.engine.host.resident import ModelShelf, ResidentModel
from cornerman.engine.host.scheduler import Work


def work(shelf: ModelShelf, request: GenerationRequest) -> Work:
    """The work that answers ``request``.

    Its first chunk is empty and says that the request is sound and its model loaded; the last one
    has the finish reason and the timings.
    """

    def generate(emit: Callable[[Chunk], None], cancel: CancellationToken) -> None:
        model = shelf.open(request.model)
        tokens, required = _prompt(model, request)
        answer = AnswerFilter(required)

        def forward(output: TokenText) -> None:
            part = answer.push(output)
            if part is not None and request.sampling.max_tokens > 0:
                emit(Chunk(part.text, part.logprobs, timings=part.timings))

        emit(Chunk(""))
        finished = model.loaded.generate(tokens, forward, cancel)
        emit(Chunk("", finish=finished.reason, timings=finished.timings))

    return generate


def _prompt(model: ResidentModel, request: GenerationRequest) -> tuple[TokenRequest, str]:
    """The request in tokens, and the text its output must start with."""
    tokenizer, sampling, required = model.tokenizer, request.sampling, ""
    if isinstance(request.prompt, Prompt):
        prompt = request.prompt
        ids, required = tokenizer.heal(prompt.pieces, prompt.required_start, sampling.stop)
    else:
        ids = tokenizer.encode(model.template.pieces(request.prompt))
    if not ids:
        raise EngineRequestError("The prompt is empty.")
    if required and sampling.max_tokens > 0:
        extra = len(tokenizer.encode([Text(required)]))
        sampling = dataclasses.replace(sampling, max_tokens=sampling.max_tokens + extra)
    banned = tuple(tokenizer.clashing_controls(required)) if required else ()
    return TokenRequest(ids, sampling, required, request.logprobs, banned=banned), required
