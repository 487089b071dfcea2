"""When ghost text is drawn and when it goes, in real Neovims.

What is suggested is scripted here, behind the real server.
"""

from __future__ import annotations

import pytest

from support.neovim import Neovim
from support.scripted_neovim import held_answers, suggest, take

RETURN = '''\
def clamp(value: int, low: int, high: int) -> int:
    """Return value, but not less than low and not more than high."""
    return ‸


def is_even(number: int) -> bool:
    return number % 2 == 0
'''
SUGGESTED = "max(low, min(value, high))"


def test_undo_takes_back_the_suggestion_and_nothing_else(nvim: Neovim) -> None:
    nvim.open(RETURN.replace("return ‸", "‸"), "undo.py")
    nvim.insert()
    nvim.type("return")
    suggest(nvim, SUGGESTED)
    nvim.type(" ")
    typed = nvim.lines
    nvim.wait_for_ghost(lambda g: g.byte == 11)
    take(nvim)
    suggest(nvim)
    nvim.type(" + 0")
    nvim.keys("<Esc>", "u", "u")
    assert nvim.lines == typed
    nvim.keys("u")
    assert nvim.lines[2] == "    "


def test_dismissed_until_the_cursor_moves(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "dismiss.py")
    nvim.insert()
    ghost = nvim.wait_for_ghost()
    nvim.keys("<C-]>")
    nvim.settle()
    assert nvim.ghost is None
    assert nvim.lines[2] == "    return "
    suggest(nvim, SUGGESTED[1:])
    nvim.type(SUGGESTED[0])
    nvim.wait_for_ghost(lambda g: g.byte == ghost.byte + 1)


@pytest.mark.parametrize("typed", ["max", "min"], ids=["to its end", "otherwise"])
def test_what_follows_is_suggested_when_a_suggestion_is_typed(nvim: Neovim, typed: str) -> None:
    suggest(nvim, "max")
    nvim.open(RETURN, f"followed_{typed}.py")
    nvim.insert()
    nvim.wait_for_ghost()
    suggest(nvim, "(low, high)")
    nvim.type(typed)
    ghost = nvim.wait_for_ghost(lambda g: g.byte == len("    return ") + len(typed))
    assert ghost.text == "(low, high)"


def test_leaving_insert_mode_hides_it(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "leave.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<Esc>")
    assert nvim.ghost is None


def test_a_late_answer_is_not_drawn(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "late.py")
    with held_answers(nvim) as wait:
        nvim.insert()
        wait("held", 1)
        # The answer is on its way; now the text becomes one that it does not fit.
        suggest(nvim)
        nvim.lua("require('cornerman').toggle('buffer', false)")
        nvim.type("0 ")
        nvim.lua("require('cornerman').toggle('buffer', true)")
    wait("released", 1)
    nvim.settle()
    assert nvim.ghost is None


def test_a_superseded_request_is_cancelled(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "cancel.py")
    with held_answers(nvim) as wait:
        nvim.insert()
        wait("held", 1)
        nvim.type("v")
        wait("cancelled", 1)


def test_two_windows_on_one_buffer(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "windows.py")
    nvim.command("split")
    nvim.insert()
    ghost = nvim.wait_for_ghost()
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.cursor[1] > ghost.byte)
    other = nvim.lua("return vim.api.nvim_win_get_cursor(vim.fn.win_getid(2))")
    assert other == [3, 10]
    assert nvim.lines[2].startswith("    return " + ghost.text.splitlines()[0])


@pytest.mark.parametrize("scope", ["global", "filetype", "buffer"])
def test_turned_off_and_on_again(nvim: Neovim, scope: str) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, f"{scope}.py")
    nvim.command(f"Cornerman toggle {scope} off")
    nvim.until(lambda: f"Suggestions are off ({scope})." in nvim.messages)
    assert nvim.lua("return require('cornerman').statusline()") == "- off"
    nvim.insert()
    nvim.keys("<M-Bslash>")
    nvim.settle()
    assert nvim.ghost is None
    nvim.keys("<Esc>")
    nvim.command(f"Cornerman toggle {scope}")
    nvim.insert()
    nvim.wait_for_ghost()


def test_a_file_type_without_suggestions_has_them_once_they_are_wanted(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    path = nvim.folder / "notes.txt"
    path.write_text("\n")
    nvim.command(f"edit {path}")
    assert nvim.lua("return vim.bo.filetype") == "text"
    nvim.command("Cornerman toggle on")
    nvim.until(lambda: "but not here" in " ".join(nvim.messages))
    nvim.command("Cornerman toggle filetype")
    nvim.until(lambda: nvim.lua("return require('cornerman.server').client(0) ~= nil"))
    nvim.keys("i")
    nvim.wait_for_ghost()
    nvim.keys("<Esc>")
    nvim.command("Cornerman toggle filetype off")


def test_the_status_line_knows_the_engine(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "status.py")
    nvim.insert()
    nvim.wait_for_ghost()
    line = nvim.until(lambda: nvim.lua("return require('cornerman').statusline()"))
    assert line[0] in "○◔◐●"
