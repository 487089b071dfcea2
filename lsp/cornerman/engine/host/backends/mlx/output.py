"""From the bytes of tokens to text that may be shown: whole characters, no stop strings."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field

from cornerman.engine.host.backends.base import TokenText


@dataclass(slots=True)
class _Held:
    """Text of whole tokens that is not shown yet."""

    text: str
    logprobs: list[float] = field(default_factory=list[float])


class OutputText:
    """Collects tokens and gives out their text as soon as it is certain.

    A character whose bytes are spread over tokens comes with its last one; a token that may
    begin a stop string waits for the next ones.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished: list[float] = []
        self._held: list[_Held] = []
        self.stopped = False

    def push(self, token: bytes, logprob: float | None = None) -> TokenText | None:
        """Take one token; what can be shown now, if anything.

        Once a stop string is complete, the text before it is the last there is and ``stopped``
        is true.
        """
        if logprob is not None:
            self._unfinished.append(logprob)
        text = self._decoder.decode(token)
        if not text:
            return None
        self._held.append(_Held(text, self._unfinished))
        self._unfinished = []
        joined = "".join(held.text for held in self._held)
        found = [at for at in map(joined.find, self._stops) if at >= 0]
        if found:
            self.stopped = True
            return self._release(min(found), cut=True)
        return self._release(len(joined) - self._possible_stop(joined))

    def flush(self) -> TokenText | None:
        """What is left when nothing more comes. Half a character is left out."""
        return self._release(sum(len(held.text) for held in self._held))

    def _possible_stop(self, text: str) -> int:
        """Length of the longest end of ``text`` that a stop string could begin with."""
        longest = max(map(len, self._stops), default=0)
        for length in range(min(longest - 1, len(text)), 0, -1):
            if any(stop.startswith(text[-length:]) for stop in self._stops):
                return length
        return 0

    def _release(self, length: int, *, cut: bool = False) -> TokenText | None:
        """The held tokens within the first ``length`` characters.

        With ``cut`` a token that only begins there is cut off; otherwise it stays held.
        """
        text, logprobs = "", list[float]()
        while self._held and len(text) < length:
            held = self._held[0]
            if len(text) + len(held.text) > length and not cut:
                break
            text = (text + held.text)[:length]
            logprobs += held.logprobs
            self._held.pop(0)
        return TokenText(text, tuple(logprobs)) if text else None
