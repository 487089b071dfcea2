"""The parts of mlx-lm in use, with types. mlx-lm declares few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import mlx.core as mx
from mlx_lm.models import cache as mlx_cache
from mlx_lm.sample_utils import make_sampler
from mlx_lm.utils import (
    load_model,  # pyright: ignore[reportUnknownVariableType]  # its dict has no types
    maybe_set_recommended_wired_limit,
)

from cornerman.core.generation import SamplingParams

Sampler = Callable[[mx.array], mx.array]
"""Log-probabilities, the vocabulary along the last axis, to one token each."""


class Layer(Protocol):
    """Keys and values of one layer of a model."""

    @property
    def state(self) -> object:
        """All its arrays."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory in use."""
        ...

    def is_trimmable(self) -> bool:
        """Whether :meth:`trim` can take tokens back now."""
        ...

    def trim(self, n: int) -> int:
        """Forget the last ``n`` tokens."""
        ...


class Network(Protocol):
    """A model: tokens of shape (1, n) in, logits of shape (1, n, vocabulary) out."""

    def __call__(self, inputs: mx.array, cache: list[Layer]) -> mx.array:
        """Evaluate the tokens after those in ``cache`` and add them to it; lazy."""
        ...


def load_network(directory: Path) -> tuple[Network, list[int]]:
    """The model in ``directory`` and the ids of the tokens that end its output.

    Never runs code from the directory. Raises whatever the library does.
    """
    loaded = cast("tuple[Any, dict[str, Any]]", load_model(directory, trust_remote_code=False))
    network, config = loaded
    if not on_gpu():
        # A CPU has no arithmetic for half precision; emulating it is an order slower.
        network.set_dtype(mx.float32)
        evaluate(network.parameters())
    maybe_set_recommended_wired_limit()
    ends = cast("list[int] | int | None", config.get("eos_token_id"))
    if not isinstance(ends, list):
        ends = [] if ends is None else [ends]
    return cast("Network", network), ends


def new_layers(network: Network) -> list[Layer]:
    """An empty cache for ``network``."""
    return mlx_cache.make_prompt_cache(cast("Any", network))


def always_trimmable(layer: Layer) -> bool:
    """Whether a layer forgets exactly, however much it holds. A sliding window does not."""
    return type(layer) in (mlx_cache.KVCache, mlx_cache.ConcatenateKVCache)


def room_to_trim(layer: Layer) -> int | None:
    """How many more tokens a layer may take and still be trimmable; None for any number."""
    if always_trimmable(layer):
        return None
    if isinstance(layer, mlx_cache.RotatingKVCache):
        window = cast("Any", layer)
        return max(0, int(window.max_size - 1 - window.offset))
    return 0


def on_gpu() -> bool:
    """Whether models run on a GPU here."""
    return mx.default_device() == mx.gpu


def ids(tokens: Sequence[int]) -> mx.array:
    """Token ids as an array."""
    return mx.array(list(tokens))


def numbers(array: mx.array) -> list[float]:
    """The numbers in an array of one dimension."""
    return cast("list[float]", array.tolist())


def evaluate(*arrays: object) -> None:
    """Compute arrays, and all arrays within lists and dictionaries, now."""
    mx.eval(*arrays)  # pyright: ignore[reportUnknownMemberType]  # stub without types


def start_evaluating(*arrays: mx.array) -> None:
    """Compute arrays in the background."""
    mx.async_eval(*arrays)  # pyright: ignore[reportUnknownMemberType]  # stub without types


def sampler(sampling: SamplingParams) -> Sampler:
    """How the request wants tokens chosen; seeds the library's generator if it gives a seed."""
    if sampling.seed is not None:
        mx.random.seed(sampling.seed)
    choose = cast("Callable[..., Sampler]", make_sampler)
    return choose(temp=sampling.temperature, top_p=sampling.top_p)
