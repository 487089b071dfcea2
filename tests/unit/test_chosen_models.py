"""The models that the settings name are looked for now and then, not at every key."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.errors import ModelMissingError
from cornerman.models import local
from cornerman.models.chosen import ChosenModels
from cornerman.models.gguf import Metadata, read_metadata
from support.gguf import tiny_metadata, write_gguf


async def test_what_was_found_is_remembered_for_a_moment_and_what_is_missing_is_not(
    tmp_path: Path,
) -> None:
    now = [0.0]
    models, file = ChosenModels(lambda: now[0]), tmp_path / "qwen2.5-coder-tiny.gguf"
    with pytest.raises(ModelMissingError):
        await models.completion(str(file), is_remote=False)
    write_gguf(file, tiny_metadata())
    found = await models.completion(str(file), is_remote=False)
    assert found.family == "qwen2.5-coder"
    assert await models.chat(str(file), "auto", is_remote=False) == found
    file.unlink()
    assert await models.completion(str(file), is_remote=False) is found
    now[0] = 60.0
    with pytest.raises(ModelMissingError):
        await models.completion(str(file), is_remote=False)


def test_a_file_is_read_again_once_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, read = tmp_path / "qwen2.5-coder-tiny.gguf", list[Path]()
    write_gguf(file, tiny_metadata())

    def counted(path: Path) -> Metadata:
        read.append(path)
        return read_metadata(path)

    monkeypatch.setattr("cornerman.models.local.read_metadata", counted)
    first = local.describe(file)
    assert local.describe(file) is first
    assert len(read) == 1
    file.write_bytes(file.read_bytes() + b"\0")
    assert local.describe(file) != first
    assert len(read) == 2
