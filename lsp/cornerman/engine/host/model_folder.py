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
from cornerman.engine.host.tokenizer.tokens import CONTROL, NORMAL, UNUSED, USER_DEFINED
from cornerman.models.families import MARKS
from cornerman.models.gguf import Metadata, Value

# Added tokens that are control tokens whatever their file says, as llama.cpp has it: some models
# declare their fill-in-the-middle tokens as plain text.
_LOOKS_LIKE_CONTROL = re.compile(r"<\|.*\|>|<｜.*｜>|<unused\d+>|<\[?fim[-_]\w+\]?>")


def read_folder_metadata(folder: Path) -> Metadata:
    """The tokenizer and the chat template of a model folder.

    Raises:
        EngineUnavailableError: the folder has no sound ``tokenizer.json``.
    """
    try:
        content = _json(folder / "tokenizer.json")
        settings = _settings(folder)
        metadata = _tokenizer(content) | _ends(content, settings)
        template = _chat_template(folder, settings)
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


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    return _json(path) if path.is_file() else {}


def _tokenizer(content: dict[str, Any]) -> Metadata:
    model = cast("dict[str, Any]", content["model"])
    kinds = {
        number: (text, CONTROL if text in MARKS else NORMAL)
        for text, number in cast("dict[str, int]", model["vocab"]).items()
    }
    for text, number, is_special in _added(content):
        is_control = is_special or text in MARKS or _LOOKS_LIKE_CONTROL.fullmatch(text)
        kinds[number] = text, CONTROL if is_control else USER_DEFINED
    merges = cast("list[str | list[str]]", model.get("merges") or [])
    tokens = [kinds.get(n, (f"[PAD{n}]", UNUSED)) for n in range(1 + max(kinds, default=-1))]
    return {
        "tokenizer.ggml.tokens": [text for text, _ in tokens],
        "tokenizer.ggml.token_type": [kind for _, kind in tokens],
        "tokenizer.ggml.merges": [_merge(merge) for merge in merges],
        **_splitting(content, model),
    }


def _added(content: dict[str, Any]) -> list[tuple[str, int, bool]]:
    """Text, id and whether it is a control token, of the tokens beside the pieces."""
    added = cast("list[dict[str, Any]]", content.get("added_tokens") or [])
    return [(str(one["content"]), int(one["id"]), bool(one.get("special"))) for one in added]


def _splitting(content: dict[str, Any], model: dict[str, Any]) -> Metadata:
    """How text is cut up before pieces are merged."""
    words, decoder = content.get("pre_tokenizer"), content.get("decoder")
    stages = json.dumps([words, decoder])
    if '"ByteLevel"' not in stages:
        return {
            "tokenizer.ggml.model": "llama",
            "tokenizer.ggml.add_space_prefix": _adds_space(content),
        }
    known: Metadata = {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "of its own"}
    if words is not None:
        known["tokenizer.json.pre_tokenizer"] = json.dumps(words)
    if "ignore_merges" in model:
        known["tokenizer.json.ignore_merges"] = bool(model["ignore_merges"])
    return known


def _adds_space(content: dict[str, Any]) -> bool:
    """Whether a space is put in front of a text: older and newer files say it in other words."""
    stages = json.dumps([content.get("normalizer"), content.get("pre_tokenizer")])
    if '"Metaspace"' in stages:
        return (
            '"prepend_scheme": "never"' not in stages and '"add_prefix_space": false' not in stages
        )
    return '"Prepend"' in stages


def _ends(content: dict[str, Any], settings: dict[str, Any]) -> Metadata:
    """The tokens for the start and the end of a text, and whether the first is put there."""
    known: Metadata = {}
    numbers = {text: number for text, number, _ in _added(content)}
    for name in ("bos", "eos"):
        token = cast("str | dict[str, str] | None", settings.get(f"{name}_token"))
        text = token.get("content") if isinstance(token, dict) else token
        if text in numbers:
            known[f"tokenizer.ggml.{name}_token_id"] = numbers[text]
    adds = settings.get("add_bos_token")
    if not isinstance(adds, bool):
        template = json.dumps(content.get("post_processor"))
        adds = re.search(r'"single": \[\{"SpecialToken"', template) is not None
    return known | {"tokenizer.ggml.add_bos_token": adds}


def _merge(merge: str | list[str]) -> Value:
    return merge if isinstance(merge, str) else " ".join(merge)


def _chat_template(folder: Path, settings: dict[str, Any]) -> str:
    """The template of its own file or of the tokenizer's settings; empty if there is none."""
    own = folder / "chat_template.jinja"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    template = settings.get("chat_template")
    return template if isinstance(template, str) else ""
