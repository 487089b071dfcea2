"""Reads the metadata of a model folder, as MLX and the Hugging Face libraries use them.

The answer has the keys of a GGUF file, so that whatever is built from one works for both. Only
JSON and the chat template are read; nothing in the folder is ever run.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host.gguf import Metadata, Value

NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
"""Kinds of tokens in ``tokenizer.ggml.token_type``."""

# Added tokens that are control tokens whatever their file says, as llama.cpp has it: some models
# declare their fill-in-the-middle tokens as plain text.
_LOOKS_LIKE_CONTROL = re.compile(r"<\|.*\|>|<｜.*｜>|<unused\d+>|<fim[-_]\w+>")
# The expressions that split text into words, by the names GGUF files give them.
_PRE_TOKENIZERS = {
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+": "qwen2",
}


def read_folder_metadata(folder: Path) -> Metadata:
    """The tokenizer and the chat template of a model folder.

    Raises:
        EngineUnavailableError: the folder has no sound ``tokenizer.json``.
    """
    try:
        metadata = _tokenizer(_json(folder / "tokenizer.json"))
        template = _chat_template(folder)
    except OSError as error:
        raise EngineUnavailableError(
            f"The model folder {folder} has no tokenizer.json that can be read; "
            "fetch the model again."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineUnavailableError(
            f"The tokenizer of the model folder {folder} is damaged; fetch the model again."
        ) from error
    return metadata | ({"tokenizer.chat_template": template} if template else {})


def _json(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError("not an object")
    return cast("dict[str, Any]", content)


def _tokenizer(content: dict[str, Any]) -> Metadata:
    texts = cast("dict[str, int]", content["model"]["vocab"])
    kinds = {number: (text, NORMAL) for text, number in texts.items()}
    for added in cast("list[dict[str, Any]]", content.get("added_tokens") or []):
        text = str(added["content"])
        is_control = added.get("special") or _LOOKS_LIKE_CONTROL.fullmatch(text)
        kinds[int(added["id"])] = text, CONTROL if is_control else USER_DEFINED
    merges = cast("list[str | list[str]]", content["model"].get("merges") or [])
    tokens = [kinds.get(n, (f"[PAD{n}]", UNUSED)) for n in range(1 + max(kinds, default=-1))]
    stages = json.dumps([content.get("pre_tokenizer"), content.get("decoder")])
    return {
        "tokenizer.ggml.model": "gpt2" if '"ByteLevel"' in stages else "llama",
        "tokenizer.ggml.pre": _pre_tokenizer(stages),
        "tokenizer.ggml.tokens": [text for text, _ in tokens],
        "tokenizer.ggml.token_type": [kind for _, kind in tokens],
        "tokenizer.ggml.merges": [_merge(merge) for merge in merges],
    }


def _pre_tokenizer(stages: str) -> str:
    names = (name for regex, name in _PRE_TOKENIZERS.items() if json.dumps(regex) in stages)
    return next(names, "unknown")


def _merge(merge: str | list[str]) -> Value:
    return merge if isinstance(merge, str) else " ".join(merge)


def _chat_template(folder: Path) -> str:
    """The template of its own file or of the tokenizer's settings; empty if there is none."""
    own, settings = folder / "chat_template.jinja", folder / "tokenizer_config.json"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    template = _json(settings).get("chat_template") if settings.is_file() else None
    return template if isinstance(template, str) else ""
