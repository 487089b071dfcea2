"""What the library has in its KV: it does not say, and a prompt's steps must not drop it."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.core.ends import common_start

_MOST = 64
# To bring a prompt back costs about as much as a few tokens.
_WORTH_IT = 32


class EvaluatedPrompts:
    """Token sequences in the order they were evaluated, the latest at the end.

    The library puts the earlier ones aside and forgets the oldest when memory is short. To take
    one for evaluated that it has forgotten would cost a late cancellation.
    """

    def __init__(self, parked_tokens: int) -> None:
        """``parked_tokens`` is how many the library keeps besides the latest sequence."""
        self._parked_tokens = parked_tokens
        self._sequences: list[Sequence[int]] = []

    def common(self, prompt: Sequence[int]) -> int:
        """How many tokens at the start of ``prompt`` need not be evaluated again."""
        return max((common_start(known, prompt) for known in self._sequences), default=0)

    def is_overlooked(self, prompt: Sequence[int]) -> bool:
        """True if more of ``prompt`` was put aside than is in use, where nobody looks for it.

        The library looks there only when less than half of what is in use goes on into a prompt.
        """
        last = self._sequences[-1] if self._sequences else ()
        kept = common_start(last, prompt)
        return 2 * kept >= len(last) and self.common(prompt) >= kept + _WORTH_IT

    def now(self, sequence: Sequence[int]) -> None:
        """The KV now holds ``sequence``.

        The one before was put aside, unless more than half of it went on into this one.
        """
        if self._sequences:
            last = self._sequences[-1]
            if 2 * common_start(last, sequence) > len(last):
                self._sequences.pop()
        self._sequences.append(sequence)
        del self._sequences[:-_MOST]
        while sum(map(len, self._sequences[:-1])) > self._parked_tokens:
            del self._sequences[0]
