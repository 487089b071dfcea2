"""Guesses what a model will generate next where its output copies its input."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_LONGEST_MATCH = 16
_MOST_PLACES = 64
# A changed word is over when the copy goes on within as many tokens, in source and output.
_LONGEST_CHANGE = 8
# Tokens to draft for each one in a row that was copied: a wrong draft is not free.
_TRUST = 3


class PromptLookup:
    """Finds where the last tokens stood before, and offers what followed there.

    It follows the place that is being copied. Where the output says something else, it waits for
    the copy to go on, and remembers the change: a word renamed once is renamed in later drafts.
    """

    def __init__(self, tokens: Iterable[int]) -> None:
        """``tokens`` are the prompt; generated tokens are added by :meth:`push`."""
        self._tokens: list[int] = []
        self._after_pair: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        # What is copied next, for how many tokens that went well, and what to expect from it:
        # tokens, each with the place in the source once it has come.
        self._source: int | None = None
        self._run = 0
        self._expected: deque[tuple[int, int]] = deque()
        # Output in place of what stands at the source, until the copy goes on after it.
        self._change: list[int] = []
        self._changes: dict[int, tuple[list[int], list[int]]] = {}
        for token in tokens:
            self._append(token)

    def push(self, token: int) -> None:
        """A token was generated."""
        if self._source is not None:
            self._follow(self._source, token)
        self._append(token)

    def draft(self, most: int) -> Sequence[int]:
        """At most ``most`` tokens that may come next; none without a clue."""
        place, length = self._best_match()
        if place is not None and (self._source is None or length > self._run):
            self._source, self._run, self._change = place, length, []
        if self._source is None:
            return ()
        # In the middle of a change, the best guess is one word for another.
        start = self._source + (1 if self._change else 0)
        walk = self._walk(start)
        plan = list(islice(walk, min(most, _TRUST * self._run)))
        self._expected = deque() if self._change else deque(plan)
        return [token for token, _ in plan]

    def _append(self, token: int) -> None:
        # The place after the last pair becomes known only with the token that stands there, so
        # that a text never matches itself at its own end.
        if len(self._tokens) >= 2:
            self._after_pair[self._tokens[-2], self._tokens[-1]].append(len(self._tokens))
        self._tokens.append(token)

    def _follow(self, source: int, token: int) -> None:
        """Move along the source with a token of the output."""
        if not self._change:
            expected = (
                self._expected.popleft() if self._expected else next(self._walk(source), None)
            )
            if expected is None:
                self._lose()
            elif expected[0] == token:
                self._source = expected[1]
                self._run += 1
            elif self._tokens[source] == token:
                # Unchanged for once.
                self._changes.pop(token, None)
                self._source = source + 1
                self._expected.clear()
            else:
                self._change = [token]
                self._expected.clear()
            return
        place = self._resumed(source, token)
        if place is not None:
            old = self._tokens[source:place]
            self._changes[old[0]] = old, self._change
            self._source, self._change = place + 1, []
        elif len(self._change) < _LONGEST_CHANGE:
            self._change.append(token)
        else:
            self._lose()

    def _lose(self) -> None:
        self._source, self._run, self._change = None, 0, []
        self._expected.clear()

    def _resumed(self, source: int, token: int) -> int | None:
        """Where the source goes on after the change; where it is as long as the change, if so."""
        places = range(source + 1, min(source + 1 + _LONGEST_CHANGE, len(self._tokens)))
        same = source + len(self._change)
        return min(
            (place for place in places if self._tokens[place] == token),
            key=lambda place: abs(place - same),
            default=None,
        )

    def _walk(self, place: int) -> Iterator[tuple[int, int]]:
        """The source from ``place`` on with all known changes, and the place after each token."""
        while place < len(self._tokens):
            old, new = self._changes.get(self._tokens[place], ([], []))
            after = place + len(old)
            if not old or self._tokens[place:after] != old:
                old, new, after = [self._tokens[place]], [self._tokens[place]], place + 1
            for token in new[:-1]:
                yield token, place
            yield new[-1], after
            place = after

    def _best_match(self) -> tuple[int | None, int]:
        """Where the longest match of the last tokens ends, and its length; the latest of equals."""
        if len(self._tokens) < 2:
            return None, 0
        places = self._after_pair[self._tokens[-2], self._tokens[-1]][-_MOST_PLACES:]
        return max(
            ((p, self._match_length(p)) for p in places), key=_length_first, default=(None, 0)
        )

    def _match_length(self, place: int) -> int:
        length, end = 2, len(self._tokens)
        while (
            length < min(_LONGEST_MATCH, place)
            and self._tokens[place - 1 - length] == self._tokens[end - 1 - length]
        ):
            length += 1
        return length


def _length_first(match: tuple[int, int]) -> tuple[int, int]:
    place, length = match
    return length, place
