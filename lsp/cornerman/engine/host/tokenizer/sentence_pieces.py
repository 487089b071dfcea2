"""Tokenizers of the SentencePiece kind: the whole text is merged, spaces included.

A space is written ``▁``, and what no piece can spell is spelled byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import Replace

from cornerman.engine.host.tokenizer.tokens import Tokens, damaged, keep_whole, strings
from cornerman.models.gguf import Metadata

SPACE = "▁"
_LAST_WORD = re.compile(r" +\Z| ?[^ ]+\Z")


class SentencePieces:
    """See ``model.TextEncoder``."""

    def __init__(self, tokens: Tokens, metadata: Metadata) -> None:
        """Build it.

        Raises:
            EngineUnavailableError: the pieces have neither scores nor merges.
        """
        self._leads = bool(metadata.get("tokenizer.ggml.add_space_prefix", True))
        self._tokenizer = _build(tokens, metadata)

    def encode(self, text: str, *, begins: bool) -> list[int]:
        """See ``model.TextEncoder``; a text that begins gets a space in front, in most models."""
        if begins and self._leads and text:
            text = f" {text}"
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def last_word(self, line: str) -> int:
        """See ``model.TextEncoder``. There are no words but those between spaces."""
        found = _LAST_WORD.search(line)
        return found.start() if found else len(line)


def _build(tokens: Tokens, metadata: Metadata) -> Tokenizer:
    # In files the spaces of these are written either way; they are looked for in text as it is.
    whole = {text.replace(SPACE, " "): i for text, i in tokens.user_defined.items()}
    vocabulary = {**tokens.unknown, **tokens.plain, **whole}
    if "tokenizer.ggml.merges" in metadata:
        pairs = [merge.partition(" ") for merge in strings(metadata, "tokenizer.ggml.merges")]
        merges = [(left, right) for left, _, right in pairs if left + right in tokens.plain]
    else:
        merges = _merges(tokens.plain, _scores(metadata, len(tokens.texts)))
    unknown = next(iter(tokens.unknown), None)
    try:
        model = BPE(
            vocab=vocabulary,
            merges=merges,
            unk_token=unknown,
            fuse_unk=True,
            byte_fallback=True,
        )
        tokenizer = Tokenizer(model)
    except Exception as error:  # the library raises bare Exception
        raise damaged() from error
    tokenizer.normalizer = Replace(" ", SPACE)
    keep_whole(tokenizer, whole)
    return tokenizer


def _scores(metadata: Metadata, count: int) -> list[float]:
    scores = metadata.get("tokenizer.ggml.scores")
    if not isinstance(scores, list) or len(scores) != count:
        raise damaged()
    return cast("list[float]", scores)


def _merges(pieces: Mapping[str, int], scores: list[float]) -> list[tuple[str, str]]:
    """Every way to put a piece together from two, those of the likeliest pieces first."""
    ranked: list[tuple[float, int, int, str, str]] = []
    for piece, number in pieces.items():
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in pieces and right in pieces:
                ranked.append((-scores[number], pieces[left], pieces[right], left, right))
    return [(left, right) for *_, left, right in sorted(ranked)]
