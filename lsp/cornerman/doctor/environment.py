"""The installation itself, the machine, and the folders in use."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cornerman import __version__, paths
from cornerman.core.errors import CornermanError
from cornerman.doctor.finding import Finding, fail, ok, warn
from cornerman.engine import endpoint
from cornerman.models import hardware, offline, own
from cornerman.settings import load, user_file

_LITTLE_DISK = 2_000_000_000
_LITTLE_MEMORY = 1_500_000_000


def examine(folder: Path) -> Iterator[Finding]:
    """Everything that needs neither a model nor an engine. ``folder`` is that of a workspace."""
    yield ok("program", f"Cornerman {__version__}, Python {platform.python_version()}")
    yield from _libraries()
    yield from _settings(folder)
    yield from _machine()
    yield from _folders()
    yield from _runtime()


def _libraries() -> Iterator[Finding]:
    is_apple = sys.platform == "darwin" and platform.machine() == "arm64"
    wanted = {"xllamacpp": "llama.cpp", **({"mlx_lm": "MLX"} if is_apple else {})}
    for module, name in wanted.items():
        if importlib.util.find_spec(module) is not None:
            yield ok("library", f"{name} is installed")
        elif load()[0].engine.url is None:
            yield fail(
                "library",
                f"{name} is not installed, so no model can run here",
                f"run `pip install {module.replace('_', '-')}` in Cornerman's environment, or set "
                "engine.url to a server",
            )


def _settings(folder: Path) -> Iterator[Finding]:
    _, problems = load([folder])
    for problem in problems:
        yield warn("settings", problem, "correct it in the place that is named")
    if not problems:
        where = user_file() if user_file().exists() else "defaults only"
        yield ok("settings", str(where))
    if own.entries()[1]:
        yield warn("settings", own.entries()[1], f"correct {own.file()}, or delete it")
    if offline.is_on():
        yield warn("network", "offline mode is on, nothing is fetched", f"unset {offline.VARIABLE}")


def _machine() -> Iterator[Finding]:
    machine = hardware.probe()
    gb = machine.memory_bytes / 1e9
    yield ok("machine", f"{machine.chip}, {machine.cores} cores, {gb:.1f} GB of memory")
    if machine.available_bytes < _LITTLE_MEMORY:
        yield warn(
            "memory",
            f"other programs leave only {machine.available_bytes / 1e9:.1f} GB",
            "close some of them, or use a smaller model",
        )
    try:
        free = hardware.free_disk()
    except OSError:
        return  # The folder itself is the trouble, and is told of with the folders.
    if free < _LITTLE_DISK:
        yield warn(
            "disk",
            f"only {free / 1e9:.1f} GB are free for models",
            "make room, or set CORNERMAN_CACHE_DIR to a folder on another disk",
        )
    else:
        yield ok("disk", f"{free / 1e9:.0f} GB free")


def _folders() -> Iterator[Finding]:
    folders = {
        "CORNERMAN_CACHE_DIR": paths.cache_dir(),
        "CORNERMAN_STATE_DIR": paths.state_dir(),
        "CORNERMAN_CONFIG_DIR": paths.config_dir(),
    }
    bad = False
    for variable, folder in folders.items():
        reason = _why_not_writable(folder)
        if reason:
            bad = True
            yield fail(
                "folders",
                f"{folder} cannot be written ({reason})",
                f"set {variable} to a folder of yours",
            )
    if not bad:
        yield ok("folders", ", ".join(map(str, folders.values())))


def _why_not_writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or "unknown reason"


def _runtime() -> Iterator[Finding]:
    try:
        folder = endpoint.socket_dir() if os.name == "posix" else endpoint.private_dir()
    except CornermanError as error:
        sentence, _, advice = str(error).rstrip(".").partition("; ")
        yield fail("socket", sentence, advice)
    else:
        yield ok("socket", f"{folder}, private")
