"""Text to token ids, the way the model's own library does it.

Built from the metadata of the model file. Text is never searched for control tokens: source code
that spells ``<|fim_middle|>`` stays text. No Unicode normalization either, as in llama.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.pre_tokenizers import Sequence as PreTokenizers

from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.core.generation import Piece, Text
from cornerman.engine.host.gguf import Metadata

# How ``tokenizer.ggml.pre`` splits text before byte pairs are merged.
_PRE_TOKENS = {
    "qwen2": (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}
_CONTROL_TYPE = 3
# A longer start is not worth a constraint: it is evaluated as it stands.
_LONGEST_REQUIRED = 128


class ModelTokenizer:
    """The tokenizer of one model. Safe to use from any thread."""

    def __init__(self, metadata: Metadata) -> None:
        """Build it from a GGUF file's metadata.

        Raises:
            EngineUnavailableError: the model's kind of tokenizer is not known.
        """
        tokens = _strings(metadata, "tokenizer.ggml.tokens")
        vocabulary = {token: index for index, token in enumerate(tokens)}
        kinds = metadata.get("tokenizer.ggml.token_type")
        kinds = kinds if isinstance(kinds, list) else []
        self._split = Split(Regex(_pattern(metadata)), "isolated")
        self._tokenizer = _byte_pairs(vocabulary, metadata)
        self._tokenizer.pre_tokenizer = PreTokenizers(
            [self._split, ByteLevel(add_prefix_space=False, use_regex=False)]
        )
        self._control = {
            token: index
            for index, (token, kind) in enumerate(zip(tokens, kinds, strict=False))
            if kind == _CONTROL_TYPE
        }

    @property
    def control_tokens(self) -> Sequence[str]:
        """The text of each control token."""
        return tuple(self._control)

    def encode(self, pieces: Iterable[Piece]) -> list[int]:
        """Token ids of ``pieces``, each piece on its own.

        Raises:
            EngineRequestError: the model has no control token of that name.
        """
        ids: list[int] = []
        for piece in pieces:
            if isinstance(piece, Text):
                ids += self._tokenizer.encode(piece.text, add_special_tokens=False).ids
            elif piece.token in self._control:
                ids.append(self._control[piece.token])
            else:
                raise EngineRequestError("The model does not have a control token of this prompt.")
        return ids

    def heal(
        self, pieces: Sequence[Piece], required_start: str, stops: Sequence[str] = ()
    ) -> tuple[list[int], str]:
        """Token ids to evaluate, and the text the output must then start with.

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
        ids = self.encode([*before, Text(text[:cut])])
        if ids and len(required) <= _LONGEST_REQUIRED and not any(s in required for s in stops):
            return ids, required
        return self.encode([*before, Text(text)]), ""

    def clashing_controls(self, required: str) -> list[int]:
        """Control tokens whose spelling could pass for the text ``required``."""
        return [
            index
            for token, index in self._control.items()
            if token.startswith(required) or required.startswith(token)
        ]

    def _last_boundary(self, text: str) -> int:
        """Where the last pre-token starts; the end of ``text`` if it ends a line."""
        # A pre-token never goes on past the last line break, so the last line is enough.
        line = max(text.rfind("\n"), text.rfind("\r")) + 1
        pre_tokens = self._split.pre_tokenize_str(text[line:])
        return line + pre_tokens[-1][1][0] if pre_tokens else len(text)


def _split_last_text(pieces: Sequence[Piece]) -> tuple[Sequence[Piece], str]:
    """The text piece at the end, if there is one, apart from what stands before it."""
    if pieces and isinstance(pieces[-1], Text):
        return pieces[:-1], pieces[-1].text
    return pieces, ""


def _pattern(metadata: Metadata) -> str:
    kind, pre = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    pattern = _PRE_TOKENS.get(str(pre))
    if kind != "gpt2" or pattern is None:
        raise EngineUnavailableError(
            f"Models with the tokenizer {kind}/{pre} are not supported; choose another model."
        )
    return pattern


def _byte_pairs(vocabulary: dict[str, int], metadata: Metadata) -> Tokenizer:
    merges: list[tuple[str, str]] = []
    for merge in _strings(metadata, "tokenizer.ggml.merges"):
        left, _, right = merge.partition(" ")
        merges.append((left, right))
    try:
        return Tokenizer(BPE(vocab=vocabulary, merges=merges))
    except Exception as error:  # the library raises bare Exception
        raise EngineUnavailableError(
            "The model file's vocabulary is damaged; fetch the model again."
        ) from error


def _strings(metadata: Metadata, key: str) -> list[str]:
    value = metadata.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise EngineUnavailableError(
            "The model file has no tokenizer that can be used; choose another model."
        )
    return cast("list[str]", value)
