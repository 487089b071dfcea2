"""What is asked of a model and what it answers, independent of any engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum


@dataclass(frozen=True, slots=True)
class Control:
    """A prompt piece that is one control token of the model, named by its text."""

    token: str


@dataclass(frozen=True, slots=True)
class Text:
    """A prompt piece of plain text. Control tokens spelled inside it stay text."""

    text: str


Piece = Control | Text


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as typed pieces, plus the text the output is bound to start with.

    The model sees ``pieces`` followed by ``required_start``; the answer is what comes *after*
    ``required_start``. An engine that heals tokens may move the boundary between evaluated and
    generated text back to any earlier token boundary, so that the last word or indentation is
    tokenized together with what follows it.
    """

    pieces: tuple[Piece, ...]
    required_start: str = ""

    def as_text(self) -> str:
        """The prompt as one string, for engines that take nothing else."""
        parts = (p.token if isinstance(p, Control) else p.text for p in self.pieces)
        return "".join(parts) + self.required_start


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How tokens are chosen. Temperature 0 is greedy and deterministic.

    ``stop`` holds strings that end the output before they appear in it.
    """

    max_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()


class Priority(IntEnum):
    """Order in which an engine serves waiting requests: the lowest value first."""

    COMPLETION = 0
    ACTION = 1
    BACKGROUND = 2


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One generation. ``session`` names the window and document whose KV cache to reuse.

    ``copies_input`` says that the output will repeat long stretches of the prompt, as a rewrite
    does, so that an engine may speculate by prompt lookup.
    """

    model: str
    prompt: Prompt | tuple[Message, ...]
    sampling: SamplingParams
    session: str = ""
    priority: Priority = Priority.COMPLETION
    logprobs: bool = False
    copies_input: bool = False


class FinishReason(str, Enum):
    """Why a stream ended."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Timings:
    """What one generation cost: tokens and milliseconds, as the engine measured them.

    ``cached`` prompt tokens were reused from the KV cache, ``evaluated`` ones were not.
    """

    cached: int = 0
    evaluated: int = 0
    prefill_ms: float = 0.0
    generated: int = 0
    decode_ms: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Decode speed; 0 when nothing was measured.

        The first token belongs to the prefill: decoding is timed from it on.
        """
        decoded = self.generated - 1
        return 1000.0 * decoded / self.decode_ms if decoded > 0 and self.decode_ms > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of streamed output.

    ``logprobs`` has one natural logarithm per token in ``text`` when they were asked for.
    ``timings`` are the cost so far, where the engine tells; ``finish`` is set on the last chunk.
    """

    text: str
    logprobs: tuple[float, ...] = field(default=())
    finish: FinishReason | None = None
    timings: Timings | None = None
