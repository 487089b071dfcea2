"""From a request to a model's tokens and back: the work a job does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Prompt,
    Text,
    Timings,
)
from cornerman.engine.host.answer import AnswerFilter
from cornerman.engine.host.backends.base import TokenRequest, TokenText
from cornerman.engine.host.fill_in import fill_in
from cornerman.engine.host.resident import ModelShelf, ResidentModel


class Generation:
    """The work that answers one request, in one turn or several. See ``scheduler.Work``.

    Its first chunk is empty and says that the request is sound and its model loaded; the last one
    has the finish reason and the timings. A later turn evaluates what was generated in the ones
    before, which is still in the KV cache, as a part of its prompt.
    """

    def __init__(
        self, shelf: ModelShelf, request: GenerationRequest, suffix: str | None = None
    ) -> None:
        """``suffix``: the output is to stand between the prompt and this text."""
        self._shelf = shelf
        self._request = request
        self._suffix = suffix
        self._plan: _Plan | None = None

    def __call__(self, emit: Callable[[Chunk], None], turn: CancellationToken) -> bool:
        """Generate until done (true) or until the turn is cancelled."""
        model = self._shelf.open(self._request.model)
        if self._plan is None:
            self._plan = _Plan(*_in_tokens(model, self._with_suffix(model)))
            emit(Chunk(""))
        plan = self._plan
        wants_text = self._request.sampling.max_tokens > 0

        def forward(output: TokenText) -> None:
            part = plan.take(output)
            if part is not None and wants_text:
                emit(Chunk(part.text, part.logprobs, timings=part.timings))

        finished = model.loaded.generate(plan.request, forward, turn)
        timings = plan.cost(finished.timings)
        self._shelf.note(timings)
        if finished.reason is FinishReason.CANCELLED:
            plan.go_on_from(finished.timings, model.tokenizer.encode)
            # Paused after its last token, nothing is left to do.
            if plan.request.sampling.max_tokens > 0 or not wants_text:
                return False
            finished = dataclasses.replace(finished, reason=FinishReason.LENGTH)
        emit(Chunk("", finish=finished.reason, timings=timings))
        return True

    def _with_suffix(self, model: ResidentModel) -> GenerationRequest:
        """The request, laid out for the model's family if there is a text to come after it."""
        prompt = self._request.prompt
        if self._suffix is None or not isinstance(prompt, Prompt):
            return self._request
        return dataclasses.replace(
            self._request, prompt=fill_in(model.tokenizer, prompt.as_text(), self._suffix)
        )


class _Plan:
    """What is still to be generated, and what was."""

    def __init__(self, request: TokenRequest, required: str) -> None:
        self.request = request
        self._answer = AnswerFilter(required)
        self._said = ""
        self._generated = 0
        self._before = Timings()

    def take(self, output: TokenText) -> TokenText | None:
        """Note what the model said; the part of it that belongs to the answer."""
        self._said += output.text
        if output.timings is not None:
            self._generated = output.timings.generated
            output = dataclasses.replace(output, timings=self.cost(output.timings))
        return self._answer.push(output)

    def cost(self, turn: Timings) -> Timings:
        """The cost of all turns, the last one having cost ``turn`` so far."""
        before = self._before
        return Timings(
            cached=before.cached if before.evaluated else turn.cached,
            evaluated=before.evaluated + turn.evaluated,
            prefill_ms=before.prefill_ms + turn.prefill_ms,
            generated=before.generated + turn.generated,
            decode_ms=before.decode_ms + turn.decode_ms,
        )

    def go_on_from(self, turn: Timings, encode: Callable[[Sequence[Text]], list[int]]) -> None:
        """Plan the next turn after one that cost ``turn``.

        What the model had in hand but not said yet (half a character, the start of a stop string)
        it generates again.
        """
        request = self.request
        self._before = self.cost(dataclasses.replace(turn, generated=self._generated))
        said, self._said, self._generated = self._said, "", 0
        tokens = encode([Text(said)]) if said else []
        sampling = request.sampling
        self.request = dataclasses.replace(
            request,
            prompt=[*request.prompt, *tokens],
            required_start=request.required_start[len(said) :],
            sampling=dataclasses.replace(
                sampling, max_tokens=max(0, sampling.max_tokens - len(tokens))
            ),
        )


def _in_tokens(model: ResidentModel, request: GenerationRequest) -> tuple[TokenRequest, str]:
    """The request in tokens, and the text its output must start with."""
    tokenizer, sampling, required = model.tokenizer, request.sampling, ""
    if isinstance(request.prompt, Prompt):
        prompt = request.prompt
        ids, required = tokenizer.heal(prompt.pieces, prompt.required_start, sampling.stop)
    else:
        ids = tokenizer.encode(model.template.pieces(request.prompt), starts=True)
    if not ids:
        raise EngineRequestError("The prompt is empty.")
    if required and sampling.max_tokens > 0:
        extra = len(tokenizer.encode([Text(required)]))
        sampling = dataclasses.replace(sampling, max_tokens=sampling.max_tokens + extra)
    banned = tuple(tokenizer.clashing_controls(required)) if required else ()
    return (
        TokenRequest(
            ids,
            sampling,
            required,
            request.logprobs,
            copies_input=request.copies_input,
            banned=banned,
        ),
        required,
    )
