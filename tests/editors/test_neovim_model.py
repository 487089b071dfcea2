"""The README's lines in an empty configuration, with the real server and the real model."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.neovim import KINDS, PLUGIN, SERVER, Neovim, setup_lines
from support.readme import block
from support.scripted_neovim import take

pytestmark = pytest.mark.timeout(300)

NEWEST = pytest.mark.parametrize("real", KINDS[2:3], ids=str, indirect=True)
CLAMP = '''\
def clamp(value: int, low: int, high: int) -> int:
    """Return value, but not less than low and not more than high."""
    return ‸
'''
FIRST = """\
def first(numbers):
    ‸return numbers[0]
"""
MESSAGES = """
_G.messages = {}
vim.notify = function(text) table.insert(_G.messages, text) end
"""


@pytest.fixture(scope="module", params=KINDS[:3], ids=str)
def real(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neovim]:
    """A new Neovim that has the lines of the README and nothing else."""
    lines = block("neovim/README.md", "Install", 3)
    lines = lines.replace("/path/to/cornerman", str(PLUGIN.parents[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        folder = tmp_path_factory.mktemp("real")
        editor = Neovim(request.param, folder, [MESSAGES, lines])
    yield editor
    editor.close()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """A new Neovim that, on a slow machine, too, has time for all candidates."""
    completion = "deadline_ms = 110000, max_line_tokens = 16, max_block_tokens = 24"
    options = f"settings = {{ completion = {{ {completion} }} }}"
    lines = setup_lines(SERVER, options=options)
    editor = Neovim(KINDS[2], tmp_path_factory.mktemp("patient"), lines)
    yield editor
    editor.close()


def test_the_lines_of_the_readme_are_enough(real: Neovim) -> None:
    real.open(CLAMP, "first.py")
    real.insert()
    ghost = real.wait_for_ghost()
    assert (ghost.line, ghost.byte) == (2, 11)
    real.type(ghost.text[:3])
    rest = real.wait_for_ghost(lambda g: g.byte == 14)
    assert rest.text.startswith(ghost.text[3:])
    typed = real.lines
    take(real)
    assert real.lines[2].startswith("    return " + ghost.text.split("\n")[0])
    ast.parse(real.text)
    real.keys("<Esc>", "u")
    assert real.lines == typed


def test_the_model_is_taken_by_word_and_by_line(real: Neovim) -> None:
    real.open(CLAMP, "parts.py")
    real.insert()
    ghost = real.wait_for_ghost()
    take(real, "<M-w>")
    word = real.lines[2].removeprefix("    return ")
    assert word
    assert ghost.text.startswith(word)
    rest = real.wait_for_ghost(lambda g: g.byte == 11 + len(word))
    take(real, "<M-l>")
    assert real.lines[2] == "    return " + word + rest.text.split("\n")[0]


@NEWEST
def test_an_explanation_streams_into_a_window(real: Neovim) -> None:
    real.open(FIRST, "explain.py")
    source = real.lua("return vim.api.nvim_get_current_buf()")
    real.insert()
    real.command("Cornerman explain")
    assert real.lua("return vim.bo.filetype") == "markdown"
    lengths = [len(real.text)]

    def is_growing() -> bool:
        if len(real.text) > lengths[-1]:
            lengths.append(len(real.text))
        return len(lengths) > 3

    real.until(is_growing)
    assert "first" in real.until(lambda: real.text if "first" in real.text else None)
    real.keys("q")
    assert real.lua("return vim.api.nvim_get_current_buf()") == source


@NEWEST
def test_an_edit_is_previewed_and_applied(real: Neovim) -> None:
    real.open(FIRST, "document.py")
    before = real.lines
    real.command("Cornerman document")
    real.until(lambda: real.lua("return vim.bo.filetype") == "diff")
    real.keys("<CR>")
    real.until(lambda: real.lua("return vim.bo.filetype") == "python")
    function = ast.parse(real.text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function)
    real.keys("u")
    assert real.lines == before


def test_asked_by_hand_there_are_several_to_choose_from(patient: Neovim) -> None:
    patient.open("def parse_date(text):\n    ‸\n", "several.py")
    patient.insert()
    patient.keys("<M-Bslash>")
    count = "return require('cornerman.ghost').count()"
    several = patient.wait_for_ghost(lambda _: patient.lua(count) > 1)
    patient.keys("<M-]>")
    other = patient.wait_for_ghost(lambda g: g.text != several.text)
    patient.keys("<M-p>")
    patient.wait_for_ghost(lambda g: g.text == several.text)
    patient.keys("<M-]>", "<Tab>")
    patient.until(lambda: patient.lines[1] == "    " + other.text.splitlines()[0])
