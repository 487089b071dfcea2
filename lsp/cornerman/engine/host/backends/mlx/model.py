"""A model in memory: one generation at a time, each reusing what was evaluated before."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import mlx.core as mx

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import CornermanError, EngineRequestError, PromptTooLongError
from cornerman.core.generation import FinishReason, Timings
from cornerman.engine.host.backends.base import Finished, TokenRequest, TokenText
from cornerman.engine.host.backends.mlx.cache import KvCache, KvPool
from cornerman.engine.host.backends.mlx.decoding import Choice, Decoder, Speculation
from cornerman.engine.host.backends.mlx.library import Network, evaluate, ids, new_layers, on_gpu
from cornerman.engine.host.backends.mlx.output import OutputText
from cornerman.engine.host.backends.mlx.vocabulary import Vocabulary
from cornerman.engine.host.backends.step import StepSize

# Prompts put aside when another one takes their slot: enough for a few files to take turns.
_PARKED_BYTES = 256 << 20
# Seconds per step of prefill: most of the time in which a cancellation must be seen.
_STEP_ON_GPU, _STEP_ON_CPU = 0.035, 0.15
_LARGEST_STEP = 2048
# The end of a prompt changes with every key; what stands before these tokens does not.
_VOLATILE_TOKENS = 64


class MlxModel:
    """See :class:`LoadedModel`. ``last_speculation`` tells how drafts fared in the last run."""

    backend = "mlx"

    def __init__(self, network: Network, vocabulary: Vocabulary, context_tokens: int) -> None:
        self.last_speculation = Speculation()
        self._network: Network | None = network
        self._vocabulary = vocabulary
        self._context = context_tokens
        self._pool = KvPool(lambda: new_layers(network), _PARKED_BYTES)
        self._step = StepSize(_STEP_ON_GPU if on_gpu() else _STEP_ON_CPU, _LARGEST_STEP)

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        """Generate; see :class:`LoadedModel`."""
        network = self._network
        if network is None or not request.prompt:
            raise EngineRequestError("There is no model or no prompt to generate from; try again.")
        if len(request.prompt) >= self._context:
            raise PromptTooLongError(
                f"The prompt has {len(request.prompt)} tokens, but the context window only "
                f"{self._context}; send less text or raise engine.context_tokens."
            )
        kv = self._pool.take(request.slot, request.prompt)
        try:
            return self._generate(network, kv, request, emit, cancel)
        except Exception:
            self._pool.forget(kv)
            raise

    def close(self) -> None:
        """Free the weights and every cache."""
        self._network = None
        self._pool = KvPool(list, 0)
        mx.clear_cache()

    def _generate(
        self,
        network: Network,
        kv: KvCache,
        request: TokenRequest,
        emit: Callable[[TokenText], None],
        cancel: CancellationToken,
    ) -> Finished:
        meter = _Meter(len(request.prompt), len(kv.tokens))
        with _library_errors():
            self._prefill(network, kv, request, cancel)
        limit = min(request.sampling.max_tokens, self._context - len(request.prompt))
        if cancel.cancelled or limit <= 0:
            reason = FinishReason.CANCELLED if cancel.cancelled else FinishReason.LENGTH
            return Finished(reason, meter.before_first_token(len(kv.tokens)))
        decoder = Decoder(network, self._vocabulary, kv, request)
        run = _Run(self._vocabulary, OutputText(request.sampling.stop), meter, emit, cancel)
        reason = run.through(_with_library_errors(decoder.tokens(limit)))
        self.last_speculation = decoder.speculation
        with _library_errors():
            mx.clear_cache()
        return Finished(reason, meter.timings())

    def _prefill(
        self, network: Network, kv: KvCache, request: TokenRequest, cancel: CancellationToken
    ) -> None:
        """Evaluate the prompt but for its last token, until cancelled."""
        end = len(request.prompt) - 1
        volatile = max(end - _VOLATILE_TOKENS, 0)
        while len(kv.tokens) < end and not cancel.cancelled:
            start = len(kv.tokens)
            border = volatile if start < volatile else end
            chunk = request.prompt[start : min(start + self._step.tokens, border)]
            began = time.perf_counter()
            network(ids(chunk)[None], kv.layers)
            evaluate([layer.state for layer in kv.layers])
            self._step.observe(len(chunk), time.perf_counter() - began)
            kv.tokens += chunk
            if len(kv.tokens) in (volatile, end):
                kv.checkpoint()


class _Meter:
    """Measures one generation."""

    def __init__(self, prompt_length: int, cached: int) -> None:
        self._prompt_length = prompt_length
        self._cached = cached
        self._generated = 0
        self._started = self._first_token = time.perf_counter()

    def token(self) -> None:
        """A token was generated."""
        if not self._generated:
            self._first_token = time.perf_counter()
        self._generated += 1

    def before_first_token(self, evaluated: int) -> Timings:
        """The cost until now, with so many tokens of the prompt evaluated or reused."""
        prefill_ms = 1000 * (time.perf_counter() - self._started)
        return Timings(self._cached, evaluated - self._cached, prefill_ms)

    def timings(self) -> Timings:
        """The cost until now, after the first token."""
        prefill_ms = 1000 * (self._first_token - self._started)
        decode_ms = 1000 * (time.perf_counter() - self._first_token)
        evaluated = self._prompt_length - self._cached
        return Timings(self._cached, evaluated, prefill_ms, self._generated, decode_ms)


class _Run:
    """Takes the tokens of one generation until it ends."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        output: OutputText,
        meter: _Meter,
        emit: Callable[[TokenText], None],
        cancel: CancellationToken,
    ) -> None:
        self._vocabulary = vocabulary
        self._output = output
        self._meter = meter
        self._emit = emit
        self._cancel = cancel

    def through(self, tokens: Iterator[Choice]) -> FinishReason:
        """Pass on the text of ``tokens``; why it ended."""
        for token, logprob in tokens:
            self._meter.token()
            if self._cancel.cancelled:
                return FinishReason.CANCELLED
            # A control token has no text, and what a model says after one is not for the user.
            if self._vocabulary.is_control(token):
                self._pass_on(self._output.flush())
                return FinishReason.STOP
            self._pass_on(self._output.push(self._vocabulary.bytes_of(token), logprob))
            if self._output.stopped:
                return FinishReason.STOP
        self._pass_on(self._output.flush())
        return FinishReason.LENGTH

    def _pass_on(self, text: TokenText | None) -> None:
        if text is not None:
            self._emit(replace(text, timings=self._meter.timings()))


def _with_library_errors(tokens: Iterator[Choice]) -> Iterator[Choice]:
    while True:
        with _library_errors():
            choice = next(tokens, None)
        if choice is None:
            return
        yield choice


@contextmanager
def _library_errors() -> Generator[None]:
    try:
        yield
    except CornermanError:
        raise
    except Exception as error:  # the library declares none
        raise EngineRequestError(
            f"MLX failed while it generated ({type(error).__name__}); try again, with a smaller "
            "model if memory is short."
        ) from error
