"""One engine for all editors of a run, and editors that a module's tests share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import scripted_neovim
from support.engine import DEADLINE, private_folders
from support.neovim import KINDS, Kind, Neovim

_ONE_WINDOW = """
for _, window in ipairs(vim.api.nvim_list_wins()) do
  if vim.api.nvim_win_get_config(window).relative ~= '' then
    vim.api.nvim_win_close(window, true)
  end
end
vim.cmd('silent! only!')
"""


@pytest.fixture(scope="package", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of one's own, and in them an engine that has loaded the model."""
    folder = tmp_path_factory.mktemp("editors")
    file = folder / "a.py"
    file.write_text("def add(a, b):\n    return \n")
    with private_folders(folder):
        command = (sys.executable, "-m", "cornerman", "complete", f"{file}:2:12")
        subprocess.run(command, check=True, timeout=DEADLINE, stdout=subprocess.DEVNULL)
        yield folder


@pytest.fixture(scope="package", params=KINDS, ids=str)
def shared_neovim(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, home: Path
) -> Iterator[Neovim]:
    kind: Kind = request.param
    editor = scripted_neovim.start(kind, tmp_path_factory.mktemp(str(kind)))
    yield editor
    editor.close()


@pytest.fixture
def nvim(shared_neovim: Neovim) -> Iterator[Neovim]:
    """One window, in normal mode; what is suggested in it is scripted, behind the real server."""
    shared_neovim.lua("_G.messages = {}")
    scripted_neovim.suggest(shared_neovim)
    yield shared_neovim
    shared_neovim.keys("<Esc>", "<Esc>")
    shared_neovim.lua(_ONE_WINDOW)
    shared_neovim.command("set completeopt& autoindent&")
