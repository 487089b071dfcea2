"""What macOS and Windows do in another way, through its seams: this system plays their part."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from cornerman.engine import endpoint
from cornerman.engine.host import power
from cornerman.engine.host.cores import physical_cores
from cornerman.engine.peer import Peer, is_foreign, listener_at
from cornerman.models.hardware import total_memory
from cornerman.settings.verification import Verification
from support.engine import private_folders

_STILL_RUNS, _HAS_ENDED = 0x102, 0


class Kernel:
    """What is used of the Windows library of this name. Numbers are its own."""

    def __init__(self) -> None:
        self.runs_for_looks = {4711: 3}
        self.open_handles = 0
        self.mains = 1

    def OpenProcess(self, access: int, inherit: bool, process_id: int) -> int:  # noqa: N802
        self.open_handles += process_id in self.runs_for_looks
        return process_id if process_id in self.runs_for_looks else 0

    def WaitForSingleObject(self, handle: int, milliseconds: int) -> int:  # noqa: N802
        self.runs_for_looks[handle] -= 1
        return _STILL_RUNS if self.runs_for_looks[handle] >= 0 else _HAS_ENDED

    def CloseHandle(self, handle: int) -> None:  # noqa: N802
        self.open_handles -= 1

    def GetSystemPowerStatus(self, status: Any) -> int:  # noqa: N802
        status._obj[0] = self.mains
        return 1

    def GetPhysicallyInstalledSystemMemory(self, kibibytes: Any) -> int:  # noqa: N802
        kibibytes._obj.value = 1024
        return 1


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    kernel = Kernel()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    return kernel


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")


def loaded_anew(name: str) -> ModuleType:
    """A module that decides by the system when it is imported."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_on_windows_the_end_of_the_editor_is_seen(
    windows: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = loaded_anew("cornerman.protocol.client_process")
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LOOKS", 0)
    assert await module.wait_until_gone(4711)
    assert not await module.wait_until_gone(5), "it cannot be seen from here"
    assert windows.open_handles == 0


def test_on_windows_memory_and_mains_are_asked_of_the_kernel(windows: Kernel) -> None:
    assert total_memory() == 1 << 20
    assert not power.on_battery()
    windows.mains = 0
    assert power.on_battery()


def test_on_windows_folders_have_no_modes_and_sockets_no_peers(
    windows: Kernel, tmp_path: Path
) -> None:
    with private_folders(tmp_path):
        endpoint.private_dir().chmod(0o755)
        assert endpoint.private_dir() == tmp_path / "run"
        assert endpoint.known() is None, "no port is known before an engine has written it"
        endpoint.port_file().write_text("{}")
        assert endpoint.known() is None
        assert endpoint.left_behind()
        assert not endpoint.left_behind()
    assert not is_foreign(Peer(1, os.getuid() + 1))
    assert listener_at(tmp_path / "socket") is None


async def test_on_windows_a_verify_command_that_takes_too_long_is_ended(
    windows: Kernel, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    forever = (sys.executable, "-c", "import time; time.sleep(1000)")
    check = await Verification(project, forever, 0.2).check((project / "a.py").as_uri(), "")
    assert not check.passed
    assert "took longer" in check.detail


def test_on_a_mac_the_battery_is_asked_of_pmset(mac: None, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"Battery": True, "AC": False}
    for source, expected in said.items():
        told = f"Now drawing from '{source} Power'\n".encode()

        def pmset(
            command: list[str], told: bytes = told, **_: object
        ) -> subprocess.CompletedProcess[bytes]:
            assert command[0] == "/usr/bin/pmset"
            return subprocess.CompletedProcess(command, 0, told)

        monkeypatch.setattr(subprocess, "run", pmset)
        assert power.on_battery() is expected


@pytest.mark.parametrize(("system", "expected"), [("darwin", 10), ("win32", 5)])
def test_cores_are_counted_without_their_second_threads(
    monkeypatch: pytest.MonkeyPatch, system: str, expected: int
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "cpu_count", lambda: 10)
    assert physical_cores() == expected
