"""How sure a model is of what it suggests, and how much of it is therefore offered unasked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import exp


class Asking(Enum):
    """Why something is suggested: between two keys, to somebody who pauses, or because asked."""

    TYPING = "typing"
    PAUSING = "pausing"
    INVOKED = "invoked"


@dataclass(frozen=True, slots=True)
class Certainty:
    """The tokens of a suggestion: where each starts in its text, and how likely it was.

    ``logprobs`` are natural logarithms; without any the model is taken to be sure. The first
    ``sure`` characters may be offered unasked, and all of a rest that is likely enough: ``least``
    is the logarithm of how likely it has to be. In a pause it is ``sure_pausing`` and
    ``least_pausing``.
    """

    starts: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    sure: int = 0
    least: float = float("-inf")
    sure_pausing: int = 0
    least_pausing: float = float("-inf")

    def of(self, first: int, last: int) -> float:
        """Logarithm of the probability that the text is right from ``first`` to ``last``.

        A token that is typed half counts as right: what it was is known by then.
        """
        pairs = zip(self.starts, self.logprobs, strict=True)
        return sum(logprob for start, logprob in pairs if first <= start < last)

    def shown_until(self, length: int, typed: int, asking: Asking) -> int:
        """Where what is offered of ``length`` characters ends once ``typed`` of them are there.

        Not behind ``typed`` if nothing is to be offered.
        """
        least, sure = self.least, self.sure
        if asking is Asking.PAUSING:
            least, sure = self.least_pausing, max(self.sure, self.sure_pausing)
        if asking is Asking.INVOKED or self.of(typed, length) >= least:
            return length
        return max(sure, typed)

    def probability(self, first: int, last: int) -> float | None:
        """The probability that the text is right from ``first`` to ``last``; None if not told."""
        return exp(self.of(first, last)) if self.logprobs else None


ALL = Certainty()
"""Of a suggestion that nothing is known about: it is offered as a whole."""
