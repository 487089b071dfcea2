"""What goes to the library and what comes back: requests and events of one generation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineRequestError, PromptTooLongError
from cornerman.core.generation import FinishReason, Timings
from cornerman.engine.host.backends.base import Finished, TokenRequest, TokenText

Event = dict[str, Any]

_NOTHING_YET = Timings()


def prefill_body(prompt: Sequence[int]) -> Event:
    """A request that evaluates a prompt and generates nothing."""
    return {"prompt": list(prompt), "max_tokens": 0, "stream": True, "cache_prompt": True}


def generation_body(request: TokenRequest) -> Event:
    """A request as the library takes it."""
    sampling = request.sampling
    body: Event = {
        "prompt": list(request.prompt),
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(sampling.stop),
        "stream": True,
        "timings_per_token": True,
        "cache_prompt": True,
        # Token ids come with probabilities only. Those of the tokens that sampling left over cost
        # nothing; those of the whole vocabulary cost a twentieth of the speed.
        "logprobs": 1,
        "post_sampling_probs": not request.logprobs,
    }
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if request.banned:
        body["logit_bias"] = [[token, False] for token in request.banned]
    if request.required_start:
        body["grammar"] = f'root ::= "{_escaped(request.required_start)}" .*'
    return body


class Receiver:
    """Takes the library's events of one generation.

    ``tokens`` are the ids it generated, as far as the library tells them.
    """

    def __init__(
        self,
        emit: Callable[[TokenText], None],
        cancel: CancellationToken,
        before: Timings = _NOTHING_YET,
        *,
        logprobs: bool = False,
    ) -> None:
        """``before`` is what the prefill has cost already."""
        self.tokens: list[int] = []
        self._emit = emit
        self._cancel = cancel
        self._before = before
        self._logprobs = logprobs
        self._error: BaseException | None = None
        self._reason: FinishReason | None = None
        self._timings = before

    def on_event(self, event: Event) -> bool:
        """Called by the library for each token; True stops it.

        The library swallows what is raised here, so it is kept for :meth:`finished`.
        """
        try:
            if not self._cancel.cancelled:
                self._take(event)
        except BaseException as error:
            self._error = error
        return self._error is not None or self._cancel.cancelled

    def finished(self) -> Finished:
        """How it ended; raises what went wrong."""
        if self._error is not None:
            raise self._error
        if self._reason is None and not self._cancel.cancelled:
            raise EngineRequestError("llama.cpp ended a generation without saying why.")
        return Finished(self._reason or FinishReason.CANCELLED, self._timings)

    def _take(self, event: Event) -> None:
        if "error" in event:
            raise _error(event["error"])
        if timings := event.get("timings"):
            self._timings = dataclasses.replace(
                self._before,
                cached=timings["cache_n"] - self._before.evaluated,
                evaluated=timings["prompt_n"] + self._before.evaluated,
                prefill_ms=timings["prompt_ms"] + self._before.prefill_ms,
                generated=timings["predicted_n"],
                decode_ms=timings["predicted_ms"],
            )
        choice = event["choices"][0]
        told: Event = choice.get("logprobs") or {}
        tokens: list[Event] = told.get("content") or []
        self.tokens += [token["id"] for token in tokens]
        if choice["finish_reason"]:
            is_length = choice["finish_reason"] == "length"
            self._reason = FinishReason.LENGTH if is_length else FinishReason.STOP
        if choice["text"]:
            logprobs = [token["logprob"] for token in tokens if self._logprobs]
            self._emit(TokenText(choice["text"], tuple(logprobs), self._timings))


def _escaped(text: str) -> str:
    """``text`` inside a GBNF string literal: every character that is not a plain one by its code.

    The library prints a grammar that it cannot parse, and with it the user's source code: one that
    holds nothing but letters, digits and codes always parses.
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text)


def _error(error: Event) -> EngineRequestError:
    """The library's error in our words: its own may quote what was generated."""
    if error.get("type") == "exceed_context_size_error":
        return too_long(int(error["n_prompt_tokens"]), int(error["n_ctx"]))
    return EngineRequestError(f"llama.cpp refused the request ({error.get('type')}).")


def too_long(prompt: int, context: int) -> PromptTooLongError:
    """The error for a prompt that does not fit, with both figures in tokens."""
    return PromptTooLongError(
        f"The prompt has {prompt} tokens, but the context window only {context}; "
        "send less text or raise engine.context_tokens."
    )
