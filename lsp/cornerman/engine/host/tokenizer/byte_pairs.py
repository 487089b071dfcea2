"""Tokenizers of the GPT-2 kind: text is split into words, whose bytes are merged pair by pair."""

from __future__ import annotations

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import PreTokenizer

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host.tokenizer.tokens import Tokens, damaged, keep_whole, strings
from cornerman.engine.host.tokenizer.words import WHOLE_WORDS, pre_tokenizer_json
from cornerman.models.gguf import Metadata


class BytePairs:
    """See ``model.TextEncoder``."""

    def __init__(self, tokens: Tokens, metadata: Metadata) -> None:
        """Build it.

        Raises:
            EngineUnavailableError: how it splits text is not known, or the merges make no sense.
        """
        self._tokenizer = _build(tokens, metadata)
        words = self._tokenizer.pre_tokenizer
        if words is None:
            raise damaged()
        self._words = words

    def encode(self, text: str, *, begins: bool) -> list[int]:
        """See ``model.TextEncoder``; a text that begins is like any other."""
        del begins
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def last_word(self, line: str) -> int:
        """See ``model.TextEncoder``."""
        words = self._words.pre_tokenize_str(line)
        return words[-1][1][0] if words else len(line)


def _build(tokens: Tokens, metadata: Metadata) -> Tokenizer:
    pre = str(metadata.get("tokenizer.ggml.pre"))
    words = metadata.get("tokenizer.json.pre_tokenizer") or pre_tokenizer_json(pre)
    if not isinstance(words, str):
        raise EngineUnavailableError(
            f"Models with the tokenizer gpt2/{pre} are not supported; choose another model."
        )
    vocabulary = {**tokens.plain, **tokens.user_defined}
    merges = [_pair(merge) for merge in strings(metadata, "tokenizer.ggml.merges")]
    whole = bool(metadata.get("tokenizer.json.ignore_merges", pre in WHOLE_WORDS))
    try:
        tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=merges, ignore_merges=whole))
        tokenizer.pre_tokenizer = _words(words)
    except Exception as error:  # the library raises bare Exception
        raise damaged() from error
    keep_whole(tokenizer, tokens.user_defined)
    return tokenizer


def _pair(merge: str) -> tuple[str, str]:
    left, _, right = merge.partition(" ")
    return left, right


def _words(content: str) -> PreTokenizer | None:
    """The splitting that ``content`` writes down."""
    # The library reads it as a part of a whole tokenizer only.
    model = '{"type": "BPE", "vocab": {}, "merges": []}'
    return Tokenizer.from_str(f'{{"model": {model}, "pre_tokenizer": {content}}}').pre_tokenizer
