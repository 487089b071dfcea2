"""Asking a loaded model, without the engine around it."""

from __future__ import annotations

from dataclasses import dataclass

from cornerman.core.cancellation import CancellationToken
from cornerman.engine.host.backends.base import Finished, LoadedModel, TokenRequest, TokenText


@dataclass(frozen=True)
class Answer:
    """All that a model has said to one request."""

    text: str
    logprobs: tuple[float, ...]
    finished: Finished


def answer(
    model: LoadedModel, asked: TokenRequest, cancel: CancellationToken | None = None
) -> Answer:
    parts: list[TokenText] = []
    finished = model.generate(asked, parts.append, cancel or CancellationToken())
    logprobs = tuple(logprob for part in parts for logprob in part.logprobs)
    return Answer("".join(part.text for part in parts), logprobs, finished)


def cancelled_after(
    model: LoadedModel, asked: TokenRequest, count: int
) -> tuple[list[str], Finished]:
    """What still comes when a request is cancelled as its piece of that number comes."""
    cancel, parts = CancellationToken(), list[str]()

    def take(part: TokenText) -> None:
        parts.append(part.text)
        if len(parts) == count:
            cancel.cancel()

    finished = model.generate(asked, take, cancel)
    return parts, finished


class CancelAt(CancellationToken):
    """Cancelled from the ``polls``-th look at it on."""

    def __init__(self, polls: int) -> None:
        super().__init__()
        self._left = polls

    @property
    def cancelled(self) -> bool:
        self._left -= 1
        if self._left <= 0:
            self.cancel()
        return super().cancelled
