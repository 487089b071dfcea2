"""What each token of a model stands for, as bytes. Knows nothing of MLX."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import cast

from cornerman.engine.host.tokenizer.tokens import CONTROL, NORMAL, USER_DEFINED
from cornerman.models.gguf import Metadata

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class Vocabulary:
    """The bytes of each token id. Control tokens and gaps between ids have none."""

    def __init__(self, tokens: Mapping[int, bytes], control: Iterable[int] = ()) -> None:
        """``control`` are the ids of control tokens; they need not be in ``tokens``."""
        self._control = frozenset(control)
        self._bytes = {token: text for token, text in tokens.items() if token not in self._control}
        self.size = 1 + max([*self._bytes, *self._control], default=-1)
        ordered = sorted((text, token) for token, text in self._bytes.items() if text)
        self._sorted = [text for text, _ in ordered]
        self._sorted_ids = [token for _, token in ordered]
        self._longest = max(map(len, self._sorted), default=0)

    def bytes_of(self, token: int) -> bytes:
        """The bytes of a token; empty for control tokens and unused ids."""
        return self._bytes.get(token, b"")

    def is_control(self, token: int) -> bool:
        """Whether the token is one of the model's own marks rather than text."""
        return token in self._control

    def agreeing_with(self, required: bytes) -> list[int]:
        """Tokens that begin with ``required`` or that ``required`` begins with.

        Never a control token. ``required`` is not empty.
        """
        found: list[int] = []
        for length in range(1, min(len(required), self._longest + 1)):
            found += self._between(required[:length], required[:length])
        return found + self._between(required, required + b"\xff" * self._longest)

    def _between(self, first: bytes, last: bytes) -> list[int]:
        return self._sorted_ids[bisect_left(self._sorted, first) : bisect_right(self._sorted, last)]


def vocabulary_of(metadata: Metadata, end_tokens: Iterable[int] = ()) -> Vocabulary:
    """The vocabulary of a model folder.

    ``end_tokens`` are control tokens too, however the folder declares them.
    """
    texts = cast("list[str]", metadata["tokenizer.ggml.tokens"])
    kinds = cast("list[int]", metadata["tokenizer.ggml.token_type"])
    byte_level = metadata["tokenizer.ggml.model"] == "gpt2"
    decode = {
        NORMAL: _from_byte_level if byte_level else _from_sentence_piece,
        USER_DEFINED: str.encode if byte_level else _from_sentence_piece,
    }
    numbered = list(enumerate(zip(texts, kinds, strict=True)))
    tokens = {number: decode[kind](text) for number, (text, kind) in numbered if kind in decode}
    control = {number for number, (_, kind) in numbered if kind == CONTROL}
    return Vocabulary(tokens, control.union(end_tokens))


def _byte_level_alphabet() -> dict[str, int]:
    """The printable character that stands for each byte in byte-level vocabularies."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = {chr(byte): byte for byte in printable}
    return alphabet | {chr(256 + number): byte for number, byte in enumerate(others)}


_ALPHABET = _byte_level_alphabet()


def _from_byte_level(token: str) -> bytes:
    if all(character in _ALPHABET for character in token):
        return bytes(_ALPHABET[character] for character in token)
    return token.encode()


def _from_sentence_piece(token: str) -> bytes:
    if byte := _BYTE_TOKEN.fullmatch(token):
        return bytes([int(byte[1], 16)])
    return token.replace("▁", " ").encode()
