"""Writes a vocabulary given as GGUF metadata the way a model folder holds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import gguf

from cornerman.models.gguf import Metadata

_QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA3 = _QWEN2.replace(r"\p{N}|", r"\p{N}{1,3}|")
_SEED = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}"
    r"| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def _split(regex: str) -> dict[str, Any]:
    return {
        "type": "Split",
        "pattern": {"Regex": regex},
        "behavior": "Isolated",
        "invert": False,
    }


def _letters(*, use_regex: bool) -> dict[str, Any]:
    return {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": use_regex,
    }


_DIGITS = {"type": "Digits", "individual_digits": True}
_BY_DIGITS = [_DIGITS, _letters(use_regex=True)]
# As the families' own files say it, which is not always as GGUF files do.
_WORDS: dict[str, list[dict[str, Any]]] = {
    "qwen2": [_split(_QWEN2), _letters(use_regex=False)],
    "llama-bpe": [_split(_LLAMA3), _letters(use_regex=False)],
    "seed-coder": [_split(_SEED), _letters(use_regex=False)],
    "deepseek-coder": [
        _split("[\r\n]"),
        _split(r"\s?\p{L}+"),
        _split(r"\s?\p{P}+"),
        _split("[一-龥ࠀ-一가-퟿]+"),
        _DIGITS,
        _letters(use_regex=False),
    ],
    "starcoder": _BY_DIGITS,
    "refact": _BY_DIGITS,
    "smollm": _BY_DIGITS,
    "mellum": [_letters(use_regex=True)],
}


def write_tokenizer(folder: Path, metadata: Metadata) -> None:
    """Write ``tokenizer.json`` and ``tokenizer_config.json``."""
    tokens = cast("list[str]", metadata["tokenizer.ggml.tokens"])
    kinds = cast("list[int]", metadata["tokenizer.ggml.token_type"])
    numbered = list(enumerate(zip(tokens, kinds, strict=True)))
    plain = (gguf.TokenType.NORMAL, gguf.TokenType.BYTE, gguf.TokenType.UNKNOWN)
    added = [
        {
            "id": number,
            "content": _in_folder(token, kind),
            "special": kind == gguf.TokenType.CONTROL,
        }
        | {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for number, (token, kind) in numbered
        if kind in (gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED)
    ]
    vocabulary = {token: number for number, (token, kind) in numbered if kind in plain}
    is_byte_level = metadata["tokenizer.ggml.model"] == "gpt2"
    parts = _byte_level(metadata, vocabulary) if is_byte_level else _pieces(metadata, vocabulary)
    (folder / "tokenizer.json").write_text(json.dumps({"added_tokens": added, **parts}), "utf-8")
    settings: dict[str, Any] = {
        "chat_template": metadata["tokenizer.chat_template"],
        "eos_token": tokens[cast("int", metadata["tokenizer.ggml.eos_token_id"])],
    }
    if "tokenizer.ggml.bos_token_id" in metadata:
        settings["bos_token"] = tokens[cast("int", metadata["tokenizer.ggml.bos_token_id"])]
        settings["add_bos_token"] = metadata["tokenizer.ggml.add_bos_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")


def _in_folder(token: str, kind: int) -> str:
    return token.replace(" ", "▁") if kind == gguf.TokenType.USER_DEFINED else token


def _byte_level(metadata: Metadata, vocabulary: dict[str, int]) -> dict[str, Any]:
    words = _WORDS[str(metadata["tokenizer.ggml.pre"])]
    merges = [m.split(" ") for m in cast("list[str]", metadata["tokenizer.ggml.merges"])]
    return {
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": words},
        "decoder": _letters(use_regex=True),
        "model": {"type": "BPE", "vocab": vocabulary, "merges": merges},
    }


def _pieces(metadata: Metadata, vocabulary: dict[str, int]) -> dict[str, Any]:
    scores = cast("list[float]", metadata["tokenizer.ggml.scores"])
    ways = [
        (scores[number], piece[:cut], piece[cut:])
        for piece, number in vocabulary.items()
        for cut in range(1, len(piece))
    ]
    ways = [way for way in ways if way[1] in vocabulary and way[2] in vocabulary]
    ways.sort(key=lambda way: (-way[0], vocabulary[way[1]], vocabulary[way[2]]))
    spaces: dict[str, Any] = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    if metadata["tokenizer.ggml.add_space_prefix"]:
        first = {"type": "Prepend", "prepend": "▁"}
        spaces = {"type": "Sequence", "normalizers": [first, spaces]}
    return {
        "normalizer": spaces,
        "decoder": {"type": "ByteFallback"},
        "model": {
            "type": "BPE",
            "vocab": vocabulary,
            "merges": [[left, right] for _, left, right in ways],
            "byte_fallback": True,
            "fuse_unk": True,
            "unk_token": "<unk>",
        },
    }
