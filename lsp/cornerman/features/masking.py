"""What actions show a model: no files of secrets, and no secret of any other file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import groupby

from cornerman.core.actions import ActionRequest, Offer, OfferStatus
from cornerman.core.errors import BadInputError
from cornerman.core.generation import Chunk, GenerationRequest, Message, Piece, Prompt, Text
from cornerman.core.secrets import masked
from cornerman.engine.stream import Engine
from cornerman.features.workspace import is_secret

_EXCLUDED = "This file is excluded, or of a kind that holds secrets: no model is shown any of it."
_LOST = (
    "The code holds what looks like a password or a key, which no model is shown, and the answer "
    "lost it: move it out of the code first."
)


class MaskedEngine:
    """``engine``, with stars for the secrets in all that it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """See ``Engine``."""
        shown = replace(request, prompt=_without_secrets(request.prompt))
        async with aclosing(self._engine.stream(shown)) as chunks:
            async for chunk in chunks:
                yield chunk


def check_may_be_shown(request: ActionRequest, exclude: Sequence[str]) -> None:
    """Raises ``BadInputError`` if nothing of the request's document may be shown to a model."""
    if is_secret(request.snapshot.uri, exclude):
        raise BadInputError(_EXCLUDED)


def with_all_secrets(offer: Offer) -> Offer:
    """The offer, refused if an edit would put anything in the place of a secret."""
    for edit in offer.edits:
        after = edit.applied()
        if any(secret not in after for secret in secrets_in(edit.snapshot.text)):
            return Offer(OfferStatus.REFUSED, offer.title, _LOST, (), offer.checks)
    return offer


def secrets_in(text: str) -> frozenset[str]:
    """What looks like secrets, in pieces of one line."""
    pairs = groupby(zip(text, masked(text), strict=True), lambda pair: pair[0] != pair[1])
    return frozenset("".join(old for old, _ in run) for is_hidden, run in pairs if is_hidden)


def _without_secrets(prompt: Prompt | tuple[Message, ...]) -> Prompt | tuple[Message, ...]:
    if isinstance(prompt, Prompt):
        return replace(prompt, pieces=tuple(_piece(piece) for piece in prompt.pieces))
    return tuple(replace(message, content=masked(message.content)) for message in prompt)


def _piece(piece: Piece) -> Piece:
    return Text(masked(piece.text)) if isinstance(piece, Text) else piece
