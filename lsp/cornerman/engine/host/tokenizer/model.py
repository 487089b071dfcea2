"""Prompts in a model's tokens.

Text is never searched for control tokens: source code that spells ``<|fim_middle|>`` stays text.
No Unicode normalization either, as in llama.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.core.generation import Control, Piece, Text
from cornerman.engine.host.tokenizer.byte_pairs import BytePairs
from cornerman.engine.host.tokenizer.sentence_pieces import SentencePieces
from cornerman.engine.host.tokenizer.tokens import Tokens, tokens_of
from cornerman.engine.host.tokenizer.words import STARTS_WITH_BOS
from cornerman.models.families import FIM_TOKENS
from cornerman.models.gguf import Metadata

# A longer start is not worth a constraint: it is evaluated as it stands.
_LONGEST_REQUIRED = 128
_PREFIX_MARKS = frozenset(fim.prefix.token for fim in FIM_TOKENS.values())
_MARKS = frozenset(mark for fim in FIM_TOKENS.values() for mark in fim.texts)
_SUFFIX_MARKS = frozenset(fim.suffix.token for fim in FIM_TOKENS.values())


class TextEncoder(Protocol):
    """What a kind of tokenizer does with plain text."""

    def encode(self, text: str, *, begins: bool) -> list[int]:
        """The ids of ``text``; ``begins`` says that no text of its kind stands before it."""
        ...

    def last_word(self, line: str) -> int:
        """Where the last word of ``line`` starts, which no token goes on from; its end if empty."""
        ...


class ModelTokenizer:
    """The tokenizer of one model. Safe to use from any thread."""

    def __init__(self, metadata: Metadata) -> None:
        """Build it from a model file's metadata.

        Raises:
            EngineUnavailableError: the model's kind of tokenizer is not known.
        """
        tokens = tokens_of(metadata)
        self._text = _encoder(tokens, metadata)
        self._control = tokens.control
        self._start = _start(tokens, metadata)

    @property
    def control_tokens(self) -> Sequence[str]:
        """The text of each control token."""
        return tuple(self._control)

    def encode(self, pieces: Iterable[Piece], *, starts: bool = False) -> list[int]:
        """Token ids of ``pieces``, each piece on its own.

        ``starts`` says that nothing stands before them: the model's token for the start of a text
        comes first, if it is used to one and the pieces do not begin with it.

        Raises:
            EngineRequestError: the model has no control token of that name.
        """
        ids = list(self._start) if starts else []
        begins, follows_suffix_mark = starts, False
        for piece in pieces:
            if isinstance(piece, Text):
                ids += self._text.encode(piece.text, begins=begins and not follows_suffix_mark)
                begins = begins and (follows_suffix_mark or not piece.text)
            else:
                number = self._number(piece)
                if not starts or not ids == self._start == [number]:
                    ids.append(number)
                # The prefix is a text of its own to models that put a space before each.
                begins = piece.token in _PREFIX_MARKS or (begins and piece.token in _MARKS)
            follows_suffix_mark = isinstance(piece, Control) and piece.token in _SUFFIX_MARKS
        return ids

    def heal(
        self, pieces: Sequence[Piece], required_start: str, stops: Sequence[str] = ()
    ) -> tuple[list[int], str]:
        """Token ids of a whole prompt, and the text the output must then start with.

        The boundary moves back to the start of the last pre-token of the text so far (the last
        text piece and ``required_start`` together), so that the model tokenizes an unfinished
        word or indentation together with what follows it. The required text ends where
        ``required_start`` ends. It is empty where nothing needs healing, and where it could not
        be generated: nothing would stand before it, or it holds one of ``stops``.
        """
        before, text = _split_last_text(pieces)
        text += required_start
        cut = self._last_boundary(text) if required_start else len(text)
        required = text[cut:]
        ids = self.encode([*before, Text(text[:cut])], starts=True)
        if ids and len(required) <= _LONGEST_REQUIRED and not any(s in required for s in stops):
            return ids, required
        return self.encode([*before, Text(text)], starts=True), ""

    def clashing_controls(self, required: str) -> list[int]:
        """Control tokens whose spelling could pass for the text ``required``."""
        return [
            index
            for token, index in self._control.items()
            if token.startswith(required) or required.startswith(token)
        ]

    def _number(self, piece: Control) -> int:
        try:
            return self._control[piece.token]
        except KeyError:
            raise EngineRequestError(
                "The model does not have a control token of this prompt."
            ) from None

    def _last_boundary(self, text: str) -> int:
        """Where the last pre-token starts; the end of ``text`` if it ends a line."""
        # A pre-token never goes on past the last line break, so the last line is enough.
        line = max(text.rfind("\n"), text.rfind("\r")) + 1
        return line + self._text.last_word(text[line:])


def _encoder(tokens: Tokens, metadata: Metadata) -> TextEncoder:
    kind = metadata.get("tokenizer.ggml.model")
    if kind == "gpt2":
        return BytePairs(tokens, metadata)
    if kind == "llama":
        return SentencePieces(tokens, metadata)
    raise EngineUnavailableError(
        f"Models with a tokenizer of the kind {kind} are not supported; choose another model."
    )


def _start(tokens: Tokens, metadata: Metadata) -> list[int]:
    """The token that every text of the model starts with, if there is one."""
    is_usual = (
        metadata.get("tokenizer.ggml.model") == "llama"
        or metadata.get("tokenizer.ggml.pre") in STARTS_WITH_BOS
    )
    number = metadata.get("tokenizer.ggml.bos_token_id")
    is_wanted = bool(metadata.get("tokenizer.ggml.add_bos_token", is_usual))
    is_sound = isinstance(number, int) and 0 <= number < len(tokens.texts)
    return [number] if is_wanted and is_sound and isinstance(number, int) else []


def _split_last_text(pieces: Sequence[Piece]) -> tuple[Sequence[Piece], str]:
    """The text piece at the end, if there is one, apart from what stands before it."""
    if pieces and isinstance(pieces[-1], Text):
        return pieces[:-1], pieces[-1].text
    return pieces, ""
