"""The seam between the engine and a model library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import FinishReason, SamplingParams, Timings


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One generation in the model's own terms.

    ``prompt`` are token ids. The output is constrained to start with ``required_start``; that
    start is part of the output. ``slot`` names the KV cache to reuse (0-based). The tokens in
    ``banned`` are never generated. ``copies_input`` is true where the output repeats long
    stretches of the prompt: such a request may speculate by prompt lookup, which must not change
    greedy output.
    """

    prompt: Sequence[int]
    sampling: SamplingParams
    required_start: str = ""
    logprobs: bool = False
    slot: int = 0
    copies_input: bool = False
    banned: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class TokenText:
    """The text of one or more generated tokens; complete characters only.

    ``timings`` are the cost so far, this text included.
    """

    text: str
    logprobs: tuple[float, ...] = ()
    timings: Timings | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How a generation ended and what it cost."""

    reason: FinishReason
    timings: Timings


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """``context_tokens`` is the KV cache size; ``threads`` None means: choose for this machine.

    ``save_battery`` halves that choice on a machine that runs on its battery when it loads.
    ``parked_mib`` bounds the KV kept besides the one in use, ``kv_bytes_per_token`` tells how much
    that holds (0: not known). Without ``speculate``, ``copies_input`` is ignored, as memory is
    too short for what speculation needs.
    """

    context_tokens: int
    threads: int | None = None
    save_battery: bool = False
    parked_mib: int = 256
    kv_bytes_per_token: int = 0
    speculate: bool = True


class LoadedModel(Protocol):
    """A model in memory. Not thread-safe: one thread generates, one generation at a time."""

    backend: str

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        """Generate until a stop, the token limit or cancellation; blocks meanwhile.

        ``emit`` is called for each piece of output as it is made. ``cancel`` is observed within
        one token of decode and one chunk of prefill; what was evaluated stays in the KV cache.

        Raises:
            PromptTooLongError: the prompt does not fit the context window.
            EngineRequestError: the library failed; the model stays usable.
        """
        ...

    def close(self) -> None:
        """Free the memory. The model cannot be used afterwards."""
        ...


class Backend(Protocol):
    """A model library."""

    name: str

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        """Load a model file.

        Raises:
            EngineUnavailableError: the file cannot be loaded; the text says why.
        """
        ...
