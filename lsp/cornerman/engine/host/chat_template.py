"""A conversation as prompt pieces, by the chat template inside the model file.

The template is foreign code and runs in a sandbox. Message contents are not shown to it: it lays
out placeholders, which become text pieces afterwards. So a control token spelled in a message
stays text, and only those of the template itself become control pieces.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Control, Message, Piece, Text
from cornerman.models.gguf import Metadata

_ROLES = ("system", "user", "assistant")


class ChatTemplate:
    """The chat template of one model."""

    def __init__(self, metadata: Metadata, control_tokens: Sequence[str]) -> None:
        source = metadata.get("tokenizer.chat_template")
        self._source = source if isinstance(source, str) else None
        self._controls = sorted(control_tokens, key=len, reverse=True)
        self._special = {
            "bos_token": _token(metadata, "bos"),
            "eos_token": _token(metadata, "eos"),
        }

    def pieces(self, messages: Sequence[Message]) -> list[Piece]:
        """The prompt after which the model writes the next answer.

        Raises:
            EngineRequestError: the model has no template, or it refuses these messages.
        """
        if self._source is None:
            raise EngineRequestError(
                "This model has no chat template; choose an instruct model for conversations."
            )
        if any(message.role not in _ROLES for message in messages):
            raise EngineRequestError(f"A message's role must be one of {', '.join(_ROLES)}.")
        mark = uuid.uuid4().hex
        contents = {f"{mark}n{index}e": m.content for index, m in enumerate(messages)}
        turns = [
            {"role": m.role, "content": placeholder}
            for m, placeholder in zip(messages, contents, strict=True)
        ]
        try:
            rendered = (
                _environment()
                .from_string(self._source)
                .render(messages=turns, add_generation_prompt=True, tools=None, **self._special)
            )
        except Exception as error:  # foreign code: it can raise anything
            raise EngineRequestError(
                "The model's chat template does not take this conversation."
            ) from error
        return list(self._split(rendered, contents))

    def _split(self, rendered: str, contents: dict[str, str]) -> Iterator[Piece]:
        names = [*contents, *self._controls]
        text = ""
        for part in re.split("(" + "|".join(map(re.escape, names)) + ")", rendered):
            if part in contents:
                text += contents[part]
            elif part in self._controls:
                if text:
                    yield Text(text)
                yield Control(part)
                text = ""
            else:
                text += part
        if text:
            yield Text(text)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = _to_json
    # The library declares its globals narrower than they are.
    functions = cast("dict[str, object]", environment.globals)
    functions.update(raise_exception=_refuse, strftime_now=_now)
    return environment


def _to_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _now(layout: str) -> str:
    return datetime.now().astimezone().strftime(layout)


def _token(metadata: Metadata, name: str) -> str:
    index, tokens = (
        metadata.get(f"tokenizer.ggml.{name}_token_id"),
        metadata.get("tokenizer.ggml.tokens"),
    )
    if isinstance(index, int) and isinstance(tokens, list) and 0 <= index < len(tokens):
        return str(tokens[index])
    return ""
