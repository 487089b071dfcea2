"""Wire types of what an engine answers: the OpenAI-compatible chunks, and its health.

Each type converts itself to or from the plain values of ``core.generation``; ``requests`` has
what an engine is asked.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cornerman.core.generation import Chunk, FinishReason, Timings

PROTOCOL = 1
"""Grows when an older client or engine could not make sense of a newer one."""


class Wire(BaseModel):
    """What it does not know is ignored: other engines and other versions say more."""

    model_config = ConfigDict(extra="ignore")


class TimingsBody(Wire):
    """Cost of a generation, under the names llama-server uses for the same figures."""

    cache_n: int = 0
    prompt_n: int = 0
    prompt_ms: float = 0.0
    predicted_n: int = 0
    predicted_ms: float = 0.0

    @classmethod
    def of(cls, timings: Timings) -> TimingsBody:
        """Wire form of timings."""
        return cls(
            cache_n=timings.cached,
            prompt_n=timings.evaluated,
            prompt_ms=timings.prefill_ms,
            predicted_n=timings.generated,
            predicted_ms=timings.decode_ms,
        )

    def timings(self) -> Timings:
        """The timings this body stands for."""
        return Timings(
            self.cache_n, self.prompt_n, self.prompt_ms, self.predicted_n, self.predicted_ms
        )


class TokenBody(Wire):
    """One token, as chat answers and llama-server tell of it."""

    logprob: float
    token: str = ""
    # The texts of chat answers stand as bytes as well, and the alternatives beside them.
    bytes: list[int] | None = None
    top_logprobs: list[TokenBody] | None = None


class LogprobsBody(Wire):
    """Log-probability of each token of a chunk, in one of the two forms that are in use.

    Completions have the lists, chats have ``content``. Offsets are those in the output.
    """

    token_logprobs: list[float] | None = None
    tokens: list[str] | None = None
    text_offset: list[int] | None = None
    content: list[TokenBody] | None = None

    def values(self) -> tuple[float, ...]:
        """The log-probabilities, whichever form they came in."""
        return tuple(self.token_logprobs or ()) or tuple(t.logprob for t in self.content or ())


class DeltaBody(Wire):
    """The new text of a chat chunk."""

    role: str | None = None
    content: str | None = None


class ChoiceBody(Wire):
    """The one alternative: ``text`` (completion), or ``delta`` (streamed chat) or ``message``."""

    index: int = 0
    text: str | None = None
    delta: DeltaBody | None = None
    message: DeltaBody | None = None
    finish_reason: str | None = None
    logprobs: LogprobsBody | None = None


class UsageBody(Wire):
    """Tokens of an answer that is not streamed."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, timings: Timings) -> UsageBody:
        """Usage by an engine's timings."""
        prompt = timings.cached + timings.evaluated
        return cls(
            prompt_tokens=prompt,
            completion_tokens=timings.generated,
            total_tokens=prompt + timings.generated,
        )


class ErrorBody(Wire):
    """An error, as an HTTP body or as an event in the middle of a stream."""

    message: str
    type: str = "server_error"


class ChunkBody(Wire):
    """One event of a stream, or a whole answer."""

    id: str = ""
    object: Literal["text_completion", "chat.completion.chunk", "chat.completion"] | str = ""
    created: int = 0
    model: str = ""
    choices: list[ChoiceBody] = Field(default_factory=lambda: list[ChoiceBody]())
    timings: TimingsBody | None = None
    usage: UsageBody | None = None
    error: ErrorBody | None = None

    def chunk(self) -> Chunk:
        """The chunk this event stands for; events without choices are empty chunks."""
        choice = self.choices[0] if self.choices else ChoiceBody()
        text = choice.text if choice.delta is None else choice.delta.content
        finish = _finish(choice.finish_reason)
        logprobs = choice.logprobs.values() if choice.logprobs else ()
        timings = self.timings.timings() if self.timings else None
        return Chunk(text or "", logprobs, finish, timings)


class ModelBody(Wire):
    """The model in memory and what it does there.

    ``weights_mib`` and ``kv_mib`` are what it was estimated to need, ``copies_mib`` what it would
    need besides for requests that copy (0: they are served without speculation). ``kv_tokens``
    are those of the last request; speeds are in tokens a second, 0 where none was measured yet.
    """

    context_tokens: int = 0
    kv_tokens: int = 0
    weights_mib: int = 0
    kv_mib: int = 0
    copies_mib: int = 0
    prefill_speed: float = 0.0
    decode_speed: float = 0.0


class HealthBody(Wire):
    """Answer of ``/health``. ``version`` is the engine's package version.

    Clients talk to an engine of their own ``protocol`` only. ``jobs`` run or wait now; the other
    counts are since the start. ``memory_mib`` is that of the whole process.
    """

    status: str = "ok"
    version: str = ""
    protocol: int = 0
    pid: int = 0
    model: str | None = None
    backend: str | None = None
    jobs: int = 0
    requests: int = 0
    cancellations: int = 0
    sessions: int = 0
    uptime_seconds: float = 0.0
    memory_mib: int | None = None
    loaded: ModelBody | None = None


def _finish(reason: str | None) -> FinishReason | None:
    """Every engine has reasons of its own; what is none of ours is an ordinary end."""
    if reason is None:
        return None
    known = {member.value: member for member in FinishReason}
    return known.get(reason, FinishReason.STOP)
