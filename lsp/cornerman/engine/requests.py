"""Wire types of what the language server asks an engine for: completions and chat answers.

The OpenAI-compatible requests. Everything Cornerman's own engine understands beyond them stands
under the one extra key ``cornerman``, which other servers ignore.
"""

from __future__ import annotations

from pydantic import Field

from cornerman.core.generation import (
    Control,
    GenerationRequest,
    Message,
    Piece,
    Priority,
    Prompt,
    SamplingParams,
    Text,
)
from cornerman.engine.protocol import Wire


class PieceBody(Wire):
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


class Extensions(Wire):
    """What Cornerman's engine takes beyond the OpenAI protocol (request key ``cornerman``)."""

    pieces: list[PieceBody] | None = None
    required_start: str = ""
    session: str = ""
    priority: Priority = Priority.COMPLETION
    copies_input: bool = False


class MessageBody(Wire):
    """A chat message."""

    role: str
    content: str


class GenerationBody(Wire):
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


def sendable(text: str) -> str:
    """``text`` without lone surrogates, which an editor may hold for a moment and JSON cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
