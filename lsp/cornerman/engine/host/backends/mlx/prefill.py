"""How much of a prompt to evaluate at a time."""

from __future__ import annotations

_FIRST, _LARGEST = 16, 2048


class ChunkSize:
    """Tokens per step of prefill, so that a step takes a given time.

    Cancellation is seen between steps: the time is how long it may take, at most.
    """

    def __init__(self, seconds: float) -> None:
        """``seconds`` is the time a step should take."""
        self._seconds = seconds
        self.tokens = _FIRST

    def observe(self, tokens: int, seconds: float) -> None:
        """A step of ``tokens`` took ``seconds``."""
        if 2 * tokens < self.tokens:
            return  # the last bit of a prompt says little about speed
        fitting = int(tokens * self._seconds / max(seconds, 1e-6))
        # Larger steps are faster per token, so the right size is approached from below.
        self.tokens = max(1, min(fitting, 2 * self.tokens, _LARGEST))
