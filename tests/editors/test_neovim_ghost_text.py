"""Ghost text in real Neovims: the real plugin, server and model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.neovim import KINDS, SERVER, Kind, Neovim, setup_lines

pytestmark = pytest.mark.timeout(300)

CLAMP = '''\
def clamp(value: int, low: int, high: int) -> int:
    """Return value, but not less than low and not more than high."""
    ‸


def is_even(number: int) -> bool:
    return number % 2 == 0
'''
RETURN = CLAMP.replace("‸", "return ‸")


@pytest.fixture(scope="module", params=KINDS, ids=str)
def nvim(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neovim]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(str(kind))
    server = (SERVER[0], str(TAP), str(folder), *SERVER)
    # A slow machine needs long for several candidates.
    patience = "settings = { completion = { deadline_ms = 110000 } }"
    editor = Neovim(kind, folder, setup_lines(server, kind.painter, patience))
    yield editor
    editor.close()


TAP = Path(__file__).parents[1] / "support" / "wire_tap.py"


@pytest.fixture(autouse=True)
def normal_mode(nvim: Neovim) -> Iterator[None]:
    yield
    nvim.keys("<Esc>", "<Esc>")
    nvim.command("silent! only!")


def test_drawn_typed_through_and_taken_whole(nvim: Neovim) -> None:
    nvim.open(CLAMP, "whole.py")
    nvim.insert()
    ghost = nvim.wait_for_ghost()
    assert (ghost.line, ghost.byte) == (2, 4)
    nvim.type(ghost.text[:3])
    rest = nvim.wait_for_ghost(lambda g: g.byte == 7)
    assert rest.text.startswith(ghost.text[3:])
    typed = nvim.lines[2]
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.lines[2] != typed)
    assert nvim.lines[2].startswith("    " + ghost.text.split("\n")[0])
    ast.parse(nvim.text)


def test_undo_takes_back_the_suggestion_and_nothing_else(nvim: Neovim) -> None:
    nvim.open(CLAMP, "undo.py")
    nvim.insert()
    nvim.type("return ")
    typed = nvim.lines
    nvim.wait_for_ghost(lambda g: g.byte == 11)
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.lines != typed)
    nvim.type(" + 0")
    nvim.keys("<Esc>", "u", "u")
    assert nvim.lines == typed
    nvim.keys("u")
    assert nvim.lines[2] == "    "


def test_taken_by_word_and_by_line(nvim: Neovim) -> None:
    nvim.open(RETURN, "words.py")
    nvim.insert()
    nvim.keys("<M-Bslash>")
    ghost = nvim.wait_for_ghost(lambda g: not g.text.isidentifier())
    nvim.keys("<M-w>")
    nvim.until(lambda: nvim.cursor[1] > ghost.byte)
    first = nvim.lines[2][ghost.byte :]
    assert first
    assert ghost.text.startswith(first)
    assert first.isidentifier()
    rest = nvim.wait_for_ghost(lambda g: g.byte == nvim.cursor[1])
    nvim.keys("<M-l>")
    nvim.until(lambda: nvim.lines[2] == f"    return {first}{rest.text.splitlines()[0]}")


def test_asked_by_hand_there_are_several_to_choose_from(nvim: Neovim) -> None:
    nvim.open("def parse_date(text):\n    ‸\n", "several.py")
    nvim.insert()
    nvim.keys("<M-Bslash>")
    several = nvim.wait_for_ghost(lambda _: count_of(nvim) > 1)
    nvim.keys("<M-]>")
    other = nvim.wait_for_ghost(lambda g: g.text != several.text)
    nvim.keys("<M-p>")
    nvim.wait_for_ghost(lambda g: g.text == several.text)
    nvim.keys("<M-]>", "<Tab>")
    nvim.until(lambda: nvim.lines[1] == "    " + other.text.splitlines()[0])


def count_of(nvim: Neovim) -> int:
    """How many candidates there are to choose from."""
    painter = "require('cornerman.ghost').count()"
    return int(nvim.lua(f"return {painter}"))


def test_dismissed_until_the_cursor_moves(nvim: Neovim) -> None:
    nvim.open(RETURN, "dismiss.py")
    nvim.insert()
    ghost = nvim.wait_for_ghost()
    nvim.keys("<C-]>")
    nvim.settle()
    assert nvim.ghost is None
    assert nvim.lines[2] == "    return "
    nvim.type(ghost.text[0])
    nvim.wait_for_ghost(lambda g: g.byte == ghost.byte + 1)


def test_leaving_insert_mode_hides_it(nvim: Neovim) -> None:
    nvim.open(RETURN, "leave.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<Esc>")
    assert nvim.ghost is None


def test_a_late_answer_is_not_drawn(nvim: Neovim) -> None:
    held, hold = nvim.folder / "held", nvim.folder / "hold"
    held.write_text("0")
    nvim.open(RETURN, "late.py")
    hold.touch()
    nvim.insert()
    nvim.until(lambda: int(held.read_text() or 0) >= 1)
    # The answer is on its way; now the text becomes one that it does not fit.
    nvim.lua("require('cornerman').toggle('buffer', false)")
    nvim.type("0 ")
    nvim.lua("require('cornerman').toggle('buffer', true)")
    hold.unlink()
    nvim.settle()
    assert nvim.ghost is None


def test_a_superseded_request_is_cancelled(nvim: Neovim) -> None:
    cancelled, held, hold = (nvim.folder / name for name in ("cancelled", "held", "hold"))
    for file in (cancelled, held):
        file.write_text("0")
    nvim.open(RETURN, "cancel.py")
    hold.touch()
    nvim.insert()
    nvim.until(lambda: int(held.read_text() or 0) >= 1)
    nvim.type("v")
    nvim.until(lambda: int(cancelled.read_text() or 0) >= 1)
    hold.unlink()


def test_two_windows_on_one_buffer(nvim: Neovim) -> None:
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
    nvim.open(RETURN, "status.py")
    nvim.insert()
    nvim.wait_for_ghost()
    line = nvim.until(lambda: nvim.lua("return require('cornerman').statusline()"))
    assert line[0] in "○◔◐●"
