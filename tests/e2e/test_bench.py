"""``cornerman bench`` from the command line, with a real engine and a tiny model in both forms."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.cli import main
from cornerman.models import adding
from cornerman.settings import load, user_file
from support.engine import private_folders
from support.tiny_models import tiny_family


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user has a tiny model as a GGUF file and as a folder, and no other."""
    model = tiny_family("qwen2.5-coder")
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))
    adding.add(adding.describe(str(model.gguf), "tiny-file", "qwen2.5-coder"))
    adding.add(adding.describe(str(model.mlx), "tiny-folder", "qwen2.5-coder"))
    with private_folders(tmp_path):
        yield


def test_every_model_is_measured_and_settings_follow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user_file().write_text("# mine\n[completion]\npopup = true\n", encoding="utf-8")
    plot, figures = tmp_path / "latency.svg", tmp_path / "figures.json"
    options = ("--quality", "--holes", "1", "--plot", str(plot), "--json", str(figures))
    assert main(["bench", *options, "--apply"]) == 0

    said = capsys.readouterr().out
    assert "tiny-file (llama.cpp)" in said
    assert "tiny-folder (MLX)" in said
    found = json.loads(figures.read_text("utf-8"))
    assert set(found["quality"]) == {"tiny-file", "tiny-folder"}
    speeds = [speed for row in found["speed"].values() for speed in row]
    assert len(speeds) == 6
    assert all(speed["prefill"] > 0 and math.isfinite(speed["decode"]) for speed in speeds)
    assert len(ET.parse(plot).getroot().findall("{http://www.w3.org/2000/svg}polyline")) == 2

    assert user_file().read_text("utf-8").startswith("# mine\n")
    settings, problems = load(variables={})
    assert problems == []
    assert settings.completion.popup
    told = dict(line.split(" = ") for line in said.splitlines() if line.startswith("completion."))
    budget = settings.completion.latency_budget_ms
    assert told == {
        "completion.latency_budget_ms.new_region": str(budget.new_region),
        "completion.latency_budget_ms.typing": str(budget.typing),
        "completion.block_time_ms": str(settings.completion.block_time_ms),
    }
