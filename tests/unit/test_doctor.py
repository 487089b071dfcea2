"""The doctor finds planted faults, and says of each what helps."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import zipfile
from collections.abc import Generator
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace

import pytest

from cornerman.doctor import bundle, editors, environment, logs, model, service
from cornerman.doctor.examination import examine
from cornerman.doctor.finding import Finding, Level
from cornerman.engine import crashes
from cornerman.models import catalog, hardware, presence
from cornerman.settings import STARTER_MODEL, Settings, load, user_file
from support.model_sources import CONTENT, FILE, SPEC


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, with all of Cornerman's own folders beside it and the tiny model installed."""
    for kind in ("CACHE", "STATE", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    known = {STARTER_MODEL: SPEC.model_copy(update={"name": STARTER_MODEL})}
    monkeypatch.setattr(catalog, "catalog", lambda: known)
    path = presence.path_of(known[STARTER_MODEL], FILE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    (tmp_path / "CONFIG").mkdir()
    (tmp_path / "workspace").mkdir()
    return tmp_path / "workspace"


def still(folder: Path) -> list[Finding]:
    """What is found without starting anything."""
    settings, _ = load([folder])
    return [*environment.examine(folder), *model.examine(settings), *logs.examine()]


def the_fault(findings: list[Finding]) -> Finding:
    """The one finding that is not fine."""
    faults = [finding for finding in findings if finding.level is not Level.OK]
    assert len(faults) == 1, faults
    assert faults[0].fix
    return faults[0]


def almost_full(_path: Path) -> SimpleNamespace:
    return SimpleNamespace(free=10**8)


def not_installed(_name: str) -> None:
    return None


def test_of_a_sound_installation_nothing_is_said_but_ok(folder: Path) -> None:
    assert {finding.level for finding in still(folder)} == {Level.OK}


def test_a_missing_model(folder: Path) -> None:
    presence.path_of(catalog.find(STARTER_MODEL), FILE).unlink()
    fault = the_fault([f for f in still(folder) if f.subject == "model"])
    assert fault.level is Level.FAIL
    assert "not installed" in fault.detail
    assert fault.command == ("models", "pull", STARTER_MODEL)


def test_a_damaged_model(folder: Path) -> None:
    presence.path_of(catalog.find(STARTER_MODEL), FILE).write_bytes(b"!" + CONTENT[1:])
    fault = the_fault(still(folder))
    assert "damaged" in fault.detail
    assert fault.command == ("models", "pull", STARTER_MODEL)


def test_a_model_that_nobody_knows(folder: Path) -> None:
    user_file().write_text('model = "gpt-99"\n')
    fault = the_fault(still(folder))
    assert "There is no model 'gpt-99'" in fault.detail
    assert fault.command == ("settings", "set", "model", "auto")


def test_a_model_that_does_not_fit(folder: Path) -> None:
    user_file().write_text("[engine]\nmemory_limit_mib = 256\n")
    fault = the_fault(still(folder))
    assert (fault.subject, fault.level) == ("memory", Level.FAIL)
    assert "raise engine.memory_limit_mib" in fault.fix


def test_a_mistake_in_the_settings(folder: Path) -> None:
    user_file().write_text("\n[completion]\ndeadline_ms = 'soon'\n")
    fault = the_fault(still(folder))
    assert fault.level is Level.WARN
    assert f"{user_file()}:3: completion.deadline_ms" in fault.detail


def test_a_catalogue_of_the_users_that_cannot_be_read(folder: Path) -> None:
    (user_file().parent / "models.toml").write_text("[[models]]\nname = 5\n")
    fault = the_fault(still(folder))
    assert "models.toml is not used" in fault.detail


def test_a_runtime_folder_that_others_can_get_into(folder: Path) -> None:
    runtime = Path(os.environ["CORNERMAN_RUNTIME_DIR"])
    runtime.mkdir(mode=0o755)
    runtime.chmod(0o755)
    fault = the_fault(still(folder))
    assert fault.subject == "socket"
    assert "chmod 700" in fault.fix


def test_a_folder_that_cannot_be_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CORNERMAN_STATE_DIR", str(tmp_path / "file"))
    fault = the_fault(still(folder))
    assert (fault.subject, fault.level) == ("folders", Level.FAIL)
    assert "CORNERMAN_STATE_DIR" in fault.fix


def test_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", almost_full)
    fault = the_fault(still(folder))
    assert fault.subject == "disk"
    assert "only 0.1 GB" in fault.detail


def test_memory_that_other_programs_have_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def little() -> hardware.Machine:
        return hardware.Machine("a chip", False, 2, 4 << 30, 1 << 29, 24 * 10**9)

    monkeypatch.setattr(hardware, "probe", little)
    assert the_fault(list(environment.examine(folder))).subject == "memory"


def test_a_library_that_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", not_installed)
    fault = the_fault(still(folder))
    assert "llama.cpp is not installed" in fault.detail
    assert "pip install xllamacpp" in fault.fix


def test_offline_mode_that_was_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
    assert the_fault(still(folder)).fix == "unset CORNERMAN_OFFLINE"


def test_errors_of_today_in_a_log(folder: Path) -> None:
    log = Path(os.environ["CORNERMAN_STATE_DIR"]) / "log" / "engine.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026 1 INFO cornerman: fine\n2026 1 ERROR cornerman.engine: it broke\n")
    fault = the_fault(still(folder))
    assert fault.level is Level.WARN
    assert "it broke" in fault.detail


def crash_five_times() -> None:
    for _ in range(5):
        crashes.note_crash()


async def test_an_engine_that_keeps_crashing(folder: Path) -> None:
    crash_five_times()
    async with aclosing(service.examine(Settings(), folder)) as findings:
        fault = the_fault([await anext(findings)])
    assert "failed several times" in fault.detail


async def test_a_remote_engine_that_cannot_be_reached(folder: Path) -> None:
    user_file().write_text('[engine]\nurl = "http://127.0.0.1:9"\n')
    found = [finding async for finding in examine(folder)]
    fault = next(finding for finding in found if finding.subject == "engine")
    assert fault.level is Level.FAIL
    assert "127.0.0.1" in fault.detail
    assert fault.fix
    assert next(f for f in found if f.subject == "server").level is Level.OK


async def test_what_depends_on_a_fault_is_not_tried(folder: Path) -> None:
    presence.path_of(catalog.find(STARTER_MODEL), FILE).unlink()
    subjects = {finding.subject async for finding in examine(folder)}
    assert not subjects & {"server", "engine", "completion"}


def test_the_bundle_holds_no_address_and_no_home(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    user_file().write_text('[engine]\nurl = "http://secret.example"\napi_key_file = "~/my-key"\n')
    log = Path(os.environ["CORNERMAN_STATE_DIR"]) / "log" / "server.log"
    log.parent.mkdir(parents=True)
    log.write_text("2026 1 ERROR cornerman.engine: secret.example:80 cannot be reached\n")
    bundle.write(tmp_path / "b.zip", still(folder), load([folder])[0])
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
        report = json.loads(archive.read("report.json"))
    assert report["settings"]["engine.url"] == "(set)"
    assert "secret.example" not in text
    assert "my-key" not in text
    assert str(tmp_path) not in text


class TestEditors:
    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A home with Neovim as the only editor, and a broken link in its configuration."""
        programs, config = tmp_path / "bin", tmp_path / ".config" / "nvim"
        programs.mkdir()
        (programs / "nvim").touch(mode=0o755)
        config.mkdir(parents=True)
        (config / "gone.lua").symlink_to(tmp_path / "nowhere")
        monkeypatch.setenv("PATH", str(programs))
        monkeypatch.setenv("HOME", str(tmp_path))
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(variable, raising=False)
        return tmp_path

    def test_one_without_the_plugin(self, home: Path) -> None:
        fault = the_fault(list(editors.examine()))
        assert "Neovim is here, without Cornerman's plugin" in fault.detail

    def test_one_whose_configuration_names_it(self, home: Path) -> None:
        file = home / ".config" / "nvim" / "init.lua"
        file.write_text("require('cornerman').setup{}\n")
        (finding,) = editors.examine()
        assert finding.level is Level.OK
        assert str(file) in finding.detail

    def test_none_at_all(self, home: Path) -> None:
        (home / "bin" / "nvim").unlink()
        assert "no editor was found" in the_fault(list(editors.examine())).detail


@pytest.fixture(autouse=True)
def no_engine_is_left() -> Generator[None]:
    """The tests above start none; one that is there all the same would outlive them."""
    yield
    assert not list(Path(os.environ.get("CORNERMAN_RUNTIME_DIR", "/nowhere")).glob("*.sock"))
