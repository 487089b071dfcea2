"""Options, several Neovims, installing, help, style."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cornerman.settings.rendering import as_lua
from support.editors import cache, editor, root_of
from support.engine import engines_in
from support.neovim import KINDS, PLUGIN, SERVER, Kind, Neovim, setup_lines

VERSIONS = KINDS[:3]
PROJECT = PLUGIN.parents[1]
OPTIONS = "ghost = true, view = 'tab', keymaps = { accept = 1, take = 'x', dismiss = false }"
SOURCE = """\
def clamp(value: int, low: int, high: int) -> int:
    \"\"\"Return value, but not less than low and not more than high.\"\"\"
    return ‸
"""


@pytest.mark.parametrize("kind", VERSIONS, ids=str)
def test_an_unknown_option_or_subcommand_is_told_in_a_sentence(kind: Kind, tmp_path: Path) -> None:
    nvim = Neovim(kind, tmp_path, setup_lines(options=OPTIONS))
    try:
        nvim.command("Cornerman explode")
        nvim.until(lambda: "Write :Cornerman and one of: ask," in " ".join(nvim.messages))
        assert "setup: there is no option ghost; see :help cornerman-options." in nvim.messages
        assert "setup: view must be one of: split, float." in nvim.messages
        assert "setup: keymaps.accept must be a string." in nvim.messages
        assert (
            "setup: there is no option keymaps.take; see :help cornerman-options." in nvim.messages
        )
        mapped = "return vim.fn.maparg({...}, 'i') ~= ''"
        assert nvim.lua(mapped.replace("{...}", "'<Tab>'"))
        assert not nvim.lua(mapped.replace("{...}", "'<C-]>'"))
    finally:
        nvim.close()


def test_two_neovims_share_one_engine(tmp_path: Path, home: Path) -> None:
    editors: list[Neovim] = []
    try:
        for kind in (KINDS[0], KINDS[2]):
            folder = tmp_path / str(kind)
            folder.mkdir()
            editors.append(Neovim(kind, folder, setup_lines(SERVER)))
        for nvim in editors:
            nvim.open(SOURCE, "shared.py")
            nvim.insert()
            nvim.wait_for_ghost()
        assert len(engines_in(home)) == 1
    finally:
        for nvim in editors:
            nvim.close()


def test_an_installed_copy_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real virtual environment and a real wheel; what it depends on is taken from here."""
    packages = Path(os.path.commonpath([p for p in sys.path if p.endswith("site-packages")]))
    monkeypatch.setenv("PYTHONPATH", str(packages))
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    options = f"install = {{ python = '{sys.executable}', package = '{PROJECT}' }}"
    init = setup_lines((), options=options)
    init[-1] = init[-1].replace("cmd = {},", "")
    nvim = Neovim(KINDS[2], tmp_path, init)
    try:
        nvim.command(f"edit {tmp_path / 'a.py'}")
        nvim.until(lambda: "run :Cornerman install" in " ".join(nvim.messages))
        nvim.command("Cornerman install")
        nvim.until(lambda: "Cornerman is installed." in nvim.messages)
        nvim.until(lambda: nvim.lua("return require('cornerman.server').client(0) ~= nil"))
        program = nvim.lua("return require('cornerman.program').command()[1]")
        assert program.startswith(str(tmp_path))
        nvim.command("checkhealth cornerman")
        nvim.until(lambda: "cornerman 0." in nvim.text.lower())
        assert "Serves 1 buffers" in nvim.text
    finally:
        nvim.close()


@pytest.mark.parametrize("kind", VERSIONS, ids=str)
def test_the_help_has_every_tag_once(kind: Kind, tmp_path: Path) -> None:
    shutil.copytree(PLUGIN / "doc", tmp_path / "doc")
    nvim = str(editor(f"neovim-{kind.version}"))
    command = [nvim, "--headless", "-u", "NONE", "-c", f"helptags {tmp_path / 'doc'}", "-c", "q"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    tags = (tmp_path / "doc" / "tags").read_text()
    for line in (tmp_path / "doc" / "cornerman.txt").read_text().splitlines():
        assert len(line) <= 80, line
    assert "cornerman-options" in tags


def test_the_annotations_of_settings_are_up_to_date() -> None:
    written = (PLUGIN / "lua" / "cornerman" / "meta.lua").read_text(encoding="utf-8")
    assert written == as_lua(), "run `cornerman settings neovim`, and write it there"


def test_luacheck_has_nothing_to_say() -> None:
    lua = editor("lua5.1")
    luacheck = str(root_of(lua) / "usr" / "bin" / "luacheck")
    command = [str(lua), luacheck, "--no-color", "-q", "lua", "plugin"]
    done = subprocess.run(
        command, cwd=PLUGIN, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_lua_code_is_formatted() -> None:
    tools = [str(PROJECT / ".ci" / "vscode-tools"), "node"]
    found = subprocess.run(tools, capture_output=True, text=True, timeout=300, check=True)
    path = f"{found.stdout.strip()}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path}
    modules = cache() / "stylua-2.5.2"
    if not (modules / "node_modules").exists():
        modules.mkdir(parents=True, exist_ok=True)
        (modules / "package.json").write_text('{"private": true}')
        install = ["npm", "install", "--silent", "@johnnymorganz/stylua@2.5.2"]
        subprocess.run(install, cwd=modules, env=env, timeout=120, check=True)
    files = [str(file) for file in sorted(PLUGIN.rglob("*.lua"))]
    script = str(PROJECT / ".ci" / "stylua.mjs")
    command = ["node", script, str(modules / "node_modules"), "check", *files]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
