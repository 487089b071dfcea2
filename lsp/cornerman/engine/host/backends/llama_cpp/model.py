"""A model in memory: one generation at a time, on KV that stays warm."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import FinishReason, Timings
from cornerman.engine.host.backends.base import Finished, LoadOptions, TokenRequest, TokenText
from cornerman.engine.host.backends.llama_cpp.events import (
    Event,
    Receiver,
    generation_body,
    prefill_body,
    too_long,
)
from cornerman.engine.host.backends.llama_cpp.library import LARGEST_STEP, open_server
from cornerman.engine.host.backends.llama_cpp.prompts import EvaluatedPrompts
from cornerman.engine.host.backends.step import StepSize

# A cancellation is seen between two steps of prefill, and a completion that arrives meanwhile
# should start within 200 ms.
_STEP_SECONDS = 0.12
# On a busy machine every step has to wait for its threads: smaller ones would do little else.
_SMALLEST_STEP = 12
# Of one token, in a model of ten times the usual size.
_LARGE_KV_BYTES = 1 << 18


class LlamaModel:
    """See :class:`LoadedModel`."""

    backend = "llama.cpp"

    def __init__(self, path: Path, options: LoadOptions) -> None:
        self._path = path
        self._options = options
        self._plain = _Lane(open_server(path, options), options.context_tokens, _parked(options))
        self._copying: _Lane | None = None

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        """Generate; see :class:`LoadedModel`."""
        return self._lane(request).generate(request, emit, cancel)

    def close(self) -> None:
        """Stop the library's threads and free the model."""
        for lane in (self._plain, self._copying):
            if lane is not None:
                lane.close()
        self._copying = None

    def _lane(self, request: TokenRequest) -> _Lane:
        """Speculation is a matter of the library's whole server: requests that copy have one."""
        # The library cannot guess tokens under a constraint.
        if not request.copies_input or not self._options.speculate or request.required_start:
            return self._plain
        if self._copying is None:
            server = open_server(self._path, self._options, speculate=True)
            self._copying = _Lane(server, self._options.context_tokens, parked_tokens=0)
        return self._copying


class _Lane:
    """One server of the library and what is in its KV."""

    def __init__(self, server: Any, context: int, parked_tokens: int) -> None:
        self._server: Any = server
        self._context = context
        self._used = False
        self._evaluated = EvaluatedPrompts(parked_tokens)
        self._step = StepSize(_STEP_SECONDS, LARGEST_STEP, _SMALLEST_STEP)

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        if len(request.prompt) >= self._context:
            raise too_long(len(request.prompt), self._context)
        self._used = True
        if self._evaluated.is_overlooked(request.prompt):
            self._put_aside(request.prompt)
        before = self._prefill(request, cancel)
        if cancel.cancelled:
            return Finished(FinishReason.CANCELLED, before)
        receiver = Receiver(emit, cancel, before, logprobs=request.logprobs)
        try:
            self._server.handle_completions(generation_body(request), receiver.on_event)
        finally:
            self._evaluated.now([*request.prompt, *receiver.tokens])
        return receiver.finished()

    def close(self) -> None:
        if not self._used and self._server is not None:
            # Closed before it has done anything, the library can wait for itself for ever.
            self._server.handle_completions({"prompt": [0], "max_tokens": 1})
        self._server = None

    def _put_aside(self, prompt: Sequence[int]) -> None:
        """Have the library put aside what is in use, so that it looks for ``prompt`` there.

        It does so for a prompt that has nothing in common with either.
        """
        other = [next(token for token in range(2) if token != prompt[0])]
        self._server.handle_completions(prefill_body(other), _never_stop)
        self._evaluated.now(other)

    def _prefill(self, request: TokenRequest, cancel: CancellationToken) -> Timings:
        """Evaluate the prompt, but for the last step, in steps short enough to be cancelled.

        The library cannot be stopped in a step, so that each one is a request of its own. It
        drops from the KV what a request does not start with: steps begin where it ends.
        """
        done = self._evaluated.common(request.prompt)
        total = Timings()
        while len(request.prompt) - done > self._step.tokens and not cancel.cancelled:
            done += self._step.tokens
            step = Receiver(_ignore, CancellationToken())
            started = time.perf_counter()
            self._server.handle_completions(prefill_body(request.prompt[:done]), step.on_event)
            cost = step.finished().timings
            self._evaluated.now(request.prompt[:done])
            self._step.observe(cost.evaluated, time.perf_counter() - started)
            total = replace(
                total,
                cached=total.cached if total.evaluated else cost.cached,
                evaluated=total.evaluated + cost.evaluated,
                prefill_ms=total.prefill_ms + cost.prefill_ms,
            )
        return total


def _parked(options: LoadOptions) -> int:
    """How many tokens the library keeps besides those in use; a careful guess if not known."""
    bytes_per_token = options.kv_bytes_per_token or _LARGE_KV_BYTES
    return (options.parked_mib << 20) // bytes_per_token


def _never_stop(_: Event) -> bool:
    return False


def _ignore(_: TokenText) -> None:
    """A step of prefill has no output."""
