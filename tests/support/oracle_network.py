"""A network for the MLX backend that says what it is told to, and computes nothing.

It keeps the tokens themselves in the library's own caches and reads the text so far back from
there, so a cache that is trimmed or reused wrongly changes what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models.cache import KVCache

from cornerman.engine.host.backends.mlx.library import Layer, numbers

Oracle = Callable[[Sequence[int]], int]
"""The tokens so far to the next one."""


class OracleNetwork:
    """Says ``oracle`` of the text so far; ``calls`` are the numbers of tokens of each call."""

    def __init__(self, vocabulary_size: int, oracle: Oracle) -> None:
        self.calls: list[int] = []
        self._size = vocabulary_size
        self.oracle = oracle

    def make_cache(self) -> list[Layer]:
        """An empty cache; the library asks for it."""
        return [KVCache()]

    def __call__(self, inputs: mx.array, cache: list[Layer]) -> mx.array:
        """Logits of 8 for what the oracle says, and 0 for all else."""
        count = inputs.shape[1]
        self.calls.append(count)
        tokens = mx.expand_dims(inputs.astype(mx.float32), (1, 3))
        keys, _ = cast("Any", cache[0]).update_and_fetch(tokens, tokens)
        history = [int(token) for token in numbers(keys[0, 0, :, 0])]
        ends = range(len(history) - count + 1, len(history) + 1)
        said = mx.array([self.oracle(history[:end]) for end in ends])
        return 8.0 * (mx.arange(self._size)[None] == said[:, None])[None].astype(mx.float32)
