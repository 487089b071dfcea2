"""Quantizing with mlx-lm's own converter, on a tiny model."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError
from cornerman.models import local, quantize, store
from support.tiny_models import tiny_model


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny model with all its bits, as the Hugging Face libraries have it."""
    monkeypatch.setenv("CORNERMAN_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "full"
    convert = (sys.executable, "-m", "mlx_lm", "convert", "-d", "--mlx-path", str(folder))
    source = tiny_model("qwen2").mlx
    subprocess.run((*convert, "--hf-path", str(source)), check=True, capture_output=True)
    return folder


def test_a_quantized_model_is_smaller_known_and_can_be_measured(full: Path, tmp_path: Path) -> None:
    out = tmp_path / "small"
    quantize.convert(str(full), out, bits=4, group_size=32)
    large, small = local.describe(full), local.describe(out)
    assert small.size_bytes < large.size_bytes / 2
    assert small.mlx is not None
    assert small.mlx.bits == 4
    assert small.family == "qwen2.5-coder"
    assert store.locate(small) == out
    surprise = [quantize.perplexity(folder) for folder in (full, out)]
    # Random weights know nothing; what matters is that rounding them changes little.
    assert abs(surprise[1] / surprise[0] - 1) < 0.2


def test_offline_a_repository_is_taken_from_the_cache_of_the_hub_libraries(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    with pytest.raises(BadInputError, match="someone/tiny is not on this machine, and offline"):
        quantize.convert("someone/tiny", tmp_path / "small", 4, 32)
    cached = tmp_path / "hub" / "models--someone--tiny"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc")
    shutil.copytree(full, cached / "snapshots" / "abc")
    quantize.convert("someone/tiny", tmp_path / "small", 4, 32)
    source = quantize.folder_of("someone/tiny")
    assert source is not None
    assert source == cached / "snapshots" / "abc"
    assert local.describe(tmp_path / "small").size_bytes < local.describe(source).size_bytes / 2
    with pytest.raises(BadInputError, match="awq learns from data that it downloads"):
        quantize.convert(str(full), tmp_path / "learned", 4, 32, "awq")


def test_what_cannot_be_quantized_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="neither a folder nor a repository"):
        quantize.convert("./nowhere", tmp_path / "out", 4, 64)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError, match="Converting failed"):
        quantize.convert(str(tmp_path / "empty"), tmp_path / "out", 4, 64)
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadInputError, match="GGUF files come quantized"):
        quantize.convert(str(tiny_model("qwen2").gguf), tmp_path / "out", 4, 64)
    shutil.copytree(tiny_model("qwen2").mlx, tmp_path / "there")
    with pytest.raises(BadInputError, match="exists already"):
        quantize.convert("x/y", tmp_path / "there", 4, 64)
