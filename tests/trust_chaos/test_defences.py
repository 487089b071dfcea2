"""Defences of which the source, or the seam of another system, shows whether they stand."""

from __future__ import annotations

import ast
import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import cornerman
from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import endpoint
from cornerman.engine.host.backends.base import LoadOptions
from cornerman.engine.host.backends.mlx import MlxBackend
from cornerman.engine.host.lifecycle import loopback_listener
from cornerman.engine.launcher import creation_flags
from cornerman.settings import EngineSettings
from support.engine import private_folders
from support.tiny_models import tiny_model

SOURCES = sorted(Path(cornerman.__file__).parent.rglob("*.py"))

# Modules whose files run code when they are read.
RUNS_WHAT_IT_READS = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "torch"}
RUNS_TEXT = {"eval", "exec", "__import__"}


def test_nothing_that_is_read_is_run() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert runs_nothing(node), f"{path}:{getattr(node, 'lineno', 0)}"


def runs_nothing(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return not {alias.name.split(".")[0] for alias in node.names} & RUNS_WHAT_IT_READS
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] not in RUNS_WHAT_IT_READS
    if isinstance(node, ast.Call):
        refused = [k.value for k in node.keywords if k.arg in {"trust_remote_code", "shell"}]
        says_no = all(isinstance(v, ast.Constant) and v.value is False for v in refused)
        return says_no and not (isinstance(node.func, ast.Name) and node.func.id in RUNS_TEXT)
    return True


@pytest.fixture
def folder_with_code(tmp_path: Path) -> tuple[Path, Path]:
    """A sound MLX folder that asks for Python files in it to be run, and the trace of that."""
    folder = Path(shutil.copytree(tiny_model("qwen2").mlx, tmp_path / "model"))
    trace = tmp_path / "executed"
    code = f"import pathlib\npathlib.Path({str(trace)!r}).write_text('executed')\n"
    for name in ("model.py", "tokenization.py", "configuration.py"):
        (folder / name).write_text(code)
    config = json.loads((folder / "config.json").read_text())
    config["model_file"] = "model.py"
    config["auto_map"] = {"AutoModelForCausalLM": "model.Model", "AutoConfig": "configuration.C"}
    (folder / "config.json").write_text(json.dumps(config))
    return folder, trace


def test_a_model_folder_cannot_run_code(folder_with_code: tuple[Path, Path]) -> None:
    folder, trace = folder_with_code
    with pytest.raises(EngineUnavailableError):
        MlxBackend().load(folder, LoadOptions(256))
    assert not trace.exists()


def test_weights_that_are_pickles_are_not_opened(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_model("qwen2").mlx, tmp_path / "model"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EngineUnavailableError):
        MlxBackend().load(folder, LoadOptions(256))


def test_without_unix_sockets_a_token_guards_the_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with private_folders(tmp_path):
        file = endpoint.port_file()
        with loopback_listener() as (listener, token):
            assert listener.getsockname()[0] == "127.0.0.1"
            assert len(token) >= 32
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            with monkeypatch.context() as windows:
                windows.setattr(sys, "platform", "win32")
                known = endpoint.known()
                assert endpoint.left_behind()
            assert known is not None
            assert (known.socket, known.token) == (None, token)
            assert known.url == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert not file.exists()
        with loopback_listener() as (_, another):
            assert another != token, "no token outlives its engine"


def test_the_start_of_an_engine_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
    for number, name in enumerate(flags):
        monkeypatch.setattr(subprocess, name, 1 << number, raising=False)
    assert creation_flags(EngineSettings(low_priority=True)) == 0
    monkeypatch.setattr(sys, "platform", "win32")
    assert creation_flags(EngineSettings()) == 0b011
    assert creation_flags(EngineSettings(low_priority=True)) == 0b111


def test_the_private_folder_must_be_ones_own(tmp_path: Path) -> None:
    with private_folders(tmp_path):
        run = endpoint.private_dir()
        assert stat.S_IMODE(run.stat().st_mode) == 0o700
        for mode in (0o701, 0o710, 0o750, 0o777):
            run.chmod(mode)
            with pytest.raises(EngineUnavailableError, match="chmod 700"):
                endpoint.private_dir()
        run.rmdir()
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        run.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(EngineUnavailableError, match="another user"):
            endpoint.private_dir()


def test_every_defence_that_is_promised_names_a_test_that_exists() -> None:
    tests = Path(__file__).parents[1]
    promised = re.findall(
        r"`(\w+/test_\w+\.py)`", (tests.parent / "SECURITY.md").read_text("utf-8")
    )
    assert len(promised) > 20
    assert [name for name in promised if not (tests / name).is_file()] == []
