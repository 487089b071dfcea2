"""What Cornerman leaves on a machine, and that it all goes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cornerman import paths
from cornerman.cli import main
from cornerman.models import pins
from support.engine import private_folders


@contextmanager
def all_folders(tmp_path: Path) -> Generator[Path]:
    """Every folder of Cornerman's inside ``tmp_path``: nothing else may be at risk here."""
    models = paths.cache_dir() / "models"
    with private_folders(tmp_path), pytest.MonkeyPatch.context() as patch:
        patch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
        patch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))
        for folder in (*ours(), paths.config_dir()):
            assert folder.is_relative_to(tmp_path)
        paths.cache_dir().mkdir()
        (paths.cache_dir() / "models").symlink_to(models)
        yield tmp_path


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    """Folders of a user who has completed something."""
    with all_folders(tmp_path):
        source = tmp_path / "project" / "sums.py"
        source.parent.mkdir()
        source.write_text("def add(first, second):\n    return fir\n")
        done = run("complete", f"{source}:2:15")
        assert done.returncode == 0, done.stderr
        yield tmp_path


def run(*arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cornerman", *arguments]
    return subprocess.run(
        command, input=answer, text=True, capture_output=True, check=False, env=os.environ.copy()
    )


def ours() -> list[Path]:
    return [paths.cache_dir(), paths.state_dir(), paths.runtime_dir()]


def test_after_purge_nothing_is_left_of_a_session_but_what_is_the_users(folders: Path) -> None:
    assert (paths.state_dir() / "log").is_dir()
    models = (paths.cache_dir() / "models").resolve()
    paths.config_dir().mkdir(parents=True, exist_ok=True)
    (paths.config_dir() / "settings.toml").write_text('model = "auto"\n')
    done = run("purge", "--yes")
    assert done.returncode == 0, done.stderr
    assert "MB deleted" in done.stdout
    assert [folder for folder in ours() if folder.exists()] == []
    assert any(models.iterdir()), "what a link leads to is not ours"
    assert (paths.config_dir() / "settings.toml").exists()
    assert run("purge", "--yes", "--settings").returncode == 0
    assert not paths.config_dir().exists()


def test_a_dry_run_and_a_no_delete_nothing(folders: Path) -> None:
    before = sorted(paths.state_dir().rglob("*"))
    assert "would be deleted" in run("purge", "--dry-run").stdout
    refused = run("purge", answer="y\n")
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert sorted(paths.state_dir().rglob("*")) == before
    run("engine", "stop")


def test_files_of_others_stay_and_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with all_folders(tmp_path):
        paths.state_dir().mkdir(parents=True, exist_ok=True)
        (paths.state_dir() / "statistics.sqlite3").write_text("old")
        (paths.state_dir() / "statistics.sqlite3.broken").write_text("older")
        pins.pin("some-model", "model.gguf", pins.Pin(size_bytes=1, sha256="0" * 64))
        (paths.state_dir() / "thesis.txt").write_text("mine")
        assert main(["purge", "--yes"]) == 0
        assert "thesis.txt" in capsys.readouterr().out
        assert [path.name for path in paths.state_dir().iterdir()] == ["thesis.txt"]
        assert (paths.state_dir() / "thesis.txt").read_text() == "mine"
