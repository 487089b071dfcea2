"""How fast a model is, as its own requests show."""

from __future__ import annotations

from cornerman.core.generation import Timings

# Fewer tokens say more about the moment than about the machine.
_TELLING_TOKENS = 8


class Speed:
    """Tokens a second in prefill and decode, 0 until measured; and the tokens of the last KV."""

    def __init__(self) -> None:
        self.prefill = 0.0
        self.decode = 0.0
        self.kv_tokens = 0

    def observe(self, cost: Timings) -> None:
        """A generation has cost this."""
        self.kv_tokens = cost.cached + cost.evaluated + cost.generated
        if cost.evaluated >= _TELLING_TOKENS and cost.prefill_ms > 0:
            self.prefill = 1000 * cost.evaluated / cost.prefill_ms
        if cost.generated >= _TELLING_TOKENS:
            self.decode = cost.tokens_per_second
