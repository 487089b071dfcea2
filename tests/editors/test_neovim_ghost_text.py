"""When ghost text is drawn and when it goes, in real Neovims.

What is suggested is scripted here, behind the real server.
"""

from __future__ import annotations

from support.neovim import Neovim
from support.scripted_neovim import suggest, take

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


def test_leaving_insert_mode_hides_it(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "leave.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<Esc>")
    assert nvim.ghost is None


def test_a_late_answer_is_not_drawn(nvim: Neovim) -> None:
    held, released, hold = (nvim.folder / name for name in ("held", "released", "hold"))
    for file in (held, released):
        file.write_text("0")
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "late.py")
    hold.touch()
    nvim.insert()
    nvim.until(lambda: int(held.read_text() or 0) >= 1)
    # The answer is on its way; now the text becomes one that it does not fit.
    suggest(nvim)
    nvim.lua("require('cornerman').toggle('buffer', false)")
    nvim.type("0 ")
    nvim.lua("require('cornerman').toggle('buffer', true)")
    hold.unlink()
    nvim.until(lambda: int(released.read_text() or 0) >= 1)
    nvim.settle()
    assert nvim.ghost is None


def test_a_superseded_request_is_cancelled(nvim: Neovim) -> None:
    cancelled, held, hold = (nvim.folder / name for name in ("cancelled", "held", "hold"))
    for file in (cancelled, held):
        file.write_text("0")
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "cancel.py")
    hold.touch()
    nvim.insert()
    nvim.until(lambda: int(held.read_text() or 0) >= 1)
    nvim.type("v")
    nvim.until(lambda: int(cancelled.read_text() or 0) >= 1)
    hold.unlink()


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


def test_turned_off_for_a_file_type_and_on_again(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "toggle.py")
    nvim.command("Cornerman toggle filetype off")
    nvim.insert()
    nvim.keys("<M-Bslash>")
    nvim.settle()
    assert nvim.ghost is None
    nvim.keys("<Esc>")
    nvim.command("Cornerman toggle filetype on")
    nvim.insert()
    nvim.wait_for_ghost()


def test_the_status_line_knows_the_engine(nvim: Neovim) -> None:
    suggest(nvim, SUGGESTED)
    nvim.open(RETURN, "status.py")
    nvim.insert()
    nvim.wait_for_ghost()
    line = nvim.until(lambda: nvim.lua("return require('cornerman').statusline()"))
    assert line[0] in "○◔◐●"
