from __future__ import annotations

import struct
from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.models.gguf import Metadata, read_metadata
from support.gguf import tiny_metadata, write_gguf


def test_reads_what_was_written(tmp_path: Path) -> None:
    metadata: Metadata = tiny_metadata() | {
        "a.bool": True,
        "a.float": 0.5,
        "a.int": -3,
        "an.empty_array": [],
        "a.text": "é\n😀",
    }
    assert read_metadata(write_gguf(tmp_path / "m.gguf", metadata)) == metadata


def test_every_cut_off_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    whole = write_gguf(path, {"a": 1, "b": ["x", "yz"], "c": [1, 2]}).read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(EngineUnavailableError, match="fetch the model again"):
            read_metadata(path)


HUGE = 1 << 62


@pytest.mark.parametrize(
    "content",
    [
        b"GGML" + struct.pack("<IQQ", 3, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 99, 0, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, HUGE),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, HUGE) + b"key",
        b"GGUF" + struct.pack("<IQQQ1sIQ", 3, 0, 1, 1, b"k", 8, HUGE),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 8, HUGE),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 4, 1 << 20),
        b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 9, 1),
        b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 77),
    ],
    ids=["magic", "version", "entries", "key", "string", "strings", "numbers", "nested", "type"],
)
def test_hostile_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content + b"\0" * 64)
    with pytest.raises(EngineUnavailableError, match="not a sound GGUF file"):
        read_metadata(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailableError, match="cannot be read"):
        read_metadata(tmp_path / "none.gguf")
