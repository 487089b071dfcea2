from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import Control, Text
from cornerman.engine.host.model_folder import read_folder_metadata
from cornerman.engine.host.tokenizer import ModelTokenizer
from support.gguf import CHAT_TEMPLATE, CONTROLS, tiny_metadata
from support.tokenizer_files import write_tokenizer


def test_a_folder_and_a_gguf_file_give_the_same_tokenizer(tmp_path: Path) -> None:
    expected = tiny_metadata()
    write_tokenizer(tmp_path, expected)
    found = read_folder_metadata(tmp_path)

    for key in ("model", "tokens", "token_type", "merges"):
        assert found[f"tokenizer.ggml.{key}"] == expected[f"tokenizer.ggml.{key}"]
    assert found["tokenizer.chat_template"] == CHAT_TEMPLATE
    text = "def encode(x):\n    return '<|fim_prefix|> héllo'\n"
    pieces = (Control(CONTROLS[0]), Text(text))
    assert ModelTokenizer(found).encode(pieces) == ModelTokenizer(expected).encode(pieces)


def write(folder: Path, vocabulary: dict[str, int], **more: Any) -> None:
    content = {"model": {"vocab": vocabulary}, **more}
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")


def test_control_tokens_are_known_whatever_the_file_says(tmp_path: Path) -> None:
    added = [
        {"id": number, "content": text, "special": special}
        for number, text, special in (
            (1, "<|file_sep|>", False),
            (2, "</s>", True),
            (4, "x", False),
        )
    ]
    write(tmp_path, {"a": 0, "<|file_sep|>": 1}, added_tokens=added)
    assert read_folder_metadata(tmp_path)["tokenizer.ggml.token_type"] == [1, 3, 3, 5, 4]


def test_a_tokenizer_of_an_unknown_kind_is_not_taken_for_a_known_one(tmp_path: Path) -> None:
    write(tmp_path, {"a": 0}, decoder={"type": "ByteLevel"})
    with pytest.raises(EngineUnavailableError, match="not supported"):
        ModelTokenizer(read_folder_metadata(tmp_path))


def test_the_chat_template_may_have_a_file_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"a": 0})
    assert "tokenizer.chat_template" not in read_folder_metadata(tmp_path)
    (tmp_path / "chat_template.jinja").write_text("{{ 1 }}")
    assert read_folder_metadata(tmp_path)["tokenizer.chat_template"] == "{{ 1 }}"


@pytest.mark.parametrize("token", ["</s>", {"content": "</s>", "lstrip": False}])
def test_a_files_end_token_is_its_text_or_all_about_it(tmp_path: Path, token: object) -> None:
    write(tmp_path, {"a": 0}, added_tokens=[{"id": 1, "content": "</s>", "special": True}])
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"eos_token": token}))
    assert read_folder_metadata(tmp_path)["tokenizer.ggml.eos_token_id"] == 1


@pytest.mark.parametrize("content", ["", "[]", '{"model": {}}', '{"model": {"vocab": [1]}}'])
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(EngineUnavailableError, match="damaged"):
        read_folder_metadata(tmp_path)


def test_a_missing_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match=r"no tokenizer\.json"):
        read_folder_metadata(tmp_path)
