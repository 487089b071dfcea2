"""What was suggested before, and when it can be suggested again: pure values, no engine.

While the user types what a suggestion said, takes it back and types it again, or while an editor
closes brackets behind the cursor, the rest of the suggestion still holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cornerman.core.certainty import ALL, Asking, Certainty
from cornerman.core.completions import Completion
from cornerman.core.documents import DocumentSnapshot

# What a prompt can depend on: no window reaches further than this from the cursor.
REACH_LEFT = 16_000
REACH_RIGHT = 6_000

# Enough of the text left of a cursor to find few places like it.
_TAIL = 32
# Editors close no more brackets than this behind the cursor.
_MOST_CLOSERS = 8
_CLOSER_OF = {"(": ")", "[": "]", "{": "}"}
_QUOTES = "\"'`"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed at a place since, and the closers that the editor put behind it."""

    text: str
    closers: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a document, known by all that a prompt can depend on.

    That is the text around it as far as it is shown, and what is shown ``beside`` it.
    """

    uri: str
    left: str
    right: str
    is_near_start: bool
    is_near_end: bool
    beside: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, snapshot: DocumentSnapshot, offset: int, beside: frozenset[str] = frozenset()
    ) -> Place:
        """The place at ``offset``."""
        text = snapshot.text
        return cls(
            snapshot.uri,
            text[max(offset - REACH_LEFT, 0) : offset],
            text[offset : offset + REACH_RIGHT],
            is_near_start=offset <= REACH_LEFT,
            is_near_end=len(text) - offset <= REACH_RIGHT,
            beside=beside,
        )

    def agrees_with(self, beside: frozenset[str]) -> bool:
        """True if ``beside`` still says what was shown; more may have come to it.

        Where nothing was shown, something makes a difference.
        """
        return self.beside == beside or (bool(self.beside) and self.beside < beside)

    def typed(self, snapshot: DocumentSnapshot, offset: int, length: int) -> Typed | None:
        """The ``length`` characters left of ``offset``, if they are all that is new here."""
        start = offset - length
        if start < 0 or snapshot.uri != self.uri or not self._has_left(snapshot.text, start):
            return None
        text = snapshot.text[start:offset]
        for closers in dict.fromkeys((missing_closers(text), "")):
            is_closed = snapshot.text.startswith(closers, offset)
            if is_closed and self._has_right(snapshot.text, offset + len(closers)):
                return Typed(text, closers)
        return None

    def may_end_at(self, text: str, offset: int) -> bool:
        """False if what stands right of the place is not to be found at ``offset`` any more."""
        return any(self._has_right(text, offset + extra) for extra in range(_MOST_CLOSERS + 1))

    def starts(self, text: str, first: int, last: int) -> Iterator[int]:
        """Offsets from ``first`` to ``last`` that this place can have now, in order.

        In a text that repeats itself, most of it has been typed: the first one is the best.
        """
        tail = self.left[-_TAIL:]
        found = text.find(tail, max(first - len(tail), 0), last)
        while found >= 0:
            yield found + len(tail)
            found = text.find(tail, found + 1, last)

    def _has_left(self, text: str, start: int) -> bool:
        if self.is_near_start and start != len(self.left):
            return False
        return start >= len(self.left) and text.startswith(self.left, start - len(self.left))

    def _has_right(self, text: str, end: int) -> bool:
        if self.is_near_end and len(text) - end != len(self.right):
            return False
        return text.startswith(self.right, end)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion at the place it was made for.

    ``text`` is inserted at the cursor and replaces ``replaced`` characters right of it. ``id``
    stays the same however much of it is typed; ``alternatives`` are other texts for the place.
    ``certainty`` says how much of ``text`` is offered unasked. One that ``is_cut`` is not all
    that the model has to say, and not what somebody gets who asks.
    """

    id: str
    place: Place
    text: str
    replaced: int
    model: str
    alternatives: tuple[str, ...] = ()
    certainty: Certainty = ALL
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is left of a suggestion at another cursor: nothing if the model was too unsure.

    ``probability`` is that of the first of its completions; None if it was not told.
    """

    suggestion: Suggestion
    completions: tuple[Completion, ...]
    probability: float | None = None


def rest_at(
    suggestion: Suggestion,
    snapshot: DocumentSnapshot,
    offset: int,
    asking: Asking = Asking.INVOKED,
    beside: frozenset[str] = frozenset(),
) -> Recollection | None:
    """What is left of ``suggestion`` at ``offset``; None if it does not hold there any more.

    ``beside`` is what is shown of other files now. Unless it was asked for, no more is offered
    than the model was sure of.
    """
    place, text = suggestion.place, snapshot.text
    if place.uri != snapshot.uri or not place.may_end_at(text, offset):
        return None
    if not place.agrees_with(beside) or (suggestion.is_cut and asking is Asking.INVOKED):
        return None
    candidates = (suggestion.text, *suggestion.alternatives)
    for start in place.starts(text, offset - max(map(len, candidates)) + 1, offset):
        length = offset - start
        head = text[start:offset]
        fitting = [c for c in candidates if len(c) > length and c.startswith(head)]
        typed = place.typed(snapshot, offset, length) if fitting else None
        if typed is not None:
            return _recollected(suggestion, fitting, typed, snapshot, offset, asking)
    return None


def _recollected(
    suggestion: Suggestion,
    fitting: list[str],
    typed: Typed,
    snapshot: DocumentSnapshot,
    offset: int,
    asking: Asking,
) -> Recollection | None:
    rests: dict[Completion, None] = {}
    probability: float | None = None
    for candidate in fitting:
        end, length = len(candidate), len(typed.text)
        if candidate == suggestion.text:
            known = suggestion.certainty
            end = known.shown_until(end, length, asking)
            probability = known.probability(length, end)
        if end == len(candidate):
            rests[_rest(candidate, suggestion.replaced, typed, offset)] = None
        elif end > length:
            rests[Completion(candidate[length:end], offset, offset)] = None
    new = tuple(rest for rest in rests if rest.text != snapshot.text[rest.start : rest.end])
    return Recollection(suggestion, new, probability) if new or not rests else None


def _rest(text: str, replaced: int, typed: Typed, offset: int) -> Completion:
    """``text`` without what was typed; it replaces the closers that the editor has added.

    Where it ends with just these closers they stay instead, because what is purely inserted is
    drawn better by editors.
    """
    rest = text[len(typed.text) :]
    if typed.closers and not replaced and rest.endswith(typed.closers):
        shorter = rest[: -len(typed.closers)]
        if shorter and "\n" not in rest:
            return Completion(shorter, offset, offset)
    return Completion(rest, offset, offset + len(typed.closers) + replaced)


@dataclass(frozen=True, slots=True)
class Memory:
    """The latest suggestions, the newest first; at most ``capacity``."""

    capacity: int = 64
    suggestions: tuple[Suggestion, ...] = ()

    def plus(self, suggestion: Suggestion) -> Memory:
        """This memory with one more suggestion, in place of others for the same place."""
        older = tuple(s for s in self.suggestions if s.place != suggestion.place)
        return replace(self, suggestions=(suggestion, *older)[: self.capacity])

    def without(self, uri: str) -> Memory:
        """This memory with nothing about a document."""
        others = tuple(s for s in self.suggestions if s.place.uri != uri)
        return replace(self, suggestions=others)

    def recall(
        self,
        snapshot: DocumentSnapshot,
        offset: int,
        asking: Asking = Asking.INVOKED,
        beside: frozenset[str] = frozenset(),
    ) -> Recollection | None:
        """The newest suggestion that still holds at ``offset``; see :func:`rest_at`."""
        found = (rest_at(known, snapshot, offset, asking, beside) for known in self.suggestions)
        return next((rest for rest in found if rest is not None), None)


def still_fits(
    place: Place, so_far: str, snapshot: DocumentSnapshot, offset: int, length: int
) -> bool:
    """True if a stream for ``place`` that said ``so_far`` can still become what is typed.

    ``length`` is the number of characters typed since, left of ``offset``.
    """
    typed = place.typed(snapshot, offset, length)
    return typed is not None and (so_far.startswith(typed.text) or typed.text.startswith(so_far))


def missing_closers(text: str) -> str:
    """The brackets and the quote that ``text`` leaves open, as an editor would close them."""
    closers: list[str] = []
    quote = ""
    is_escaped = False
    for char in text:
        if quote:
            quote = "" if char == quote and not is_escaped else quote
            is_escaped = char == "\\" and not is_escaped
        elif char in _QUOTES:
            quote = char
        elif char in _CLOSER_OF:
            closers.append(_CLOSER_OF[char])
        elif closers and char == closers[-1]:
            closers.pop()
    return quote + "".join(reversed(closers))
