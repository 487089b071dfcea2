"""Explaining, editing and asking in real Neovims; the model is real where a test says so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.neovim import KINDS, SERVER, Kind, Neovim, setup_lines

VERSIONS = KINDS[:3]
SCRIPTED = Path(__file__).parents[1] / "support" / "scripted_suggestions.py"
TAP = Path(__file__).parents[1] / "support" / "wire_tap.py"
CLIENTS = Path(__file__).parents[1] / "e2e" / "clients"

SOURCE = """\
def first(numbers):
    ‸return numbers[0]


def middle(numbers):
    return numbers[len(numbers) // 2]


def last(numbers):
    return numbers[-1]
"""
EDITED = (
    SOURCE.replace("‸", "")
    .replace("numbers[0]", "next(iter(numbers))")
    .replace("numbers[-1]", "numbers[len(numbers) - 1]")
)


@pytest.fixture(params=VERSIONS, ids=str)
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Neovim]:
    """With the real model."""
    kind: Kind = request.param
    server = (SERVER[0], str(TAP), str(tmp_path), *SERVER)
    editor = Neovim(kind, tmp_path, setup_lines(server, kind.painter))
    yield editor
    editor.close()


@pytest.fixture(scope="module", params=VERSIONS, ids=str)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neovim]:
    kind: Kind = request.param
    tmp_path = tmp_path_factory.mktemp(str(kind))
    (tmp_path / "suggestions").write_text("[]")
    (tmp_path / "edited").write_text(EDITED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(SCRIPTED.parents[1]))
        server = (sys.executable, str(SCRIPTED), str(tmp_path))
        editor = Neovim(kind, tmp_path, setup_lines(server, kind.painter))
        yield editor
        editor.close()


@pytest.fixture
def scripted(shared: Neovim) -> Neovim:
    """With an edit that the test knows."""
    shared.lua("_G.messages = {}")
    shared.command("silent! only!")
    return shared


def test_an_explanation_streams_into_a_window(real: Neovim) -> None:
    real.open(SOURCE, "explain.py")
    source = real.lua("return vim.api.nvim_get_current_buf()")
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


def test_the_plugin_says_what_it_adds_to_what_neovim_says(real: Neovim) -> None:
    """The server's own tests of clients are run with what is in `CLIENTS`."""
    real.open(SOURCE, "hello.py")
    version = real.lua("return vim.version().major .. '.' .. vim.version().minor")
    said = json.loads((real.folder / "initialize.json").read_text())["capabilities"]
    recorded = json.loads((CLIENTS / f"neovim-{version}.json").read_text())["capabilities"]
    can = dict.fromkeys(("status", "asksForInstruction", "previewsEdits", "showsText"), True)
    recorded["experimental"] = {"cornerman": can}
    recorded["textDocument"]["inlineCompletion"] = {"dynamicRegistration": False}
    assert said == recorded


def review(nvim: Neovim) -> list[str]:
    """Ask for the edit, and wait for its diff: the lines of it."""
    nvim.command("Cornerman refactor simplify")
    nvim.until(lambda: nvim.lua("return vim.bo.filetype") == "diff")
    return nvim.lines


def test_an_edit_is_shown_and_taken_hunk_by_hunk(scripted: Neovim) -> None:
    scripted.open(SOURCE, "hunks.py")
    before = scripted.text
    diff = review(scripted)
    assert "# passed: syntax: it parses" in diff
    assert [line for line in diff if line[:1] in "-+" and line[:3] not in ("---", "+++")] == [
        "-    return numbers[0]",
        "+    return next(iter(numbers))",
        "-    return numbers[-1]",
        "+    return numbers[len(numbers) - 1]",
    ]
    scripted.keys("r", "]c", "a", "<CR>")
    changed = before.replace("numbers[-1]", "numbers[len(numbers) - 1]")
    assert scripted.text == changed
    scripted.keys("u")
    assert scripted.text == before


def test_an_edit_that_is_rejected_leaves_no_trace(scripted: Neovim) -> None:
    scripted.open(SOURCE, "reject.py")
    before = scripted.text
    review(scripted)
    scripted.keys("q")
    assert scripted.text == before
    assert not scripted.lua("return vim.bo.modified")


def test_an_edit_for_a_text_that_changed_is_not_made(scripted: Neovim) -> None:
    scripted.open(SOURCE, "changed.py")
    buffer = scripted.lua("return vim.api.nvim_get_current_buf()")
    review(scripted)
    scripted.lua("vim.api.nvim_buf_set_lines(..., 0, 0, false, { 'x = 1' })", buffer)
    scripted.keys("<CR>")
    assert scripted.lines == ["x = 1", *SOURCE.replace("‸", "").splitlines()]
    scripted.until(lambda: "changed since" in " ".join(scripted.messages))


def test_a_code_action_opens_the_review(scripted: Neovim) -> None:
    scripted.open(SOURCE, "action.py")
    kind = "refactor.rewrite.cornerman.document"
    scripted.lua(
        "vim.lsp.buf.code_action({ context = { only = { ... } }, apply = true })",
        kind,
    )
    scripted.until(lambda: scripted.lua("return vim.bo.filetype") == "diff")
    scripted.keys("<CR>")
    assert scripted.text == EDITED.rstrip("\n")


def test_why_and_help_and_health_and_completion(scripted: Neovim) -> None:
    scripted.open(SOURCE, "reports.py")
    scripted.command("Cornerman why")
    scripted.until(lambda: "latest requests" in scripted.text)
    scripted.keys("q")
    complete = "return vim.fn.getcompletion(..., 'cmdline')"
    assert scripted.lua(complete, "Cornerman to") == ["toggle"]
    assert scripted.lua(complete, "Cornerman toggle b") == ["buffer"]
    scripted.command("help cornerman-options")
    assert scripted.lua("return vim.bo.buftype") == "help"


def test_an_unknown_option_or_subcommand_is_told_in_a_sentence(scripted: Neovim) -> None:
    scripted.lua("require('cornerman').setup({ ghost = true, view = 'tab' })")
    scripted.command("Cornerman explode")
    scripted.until(lambda: "Write :Cornerman and one of: ask," in " ".join(scripted.messages))
    assert "setup: there is no option ghost; see :help cornerman-options." in scripted.messages
    assert "setup: view must be one of: split, float." in scripted.messages
