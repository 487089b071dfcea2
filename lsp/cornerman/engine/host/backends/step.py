"""How many tokens of a prompt to evaluate at a time."""

from __future__ import annotations

_FIRST = 16


class StepSize:
    """Tokens per step of prefill, so that a step takes a given time.

    A cancellation is seen between steps: the time is how long that may take, at most.
    """

    def __init__(self, seconds: float, largest: int, smallest: int = 1) -> None:
        """``seconds`` is the time a step should take; the others bound its tokens."""
        self._seconds = seconds
        self._largest = largest
        self._smallest = smallest
        self.tokens = _FIRST

    def observe(self, tokens: int, seconds: float) -> None:
        """A step of ``tokens`` took ``seconds``."""
        if 2 * tokens < self.tokens:
            return  # the last bit of a prompt says little about speed
        fitting = int(tokens * self._seconds / max(seconds, 1e-6))
        # Larger steps are faster per token, so the right size is approached from below.
        self.tokens = max(self._smallest, min(fitting, 2 * self.tokens, self._largest))
