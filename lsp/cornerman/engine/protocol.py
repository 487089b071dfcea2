"""Wire types between the language server and an engine.

The OpenAI-compatible completions protocol. Everything Cornerman's own engine understands beyond
it stands under the one extra key ``cornerman``, which other servers ignore. Each type converts
itself to or from the plain values of ``core.generation``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cornerman.core.generation import (
    Chunk,
    Control,
    FinishReason,
    GenerationRequest,
    Message,
    Piece,
    Priority,
    Prompt,
    SamplingParams,
    Text,
    Timings,
)

PROTOCOL = 1
"""Grows when an older client or engine could not make sense of a newer one."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class PieceBody(_Wire):
    """A prompt piece: either the name of a control token or plain text."""

    control: str | None = None
    text: str | None = None

    @classmethod
    def of(cls, piece: Piece) -> PieceBody:
        """Wire form of a piece."""
        return (
            cls(control=piece.token)
            if isinstance(piece, Control)
            else cls(text=sendable(piece.text))
        )

    def piece(self) -> Piece:
        """The piece this body stands for."""
        return Control(self.control) if self.control is not None else Text(self.text or "")


class Extensions(_Wire):
    """What Cornerman's engine takes beyond the OpenAI protocol (request key ``cornerman``)."""

    pieces: list[PieceBody] | None = None
    required_start: str = ""
    session: str = ""
    priority: Priority = Priority.COMPLETION
    copies_input: bool = False


class MessageBody(_Wire):
    """A chat message."""

    role: str
    content: str


class GenerationBody(_Wire):
    """Body of ``/v1/completions`` (``prompt`` or pieces) and ``/v1/chat/completions``."""

    model: str
    prompt: str | None = None
    suffix: str | None = None
    messages: list[MessageBody] | None = None
    max_tokens: int = Field(default=256, ge=0)
    temperature: float = Field(default=0.0, ge=0.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    seed: int | None = None
    stop: list[str] | str | None = None
    stream: bool = False
    logprobs: int | bool | None = None
    cornerman: Extensions = Field(default_factory=Extensions)

    @classmethod
    def of(cls, request: GenerationRequest) -> GenerationBody:
        """Wire form of a request, streaming; the prompt goes both as pieces and as one string."""
        sampling = request.sampling
        extensions = Extensions(
            session=request.session, priority=request.priority, copies_input=request.copies_input
        )
        body = cls(
            model=request.model,
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
            stop=list(sampling.stop) or None,
            stream=True,
            logprobs=1 if request.logprobs else None,
            cornerman=extensions,
        )
        if isinstance(request.prompt, Prompt):
            body.prompt = sendable(request.prompt.as_text())
            extensions.pieces = [PieceBody.of(piece) for piece in request.prompt.pieces]
            extensions.required_start = sendable(request.prompt.required_start)
        else:
            body.messages = [
                MessageBody(role=m.role, content=sendable(m.content)) for m in request.prompt
            ]
        return body

    def request(self) -> GenerationRequest:
        """The request this body stands for. A plain ``prompt`` becomes one text piece."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        sampling = SamplingParams(
            self.max_tokens, self.temperature, self.top_p, self.seed, tuple(stop)
        )
        return GenerationRequest(
            model=self.model,
            prompt=self._prompt(),
            sampling=sampling,
            session=self.cornerman.session,
            priority=self.cornerman.priority,
            logprobs=bool(self.logprobs),
            copies_input=self.cornerman.copies_input,
        )

    def _prompt(self) -> Prompt | tuple[Message, ...]:
        if self.messages is not None:
            return tuple(Message(m.role, m.content) for m in self.messages)
        if self.cornerman.pieces is not None:
            pieces = tuple(body.piece() for body in self.cornerman.pieces)
            return Prompt(pieces, self.cornerman.required_start)
        return Prompt((Text(self.prompt or ""),))


class TimingsBody(_Wire):
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


class TokenBody(_Wire):
    """One token, as chat answers and llama-server tell of it."""

    logprob: float
    token: str = ""
    # The texts of chat answers stand as bytes as well, and the alternatives beside them.
    bytes: list[int] | None = None
    top_logprobs: list[TokenBody] | None = None


class LogprobsBody(_Wire):
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


class DeltaBody(_Wire):
    """The new text of a chat chunk."""

    role: str | None = None
    content: str | None = None


class ChoiceBody(_Wire):
    """The one alternative: ``text`` (completion), or ``delta`` (streamed chat) or ``message``."""

    index: int = 0
    text: str | None = None
    delta: DeltaBody | None = None
    message: DeltaBody | None = None
    finish_reason: str | None = None
    logprobs: LogprobsBody | None = None


class UsageBody(_Wire):
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


class ErrorBody(_Wire):
    """An error, as an HTTP body or as an event in the middle of a stream."""

    message: str
    type: str = "server_error"


class ChunkBody(_Wire):
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


class ModelBody(_Wire):
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


class HealthBody(_Wire):
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


def sendable(text: str) -> str:
    """``text`` without lone surrogates, which an editor may hold for a moment and JSON cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
