"""What only a real model shows: an explanation that streams, several suggestions that differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.neovim import KINDS, SERVER, Neovim, setup_lines

pytestmark = pytest.mark.timeout(300)

SOURCE = """\
def first(numbers):
    ‸return numbers[0]
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """A new Neovim with the real model; on a slow machine, too, it has time for all candidates."""
    completion = "deadline_ms = 110000, max_line_tokens = 16, max_block_tokens = 24"
    options = f"settings = {{ completion = {{ {completion} }} }}"
    lines = setup_lines(SERVER, options=options)
    editor = Neovim(KINDS[2], tmp_path_factory.mktemp("real"), lines)
    yield editor
    editor.close()


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


def test_asked_by_hand_there_are_several_to_choose_from(real: Neovim) -> None:
    real.open("def parse_date(text):\n    ‸\n", "several.py")
    real.insert()
    real.keys("<M-Bslash>")
    count = "return require('cornerman.ghost').count()"
    several = real.wait_for_ghost(lambda _: real.lua(count) > 1)
    real.keys("<M-]>")
    other = real.wait_for_ghost(lambda g: g.text != several.text)
    real.keys("<M-p>")
    real.wait_for_ghost(lambda g: g.text == several.text)
    real.keys("<M-]>", "<Tab>")
    real.until(lambda: real.lines[1] == "    " + other.text.splitlines()[0])
