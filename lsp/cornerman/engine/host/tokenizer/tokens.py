"""The vocabulary in a model file's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from tokenizers import AddedToken, Tokenizer

from cornerman.core.errors import EngineUnavailableError
from cornerman.models.families import MARKS
from cornerman.models.gguf import Metadata

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
"""Kinds of tokens in ``tokenizer.ggml.token_type``."""


@dataclass(frozen=True)
class Tokens:
    """The text and the kind of each token id."""

    texts: list[str]
    kinds: list[int]

    @cached_property
    def control(self) -> Mapping[str, int]:
        """The ids of control tokens by their text.

        Some files declare the marks of their family as plain text: here they are control tokens.
        """
        return {text: i for i, text in self._of(CONTROL)} | {
            text: i for i, text in enumerate(self.texts) if text in MARKS
        }

    @cached_property
    def user_defined(self) -> Mapping[str, int]:
        """Text that is one token wherever it stands, by the text."""
        return {text: i for i, text in self._of(USER_DEFINED) if text and text not in MARKS}

    @cached_property
    def plain(self) -> Mapping[str, int]:
        """The ids of the tokens that text is made of, by their text."""
        return {text: i for i, text in self._of(NORMAL, BYTE) if text not in MARKS}

    @cached_property
    def unknown(self) -> Mapping[str, int]:
        """The token that stands for what no other can, if there is one."""
        return dict([(text, i) for i, text in self._of(UNKNOWN)][:1])

    def _of(self, *kinds: int) -> list[tuple[int, str]]:
        numbered = enumerate(zip(self.texts, self.kinds, strict=True))
        return [(i, text) for i, (text, kind) in numbered if kind in kinds]


def tokens_of(metadata: Metadata) -> Tokens:
    """The vocabulary.

    Raises:
        EngineUnavailableError: there is none that can be used.
    """
    texts = strings(metadata, "tokenizer.ggml.tokens")
    kinds = metadata.get("tokenizer.ggml.token_type")
    if not isinstance(kinds, list) or len(kinds) != len(texts):
        return Tokens(texts, [NORMAL] * len(texts))
    return Tokens(texts, cast("list[int]", kinds))


def strings(metadata: Metadata, key: str) -> list[str]:
    """A list of texts in the metadata.

    Raises:
        EngineUnavailableError: it is not one.
    """
    value = metadata.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise EngineUnavailableError(
            "The model file has no tokenizer that can be used; choose another model."
        )
    return cast("list[str]", value)


def keep_whole(tokenizer: Tokenizer, texts: Iterable[str]) -> None:
    """Make each of ``texts``, which are in the vocabulary, one token wherever it stands."""
    added = [AddedToken(text, normalized=False, special=False) for text in texts]
    tokenizer.add_tokens(added)  # pyright: ignore[reportUnknownMemberType]  # stub: a bare list


def damaged() -> EngineUnavailableError:
    """The error for a vocabulary that contradicts itself."""
    return EngineUnavailableError("The model file's vocabulary is damaged; fetch the model again.")
