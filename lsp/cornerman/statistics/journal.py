"""What is noted down about completions. Nothing here can hold source code or a file's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request for a completion ended. ``reason`` is "" when something was suggested.

    ``source`` says where a suggestion came from: ``engine`` or ``memory``.
    """

    language: str
    model: str
    is_automatic: bool
    source: str
    reason: str
    total_ms: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion that was shown, once however much of it is typed by hand.

    ``probability`` is how likely the model took it to be right; None if it did not tell.
    """

    id: str
    language: str
    model: str
    is_automatic: bool
    characters: int
    probability: float | None = None


class Journal(Protocol):
    """Takes notes. Never raises and never waits for a disk."""

    def answered(self, answer: Answer) -> None:
        """Note the end of a request."""
        ...

    def shown(self, shown: Shown) -> None:
        """Note a suggestion."""
        ...

    def accepted(self, suggestion_id: str, characters: int) -> None:
        """Note that the user took so many characters of a suggestion, in total."""
        ...

    def kept(self, suggestion_id: str, *, is_kept: bool) -> None:
        """Note whether what was taken was still there a while later."""
        ...

    async def aclose(self) -> None:
        """Finish writing."""
        ...
