"""How text is split into words before byte pairs are merged, by the names GGUF files give it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

_CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d"
_GPT2 = rf"{_CONTRACTIONS}| ?\p{{L}}+| ?\p{{N}}+| ?[^\s\p{{L}}\p{{N}}]+|\s+(?!\S)|\s+"
_LETTERS = rf"(?i:{_CONTRACTIONS})|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+"
_SPACE = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_MARKS = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
_QWEN2 = rf"{_LETTERS}|\p{{N}}|{_MARKS}|{_SPACE}"
_LLAMA3 = rf"{_LETTERS}|\p{{N}}{{1,3}}|{_MARKS}|{_SPACE}"
_SEED_CODER = rf"{_LETTERS}|\p{{N}}{{1}}| ?[^\s\p{{L}}\p{{N}}\r\n]+|{_SPACE}"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_TEKKEN = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*"
    rf"|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACE}"
)
# One expression after the other splits what those before it have left.
_DIGITS = (r"\p{N}", _GPT2)
_DEEPSEEK_CODER = (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[一-龥ࠀ-一가-퟿]+", r"\p{N}")

PATTERNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "qwen2": (_QWEN2,),
        "llama-bpe": (_LLAMA3,),
        "llama3": (_LLAMA3,),
        "llama-v3": (_LLAMA3,),
        "tekken": (_TEKKEN,),
        "seed-coder": (_SEED_CODER,),
        "deepseek-coder": _DEEPSEEK_CODER,
        "starcoder": _DIGITS,
        "refact": _DIGITS,
        "smollm": _DIGITS,
        "codeshell": _DIGITS,
        "command-r": _DIGITS,
        "gpt-2": (_GPT2,),
        "mellum": (_GPT2,),
    }
)
WHOLE_WORDS = frozenset({"llama-bpe", "llama3", "llama-v3", "tekken"})
"""Where a word that is a token by itself is not put together from pairs."""
STARTS_WITH_BOS = WHOLE_WORDS
"""Where a text starts with the token for its start unless the file says otherwise."""


def pre_tokenizer_json(name: str) -> str | None:
    """The splitting called ``name`` as the ``tokenizers`` library writes it; None if unknown."""
    patterns = PATTERNS.get(name)
    if patterns is None:
        return None
    splits = [
        {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}
        for regex in patterns
    ]
    to_letters = {
        "type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False
    }  # fmt: skip
    return json.dumps({"type": "Sequence", "pretokenizers": [*splits, to_letters]})
