"""Writes small GGUF files: metadata and no tensors."""

from __future__ import annotations

import struct
from pathlib import Path

from cornerman.models.gguf import Metadata, Value

CONTROLS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|im_start|>", "<|im_end|>")

CHAT_TEMPLATE = """\
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message['content'] | trim + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""


def tiny_metadata() -> Metadata:
    """A qwen2 tokenizer of single bytes, a few merges and some control tokens."""
    single = list(_byte_letters().values())
    merges = ["e n", "c o", "en co", "Ġ Ġ", "ĠĠ ĠĠ"]
    tokens: list[Value] = [*single, *(merge.replace(" ", "") for merge in merges), *CONTROLS]
    normal = len(tokens) - len(CONTROLS)
    kinds: list[Value] = [1 if index < normal else 3 for index in range(len(tokens))]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": list[Value](merges),
        "tokenizer.ggml.eos_token_id": len(tokens) - 1,
        "tokenizer.chat_template": CHAT_TEMPLATE,
    }


def write_gguf(path: Path, metadata: Metadata) -> Path:
    """Write ``metadata`` to ``path``; numbers become 64-bit, or 32-bit inside arrays."""
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(metadata))
    path.write_bytes(head + b"".join(_text(k) + _value(v) for k, v in metadata.items()))
    return path


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<Iq", 11, value)
    if isinstance(value, float):
        return struct.pack("<Id", 12, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    head = struct.pack("<IIQ", 9, 8 if value and isinstance(value[0], str) else 5, len(value))
    items = (_text(v) if isinstance(v, str) else struct.pack("<i", v) for v in value)
    return head + b"".join(items)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _byte_letters() -> dict[int, str]:
    """The printable letter that stands for each byte in a byte-level vocabulary."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in letters]
    return letters | {byte: chr(256 + index) for index, byte in enumerate(others)}
