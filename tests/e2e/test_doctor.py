"""From nothing to a completion by what the doctor says, with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cornerman.cli import main
from cornerman.models import catalog, store
from cornerman.settings import STARTER_MODEL
from support.engine import private_folders

Report = dict[str, dict[str, str]]


def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """What the doctor finds, by subject; the worst of several findings counts."""
    capsys.readouterr()
    main(["doctor", "--json"])
    found: Report = {}
    for finding in json.loads(capsys.readouterr().out):
        if found.get(finding["subject"], {}).get("level") != "fail":
            found[finding["subject"]] = finding
    return found


def test_following_the_hints_leads_from_nothing_to_a_completion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = catalog.find(STARTER_MODEL)
    file = spec.gguf
    assert file is not None
    # Another program of the user's has the model already, so nothing has to be downloaded.
    blobs = tmp_path / "ollama" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"sha256-{file.sha256}").symlink_to(store.require(spec))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("CORNERMAN_MODEL", STARTER_MODEL)
    monkeypatch.chdir(tmp_path)
    with private_folders(tmp_path):
        first = report(capsys)
        assert first["model"]["level"] == "fail"
        assert "completion" not in first
        assert f"`cornerman models pull {STARTER_MODEL}`" in first["model"]["fix"]
        assert main(list(first["model"]["command"])) == 0
        second = report(capsys)
        faults = {subject for subject, found in second.items() if found["level"] == "fail"}
        assert faults == set()
        assert second["completion"]["level"] in ("OK", "warn")
        assert "tokens/s" in second["completion"]["detail"]
        assert second["server"]["level"] == "OK"
