"""Beside what else has keys and windows in insert mode: menus, snippets, other mappings.

What is suggested is scripted here, behind the real server. Plugins that draw menus are stood in for
by mappings that fall back to ours in the two ways such plugins have: by calling what is mapped, or
by keeping it under another name.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.neovim import Neovim
from support.scripted_neovim import suggest, take

CALLS = """
local former = vim.fn.maparg('<Tab>', 'i', false, true)
vim.keymap.set('i', '<Tab>', function()
  return vim.api.nvim_replace_termcodes(former.callback(), true, true, true)
end, { buffer = true, expr = true, replace_keycodes = false })
"""
KEEPS = """
local former = vim.fn.maparg('<Tab>', 'i', false, true)
vim.keymap.set('i', '<Plug>(kept)', former.callback, { buffer = true, expr = true })
vim.keymap.set('i', '<Tab>', function()
  local keys = vim.api.nvim_replace_termcodes('<Plug>(kept)', true, true, true)
  vim.api.nvim_feedkeys(keys, 'it', true)
end, { buffer = true })
"""
MENU = """
local buf = vim.api.nvim_create_buf(false, true)
vim.api.nvim_buf_set_lines(buf, 0, -1, false, { 'one', 'two' })
vim.api.nvim_open_win(buf, false, {
  relative = 'cursor', row = 1, col = 0, width = 9, height = 2, style = 'minimal'
})
"""


@pytest.fixture(params=[CALLS, KEEPS], ids=["calls", "keeps"])
def with_menu(request: pytest.FixtureRequest, nvim: Neovim) -> Iterator[Neovim]:
    """Beside a plugin with a menu, which has <Tab>."""
    suggest(nvim, "print(1)")
    nvim.open("‸\n", "menu.py", "expandtab shiftwidth=4 softtabstop=4")
    nvim.lua(request.param)
    yield nvim
    nvim.command("iunmap <buffer> <Tab>")


def test_ghost_text_stays_beside_the_menu_of_a_plugin(with_menu: Neovim) -> None:
    with_menu.insert()
    with_menu.lua(MENU)
    take(with_menu)
    assert with_menu.lines == ["print(1)"]


def test_where_there_is_no_suggestion_the_key_of_a_plugin_indents(with_menu: Neovim) -> None:
    suggest(with_menu)
    with_menu.insert()
    with_menu.keys("<Tab>")
    with_menu.until(lambda: with_menu.lines == ["    "])


def test_a_menu_without_a_chosen_entry_changes_nothing(nvim: Neovim) -> None:
    suggest(nvim, "umber = 1")
    nvim.command("set completeopt=menuone,noselect")
    nvim.open("number = 2\nn‸\n", "noselect.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<C-n>")
    nvim.until(lambda: nvim.lua("return vim.fn.pumvisible()") == 1)
    take(nvim)
    assert nvim.lines[1] == "number = 1"


@pytest.mark.parametrize("options", ["menuone,noinsert", "menuone"])
def test_a_chosen_entry_hides_it(nvim: Neovim, options: str) -> None:
    suggest(nvim, "umber = 1")
    nvim.command(f"set completeopt={options}")
    nvim.open("number = 2\nn‸\n", "chosen.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<C-n>")
    nvim.until(lambda: nvim.lua("return vim.fn.complete_info({ 'selected' }).selected") == 0)
    nvim.until(lambda: nvim.ghost is None)
    nvim.keys("<C-e>")
    nvim.wait_for_ghost()
    assert nvim.lines[1] == "n"


def test_a_snippet_is_left_by_its_own_key(nvim: Neovim) -> None:
    suggest(nvim, "value")
    nvim.open("‸\n", "snippet.py")
    nvim.insert()
    nvim.lua("vim.snippet.expand('f($1, $2)')")
    nvim.wait_for_ghost()
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.cursor == (0, 4))
    assert nvim.lines == ["f(, )"]


def test_a_key_does_what_it_did_where_there_is_no_suggestion(nvim: Neovim) -> None:
    suggest(nvim)
    nvim.open("‸\n", "key.py", "expandtab shiftwidth=4 softtabstop=4")
    nvim.insert()
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.lines == ["    "])
