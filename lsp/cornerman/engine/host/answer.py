"""Takes the required start off the front of the output."""

from __future__ import annotations

from cornerman.core.errors import EngineRequestError
from cornerman.engine.host.backends.base import TokenText


class AnswerFilter:
    """Passes on what comes after ``required``, wherever the borders of the pieces fall."""

    def __init__(self, required: str) -> None:
        self._missing = required

    def push(self, output: TokenText) -> TokenText | None:
        """The part of ``output`` that belongs to the answer; None when there is none.

        Log-probabilities go with their text; those of a token across the border stay.

        Raises:
            EngineRequestError: the output does not start with the required text.
        """
        if not self._missing:
            return output
        overlap = min(len(self._missing), len(output.text))
        if output.text[:overlap] != self._missing[:overlap]:
            raise EngineRequestError("The model did not continue the text before the cursor.")
        self._missing = self._missing[overlap:]
        rest = output.text[overlap:]
        return TokenText(rest, output.logprobs, output.timings) if rest else None
