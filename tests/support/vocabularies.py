"""Small vocabularies of the kind each model family has, trained on the spot on real code."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.normalizers import Replace
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Split
from tokenizers.trainers import BpeTrainer

from cornerman.models.families import FAMILIES
from cornerman.models.gguf import Metadata, Value
from support.gguf import CHAT_TEMPLATE

_SIZE = 500
_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1, 2, 3, 4, 6
_CHAT = ("<|im_start|>", "<|im_end|>")
# In files of this format they are written as they are, unlike those of other tokens.
_SPACES = ("        ", "    ", "  ")


@dataclass(frozen=True)
class _Kind:
    """``words`` is how a byte-level tokenizer splits text; "" is SentencePiece."""

    words: str = ""
    bos: str = ""
    adds_space: bool = False
    marks_are_plain: bool = False
    has_whole_spaces: bool = False


_KINDS: Mapping[str, _Kind] = {
    "qwen2.5-coder": _Kind("qwen2"),
    "qwen3-coder": _Kind("qwen2"),
    "starcoder2": _Kind("starcoder"),
    "codellama": _Kind(bos="<s>", adds_space=True, marks_are_plain=True),
    "deepseek-coder": _Kind("deepseek-coder", bos="<｜begin▁of▁sentence｜>"),
    "codegemma": _Kind(bos="<bos>", has_whole_spaces=True),
    "codestral": _Kind(bos="<s>", adds_space=True),
    "granite-code": _Kind("refact"),
    "mellum": _Kind("mellum"),
    "seed-coder": _Kind("seed-coder", bos="<[begin▁of▁sentence]>"),
    "mistral": _Kind(bos="<s>", adds_space=True),
    "phi-3": _Kind(bos="<s>", adds_space=True),
    "gemma": _Kind(bos="<bos>", has_whole_spaces=True),
    "llama-3": _Kind("llama-bpe", bos="<|begin_of_text|>"),
    "smollm2": _Kind("smollm"),
}


def _metadata(family: str) -> Metadata:
    kind = _KINDS[family]
    marks = [mark for mark in _marks_of(family) if not kind.marks_are_plain]
    plain = [mark for mark in _marks_of(family) if kind.marks_are_plain]
    control = [*marks, *_CHAT, *([kind.bos] if kind.bos else [])]
    whole = [*_SPACES, "\n\n"] if kind.has_whole_spaces else []
    if kind.words:
        known = _byte_level(kind.words)
    else:
        known = _pieces({text.replace(" ", "▁") for text in whole}) | {
            "tokenizer.ggml.add_space_prefix": kind.adds_space
        }
    tokens, kinds = (
        cast("list[Value]", known[f"tokenizer.ggml.{name}"]) for name in ("tokens", "token_type")
    )
    more = [*((t, _USER_DEFINED) for t in whole), *((t, _NORMAL) for t in plain)]
    more += [(token, _CONTROL) for token in control]
    known["tokenizer.ggml.tokens"] = [*tokens, *(token for token, _ in more)]
    known["tokenizer.ggml.token_type"] = [*kinds, *(kind for _, kind in more)]
    every = cast("list[str]", known["tokenizer.ggml.tokens"])
    if not kind.words:
        scores = cast("list[Value]", known["tokenizer.ggml.scores"])
        known["tokenizer.ggml.scores"] = [*scores, *([-1000.0] * len(more))]
    if kind.bos:
        known["tokenizer.ggml.bos_token_id"] = every.index(kind.bos)
        known["tokenizer.ggml.add_bos_token"] = True
    known["tokenizer.ggml.eos_token_id"] = every.index(_CHAT[1])
    known["tokenizer.chat_template"] = CHAT_TEMPLATE
    return known


def _marks_of(family: str) -> list[str]:
    parts = (FAMILIES[family].fim, FAMILIES[family].files)
    return sorted(text for part in parts if part is not None for text in part.texts)


def _byte_level(words: str) -> Metadata:
    vocabulary, merges = _trained(is_byte_level=True)
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": words,
        "tokenizer.ggml.tokens": list[Value](vocabulary),
        "tokenizer.ggml.token_type": list[Value]([_NORMAL] * len(vocabulary)),
        "tokenizer.ggml.merges": list[Value](" ".join(merge) for merge in merges),
    }


def _pieces(without: Collection[str]) -> Metadata:
    trained, _ = _trained(is_byte_level=False)
    pieces = [piece for piece in trained if piece not in without]
    head = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [_UNKNOWN, *([_BYTE] * 256), *([_NORMAL] * len(pieces))]
    scores = [0.0] * len(head) + [-float(rank) for rank in range(len(pieces))]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": list[Value]([*head, *pieces]),
        "tokenizer.ggml.token_type": list[Value](kinds),
        "tokenizer.ggml.scores": list[Value](scores),
    }


@cache
def _trained(*, is_byte_level: bool) -> tuple[list[str], list[tuple[str, str]]]:
    """The tokens in the order of their ids, and the merges."""
    tokenizer = Tokenizer(BPE())
    words: PreTokenizer = ByteLevel(add_prefix_space=False)
    if not is_byte_level:
        tokenizer.normalizer = Replace(" ", "▁")
        words = Split(Regex("▁?[^▁\n]+|▁+|\n"), "isolated")
    tokenizer.pre_tokenizer = words
    alphabet = ByteLevel.alphabet() if is_byte_level else [chr(code) for code in range(33, 127)]
    trainer = BpeTrainer(vocab_size=_SIZE, initial_alphabet=alphabet, show_progress=False)
    library = Path(sysconfig.get_path("stdlib"))
    code = [(library / f"{name}.py").read_text("utf-8") for name in ("textwrap", "heapq", "copy")]
    tokenizer.train_from_iterator(code, trainer)
    model: dict[str, Any] = json.loads(tokenizer.to_str())["model"]
    vocabulary: dict[str, int] = model["vocab"]
    merges = [(left, right) for left, right in model["merges"]]
    return sorted(vocabulary, key=vocabulary.__getitem__), merges


def _of(family: str) -> Callable[[], Metadata]:
    return lambda: _metadata(family)


VOCABULARIES: Mapping[str, Callable[[], Metadata]] = {family: _of(family) for family in _KINDS}
"""Each family's metadata of a GGUF file, as far as its tokenizer goes."""
