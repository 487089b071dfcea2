"""Reading a model's stream until a suggestion is complete."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Timings,
)
from cornerman.core.site import CompletionSite, Extent
from cornerman.engine.stream import Engine
from cornerman.postprocess.confidence import Scored
from cornerman.postprocess.doubt import Doubt, ending
from cornerman.postprocess.extent import complete_length, cut_short
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.syntax_gate import syntax_gate
from cornerman.settings import CompletionSettings

# What is there by then is shown, rather than nothing at the deadline.
_SHARE_OF_DEADLINE = 0.8


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a stream is cut at the latest: tokens, and a time of ``time.perf_counter``.

    ``line_tokens`` hold for a suggestion that is still on its first line. A block of whole lines
    is shown after ``block_seconds`` of output, so that somebody who pauses sees it in time.
    """

    line_tokens: int
    tokens: int
    time: float
    block_seconds: float

    @classmethod
    def of(cls, site: CompletionSite, settings: CompletionSettings, started: float) -> Limits:
        """The limits at ``site`` of a completion that was ``started`` at that time."""
        is_line = site.extent is Extent.LINE
        return cls(
            settings.max_line_tokens if is_line else settings.max_block_tokens,
            settings.max_block_tokens,
            started + settings.deadline_ms / 1000 * _SHARE_OF_DEADLINE,
            settings.block_time_ms / 1000 if not is_line else float("inf"),
        )

    def cut(
        self, text: str, tokens: int, first_output: float, site: CompletionSite
    ) -> str | Rejected | None:
        """What ``text``, made of about so many ``tokens``, must do as; None if it may go on.

        Time alone cuts behind whole lines only: the rest of a line is a few tokens away.
        """
        now = time.perf_counter()
        is_one_line = "\n" not in text.strip()
        if tokens >= (self.line_tokens if is_one_line else self.tokens):
            return cut_short(text, site)
        is_late = now > self.time or now - first_output > self.block_seconds
        shortened = cut_short(text, site) if is_late and not is_one_line else None
        return None if isinstance(shortened, Rejected) else shortened


@dataclass(frozen=True, slots=True)
class Raw:
    """What came of a stream; ``scored`` are its pieces with their log-probabilities.

    It ``is_cut`` if it was ended because the model was unsure how to go on.
    """

    text: str | Rejected
    scored: tuple[Scored, ...]
    timings: Timings | None
    is_cut: bool = False


async def generate(
    engine: Engine,
    request: GenerationRequest,
    site: CompletionSite,
    limits: Limits,
    on_text: Callable[[str], None],
    doubt: Doubt | None = None,
) -> Raw:
    """Read the stream until the syntax says that the suggestion is complete, then close it.

    With ``doubt`` it also ends where the model is unsure of the next word.
    """
    pieces: list[Chunk] = []
    text = ""
    timings: Timings | None = None
    first_output = 0.0
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            first_output = first_output or time.perf_counter()
            pieces.append(chunk)
            text += chunk.text
            on_text(text)
            timings = chunk.timings or timings
            plain = text.replace("\r\n", "\n")
            result = _finished(plain, site)
            if result is None and chunk.finish is FinishReason.LENGTH:
                result = cut_short(plain, site)
            if result is None:
                result = limits.cut(plain, len(pieces), first_output, site)
            if result is not None:
                return Raw(result, _scored(pieces), timings)
            if doubt is not None:
                scored = _scored(pieces)
                early = ending(plain, scored, doubt, site, syntax_gate)
                if early is not None:
                    return Raw(early, scored, timings, is_cut=True)
    return Raw(text.replace("\r\n", "\n"), _scored(pieces), timings)


def _finished(text: str, site: CompletionSite) -> str | None:
    length = complete_length(text, site)
    return None if length is None else text[:length]


def _scored(pieces: list[Chunk]) -> tuple[Scored, ...]:
    return tuple(Scored(piece.text, piece.logprobs) for piece in pieces)
