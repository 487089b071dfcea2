"""A request in the words that a foreign server understands, and its answer in ours.

Servers other than Cornerman's engine take a prompt as one string. What they cannot do is worked
around here, in the open: see :class:`~cornerman.engine.capabilities.Capabilities`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pydantic import BaseModel

from cornerman.core.ends import common_start
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Chunk, Control, GenerationRequest, Prompt
from cornerman.engine.capabilities import CORNERMAN, LLAMA_CPP, Capabilities, ServerProfile
from cornerman.engine.requests import GenerationBody, MessageBody, sendable
from cornerman.models.families import MARKS

_COMPLETIONS = "/v1/completions"
_CHAT = "/v1/chat/completions"

# The last word with what may share a token with it. Too much costs a few tokens, too little makes
# the model continue a word it has never seen cut there.
_LAST_WORD = re.compile(r"[^\S\r\n]*[^\w\s]*\w*[^\S\r\n]*\Z")
_LAST_SPACE = re.compile(r"[^\S\r\n]*\Z")
# A longer one (a literal full of data) is no word: writing it again would take too long.
_MAX_HEALED_CHARS = 64
# How control tokens are spelled: those that are known, and how those of most models look.
_CONTROL = re.compile(
    "|".join(map(re.escape, sorted(MARKS, key=len, reverse=True)))
    + r"|<[|｜](?=[^\s<>]{1,40}[|｜]>)"
)


class NotHealedError(Exception):
    """The output does not start with the text that it was bound to start with."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to post where, and the start of the answer that the document holds already.

    An answer ``must_repeat`` the start when the server was told to; otherwise it may.
    """

    path: str
    body: str
    repeated: str = ""
    must_repeat: bool = False


class _Body(BaseModel):
    """The OpenAI protocol, and what llama-server takes beyond it (the last two)."""

    model: str
    prompt: str | None = None
    suffix: str | None = None
    messages: list[MessageBody] | None = None
    max_tokens: int
    temperature: float
    top_p: float
    seed: int | None = None
    stop: list[str] | None = None
    stream: bool = True
    logprobs: int | bool | None = None
    cache_prompt: bool | None = None
    grammar: str | None = None


def question(request: GenerationRequest, model: str, server: ServerProfile) -> Question:
    """How to ask ``server`` for ``request``, by the name it knows the ``model`` by.

    Raises:
        EngineRequestError: its protocol has no room for this prompt.
    """
    if server.kind == CORNERMAN:
        body = GenerationBody.of(replace(request, model=model))
        path = _CHAT if body.messages is not None else _COMPLETIONS
        return Question(path, body.model_dump_json(exclude_none=True))
    body = _sampling(request, model, server)
    if not isinstance(request.prompt, Prompt):
        body.messages = [
            MessageBody(role=m.role, content=sendable(m.content)) for m in request.prompt
        ]
        return Question(_CHAT, body.model_dump_json(exclude_none=True))
    repeated = _add_prompt(body, request.prompt, server.capabilities)
    must_repeat = bool(repeated) and server.capabilities.healing
    if must_repeat:
        body.grammar = f'root ::= "{_escaped(repeated)}" .*'
        # The repeated characters are tokens of the answer, too.
        body.max_tokens += 1 + len(repeated) // 3
    content = body.model_dump_json(exclude_none=True)
    return Question(_COMPLETIONS, content, repeated, must_repeat)


class AnswerStart:
    """Takes from a streamed answer the start that the document holds already."""

    def __init__(self, asked: Question) -> None:
        self._asked = asked
        self._held: str | None = "" if asked.repeated else None

    def rest(self, chunk: Chunk) -> Chunk:
        """``chunk`` without the repeated text; empty as long as nothing else has come.

        Raises:
            NotHealedError: the server was bound to repeat the text and did not.
        """
        if self._held is None:
            return chunk
        self._held += chunk.text
        repeated = self._asked.repeated
        if repeated.startswith(self._held):
            return replace(chunk, text="", logprobs=())
        shared = common_start(self._held, repeated)
        if self._asked.must_repeat and shared < len(repeated):
            raise NotHealedError
        text, self._held = self._held[shared:], None
        return replace(chunk, text=text)


def _sampling(request: GenerationRequest, model: str, server: ServerProfile) -> _Body:
    sampling = request.sampling
    is_chat = not isinstance(request.prompt, Prompt)
    body = _Body(
        model=model,
        max_tokens=sampling.max_tokens,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        seed=sampling.seed,
        stop=list(sampling.stop) or None,
        cache_prompt=True if server.kind == LLAMA_CPP else None,
    )
    if request.logprobs and server.capabilities.logprobs:
        body.logprobs = True if is_chat else 1
    return body


def _add_prompt(body: _Body, prompt: Prompt, capabilities: Capabilities) -> str:
    """Write the prompt into ``body``; returns the end of it that was left out."""
    start, repeated = _split(prompt.required_start, heals=capabilities.healing)
    if capabilities.raw_fim:
        body.prompt = sendable(_plain(prompt, start))
    else:
        before, after = _halves(prompt)
        body.prompt = sendable(_defused(before + start, set()))
        body.suffix = sendable(_defused(after, set()))
    return sendable(repeated)


def _split(start: str, *, heals: bool) -> tuple[str, str]:
    """What of the required start goes into the prompt, and what the model is to write itself.

    Models seldom saw text that ends in white space or in the middle of a word. Without healing
    the word has to stay, but the white space need not.
    """
    found = _LAST_WORD.search(start) if heals else None
    if found is None or len(found.group()) > _MAX_HEALED_CHARS:
        found = _LAST_SPACE.search(start)
    at = found.start() if found is not None else len(start)
    return start[:at], start[at:]


def _plain(prompt: Prompt, start: str) -> str:
    """The prompt as one string in which control tokens of the user's text are none any more."""
    # Whatever else this model's layout is made of.
    own = {piece.token for piece in prompt.pieces if isinstance(piece, Control)} - MARKS
    whole = text = ""
    for piece in prompt.pieces:
        if isinstance(piece, Control):
            whole += _defused(text, own) + piece.token
            text = ""
        else:
            # A mark may begin in one piece and end in the next.
            text += piece.text
    return whole + _defused(text + start, own)


def _defused(text: str, tokens: set[str]) -> str:
    for token in tokens:
        text = text.replace(token, _broken(token))
    return _CONTROL.sub(lambda mark: _broken(mark.group()), text)


def _broken(mark: str) -> str:
    """The mark with a space behind its first character: the same to a reader, no mark any more."""
    return f"{mark[:1]} {mark[1:]}"


def _halves(prompt: Prompt) -> tuple[str, str]:
    """The text before and after the cursor, for a server that adds the control tokens itself."""
    before, after = "", ""
    role = ""
    for piece in prompt.pieces:
        if isinstance(piece, Control):
            role = piece.token.lower()
        elif "suf" in role:
            after += piece.text
        else:
            before += piece.text
    if role and not any(isinstance(p, Control) and "suf" in p.token.lower() for p in prompt.pieces):
        raise EngineRequestError(
            "This model's fill-in-the-middle prompt cannot be sent to this kind of server; choose "
            "another in the setting cornerman.model, or serve it by llama-server."
        )
    return before, after


def _escaped(text: str) -> str:
    """``text`` inside a GBNF string literal: plain letters and digits, anything else by its code.

    llama.cpp prints a grammar that it cannot parse, and with it the user's source code: one of
    letters, digits and codes always parses.
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text)
