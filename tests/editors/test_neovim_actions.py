"""Explaining, editing and asking in real Neovims.

What comes of it is scripted here, behind the real server.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.neovim import KINDS, PLUGIN, Neovim

VERSIONS = pytest.mark.parametrize("shared_neovim", KINDS[:3], ids=str, indirect=True)
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


@pytest.fixture
def scripted(nvim: Neovim) -> Neovim:
    """With an edit that the test knows."""
    (nvim.folder / "edited").write_text(EDITED)
    return nvim


@VERSIONS
def test_an_explanation_is_written_while_it_comes(scripted: Neovim) -> None:
    scripted.open(SOURCE, "explain.py")
    source = scripted.lua("return vim.api.nvim_get_current_buf()")
    scripted.command("Cornerman explain")
    assert scripted.lua("return vim.bo.filetype") == "markdown"
    scripted.until(lambda: scripted.text == "The first of ")
    (scripted.folder / "more").touch()
    scripted.until(lambda: scripted.text == "The first of all numbers.")
    scripted.keys("q")
    assert scripted.lua("return vim.api.nvim_get_current_buf()") == source
    (scripted.folder / "more").unlink()


@VERSIONS
def test_closing_the_window_ends_the_explanation(scripted: Neovim) -> None:
    scripted.open(SOURCE, "closed.py")
    scripted.command("Cornerman explain")
    scripted.until(lambda: scripted.text == "The first of ")
    scripted.keys("q")
    scripted.until(lambda: (scripted.folder / "ended").exists())
    (scripted.folder / "ended").unlink()


@VERSIONS
def test_an_answer_names_its_sources(scripted: Neovim) -> None:
    scripted.open(SOURCE, "ask.py")
    scripted.command("Cornerman ask Where are prices loaded?")
    scripted.until(lambda: "Sources" in scripted.text)
    assert "prices.py answers Where are prices loaded?" in scripted.text
    assert scripted.lines[-1].startswith("- prices.py:")
    scripted.keys("q")


@VERSIONS
def test_the_plugin_says_what_it_adds_to_what_neovim_says(scripted: Neovim) -> None:
    """The server's own tests of clients are run with what is in `CLIENTS`."""
    scripted.open(SOURCE, "hello.py")
    version = scripted.lua("return vim.version().major .. '.' .. vim.version().minor")
    said = json.loads((scripted.folder / "initialize.json").read_text())["capabilities"]
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


@VERSIONS
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


@VERSIONS
def test_hunks_that_are_taken_are_one_step_of_undo(scripted: Neovim) -> None:
    scripted.open(SOURCE, "all.py")
    before = scripted.text
    review(scripted)
    scripted.keys("<CR>")
    assert scripted.text == EDITED.rstrip("\n")
    scripted.keys("u")
    assert scripted.text == before


@VERSIONS
def test_an_edit_that_is_rejected_leaves_no_trace(scripted: Neovim) -> None:
    scripted.open(SOURCE, "reject.py")
    before = scripted.text
    review(scripted)
    scripted.keys("q")
    assert scripted.text == before
    assert not scripted.lua("return vim.bo.modified")


@VERSIONS
def test_an_edit_for_a_text_that_changed_is_not_made(scripted: Neovim) -> None:
    scripted.open(SOURCE, "changed.py")
    buffer = scripted.lua("return vim.api.nvim_get_current_buf()")
    review(scripted)
    scripted.lua("vim.api.nvim_buf_set_lines(..., 0, 0, false, { 'x = 1' })", buffer)
    scripted.keys("<CR>")
    assert scripted.lines == ["x = 1", *SOURCE.replace("‸", "").splitlines()]
    scripted.until(lambda: "changed since" in " ".join(scripted.messages))


@VERSIONS
def test_a_fix_is_asked_for_the_problem_at_the_cursor(scripted: Neovim) -> None:
    scripted.open(SOURCE, "fix.py")
    scripted.lua(
        "vim.diagnostic.set(vim.api.nvim_create_namespace('test'), 0, {"
        " { lnum = 1, col = 11, end_lnum = 1, end_col = 18, message = 'It may be empty.' } })"
    )
    scripted.command("Cornerman fix")
    scripted.until(lambda: scripted.lua("return vim.bo.filetype") == "diff")
    asked = json.loads((scripted.folder / "asked").read_text())
    assert (asked["kind"], asked["diagnostic"]) == ("fix", "It may be empty.")
    scripted.keys("<CR>")
    assert scripted.text == EDITED.rstrip("\n")


@VERSIONS
def test_tests_go_into_a_new_file(scripted: Neovim) -> None:
    scripted.open(SOURCE, "tested.py")
    before = scripted.text
    scripted.command("5,6Cornerman test")
    scripted.until(lambda: scripted.lua("return vim.bo.filetype") == "diff")
    assert "--- (new file)" in scripted.lines
    asked = json.loads((scripted.folder / "asked").read_text())
    assert asked["text"] == "def middle(numbers):\n    return numbers[len(numbers) // 2]"
    scripted.keys("<CR>")
    assert scripted.lua("return vim.fn.bufnr('test_made.py')") > 0
    made = scripted.lua("return vim.fn.getbufline('test_made.py', 1, '$')")
    assert made == EDITED.splitlines()
    scripted.command("buffer tested.py")
    assert scripted.text == before
    scripted.command("bwipeout! test_made.py")


@VERSIONS
def test_a_model_is_chosen_fetched_and_used(scripted: Neovim, home: Path) -> None:
    scripted.open(SOURCE, "model.py")
    scripted.lua(
        "_G.chooser = vim.ui.select"
        " vim.ui.select = function(models, options, choose)"
        " _G.choices = vim.tbl_map(options.format_item, models) choose(models[2]) end"
    )
    scripted.command("Cornerman model")
    scripted.until(lambda: "there is in use." in scripted.messages)
    assert "Fetching there …" in scripted.messages
    settings = home / "config" / "settings.toml"
    written = settings.read_text()
    settings.unlink()
    assert 'model = "there"' in written.splitlines()
    assert scripted.lua("return _G.choices") == [
        "Here (in use, fits well)",
        "There (0.5 GB, fits well)",
    ]
    scripted.lua("vim.ui.select = _G.chooser")


@VERSIONS
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


@VERSIONS
def test_what_the_server_tells_about_itself(scripted: Neovim) -> None:
    scripted.open(SOURCE, "reports.py")
    for command, words in (("why", "latest requests"), ("stats", "```")):
        scripted.command(f"Cornerman {command}")
        scripted.until(lambda words=words: words in scripted.text)
        scripted.keys("q")
    scripted.command("Cornerman log")
    assert scripted.lua("return vim.fn.expand('%:t')") == "cornerman.log"


@VERSIONS
def test_the_health_is_what_the_doctor_finds(scripted: Neovim) -> None:
    scripted.open(SOURCE, "health.py")
    scripted.command("checkhealth cornerman")
    assert "OK Suggestions are drawn by" in scripted.text
    assert "OK cornerman 0." in scripted.text
    assert "Serves " in scripted.text
    assert "OK model: " in scripted.text
    scripted.command("bwipeout!")


@VERSIONS
def test_explanations_open_where_they_are_wanted(scripted: Neovim) -> None:
    scripted.open(SOURCE, "split.py")
    scripted.lua("require('cornerman.config').current.view = 'split'")
    scripted.command("Cornerman why")
    scripted.until(lambda: scripted.lua("return vim.bo.filetype") == "markdown")
    assert scripted.lua("return vim.api.nvim_win_get_config(0).relative") == ""
    scripted.keys("q")
    scripted.lua("require('cornerman.config').current.view = 'float'")


@VERSIONS
def test_every_subcommand_is_completed_and_has_its_help(scripted: Neovim) -> None:
    complete = "return vim.fn.getcompletion(..., 'cmdline')"
    names = scripted.lua(complete, "Cornerman ")
    assert sorted(names) == names
    assert scripted.lua(complete, "Cornerman to") == ["toggle"]
    assert scripted.lua(complete, "Cornerman toggle b") == ["buffer"]
    assert scripted.lua(complete, "1,2Cornerman refactor s") == ["simplify"]
    page = (PLUGIN / "doc" / "cornerman.txt").read_text()
    assert [name for name in names if f"    :Cornerman {name} " not in page] == []
    # What a plugin manager does when it installs; a checkout has no tags.
    scripted.command(f"helptags {PLUGIN / 'doc'}")
    scripted.command("help cornerman-options")
    assert scripted.lua("return vim.bo.buftype") == "help"
