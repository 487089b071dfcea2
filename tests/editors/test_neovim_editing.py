"""Taking suggestions into every kind of text, in real Neovims.

What is suggested is scripted here, behind the real server: these are questions about the editor.
"""

from __future__ import annotations

from support.neovim import Neovim
from support.scripted_neovim import suggest, take


def test_several_lines_are_drawn_below_and_taken(nvim: Neovim) -> None:
    suggest(nvim, "for x in y:\n        print(x)\n    return y")
    nvim.open("def f(y):\n    ‸\n\nf(1)\n", "block.py")
    nvim.insert()
    ghost = nvim.wait_for_ghost()
    assert ghost.text == "for x in y:\n        print(x)\n    return y"
    take(nvim)
    assert nvim.text == "def f(y):\n    for x in y:\n        print(x)\n    return y\n\nf(1)"
    assert nvim.cursor == (3, 12)


def test_line_by_line(nvim: Neovim) -> None:
    suggest(nvim, "one\ntwo\nthree")
    nvim.open("‸\nend\n", "lines.txt", "filetype=conf")
    nvim.insert()
    take(nvim, "<M-l>")
    suggest(nvim, "\ntwo\nthree")
    assert nvim.lines == ["one", "end"]
    nvim.wait_for_ghost(lambda g: g.text == "\ntwo\nthree")
    take(nvim, "<M-l>")
    assert nvim.lines == ["one", "two", "end"]


def test_word_by_word_in_text_of_any_language(nvim: Neovim) -> None:
    suggest(nvim, "größe = 長さ + 1")
    nvim.open("# 注釈 😀\n‸\n", "wide.py")
    nvim.insert()
    for expected in ("größe", "größe =", "größe = 長さ", "größe = 長さ +"):
        suggest(nvim, "größe = 長さ + 1"[len(nvim.lines[1]) :])
        take(nvim, "<M-w>")
        assert nvim.lines[1] == expected


def test_after_wide_characters_the_columns_are_right(nvim: Neovim) -> None:
    suggest(nvim, "名前 = 'größe'", before=2)
    nvim.open("x = '😀'; 名前‸# 終\n", "columns.py")
    nvim.insert()
    assert nvim.wait_for_ghost().text == " = 'größe'"
    take(nvim)
    assert nvim.lines == ["x = '😀'; 名前 = 'größe'# 終"]


def test_what_stands_right_of_the_cursor_is_replaced(nvim: Neovim) -> None:
    suggest(nvim, "(1, 2)", after=1)
    nvim.open("print‸)\n", "right.py")
    nvim.insert()
    take(nvim)
    assert nvim.lines == ["print(1, 2)"]
    assert nvim.cursor == (0, 11)


def test_right_of_the_cursor_something_else_is_removed(nvim: Neovim) -> None:
    suggest(nvim, "new()", after=3)
    nvim.open("call(‸old)\n", "remove.py")
    nvim.insert()
    take(nvim)
    assert nvim.lines == ["call(new())"]


def test_tabs_are_drawn_as_wide_as_they_are(nvim: Neovim) -> None:
    suggest(nvim, "{\n\tif x {\n\t\ty()\n\t}\n}")
    nvim.open("func f() ‸\n", "tabs.go", "tabstop=4 noexpandtab")
    nvim.insert()
    nvim.wait_for_ghost()
    take(nvim)
    assert nvim.lines == ["func f() {", "\tif x {", "\t\ty()", "\t}", "}"]


def test_a_file_with_dos_line_ends_keeps_them(nvim: Neovim) -> None:
    suggest(nvim, "return 1\n\n")
    nvim.open("def f():\r\n    ‸\r\nf()\r\n", "dos.py")
    assert nvim.lua("return vim.bo.fileformat") == "dos"
    nvim.insert()
    take(nvim)
    nvim.keys("<Esc>")
    nvim.command("write")
    text = (nvim.folder / "dos.py").read_bytes()
    assert text == b"def f():\r\n    return 1\r\n\r\n\r\nf()\r\n"


def test_what_is_typed_through_need_not_be_asked_again(nvim: Neovim) -> None:
    suggest(nvim, "return value")
    nvim.open("‸\n", "through.py")
    nvim.insert()
    nvim.wait_for_ghost()
    suggest(nvim)
    nvim.type("return v")
    assert nvim.wait_for_ghost(lambda g: g.byte == 8).text == "alue"
    take(nvim)
    assert nvim.lines == ["return value"]


def test_what_is_typed_otherwise_takes_it_away(nvim: Neovim) -> None:
    suggest(nvim, "return value")
    nvim.open("‸\n", "otherwise.py")
    nvim.insert()
    nvim.wait_for_ghost()
    suggest(nvim)
    nvim.type("x")
    nvim.until(lambda: nvim.ghost is None)
    nvim.keys("<Tab>")
    nvim.until(lambda: nvim.lines[0].startswith("x") and len(nvim.lines[0]) > 1)
    assert nvim.lines[0].strip() == "x"


def test_candidates_go_round(nvim: Neovim) -> None:
    suggest(nvim, "first", "second", "third")
    nvim.open("‸\n", "round.py")
    nvim.insert()
    nvim.wait_for_ghost()
    nvim.keys("<M-Bslash>")
    nvim.until(lambda: nvim.lua("return require('cornerman.ghost').count()") == 3)
    nvim.keys("<M-]>")
    nvim.wait_for_ghost(lambda g: g.text.startswith("second"))
    nvim.keys("<M-p>", "<M-p>")
    nvim.wait_for_ghost(lambda g: g.text.startswith("third"))
    take(nvim)
    assert nvim.lines == ["third"]


def test_dot_repeats_what_was_taken(nvim: Neovim) -> None:
    suggest(nvim, "print(1)")
    nvim.open("‸\n\n", "dot.py")
    nvim.insert()
    take(nvim)
    nvim.keys("<Esc>", "j", ".")
    assert nvim.lines == ["print(1)", "print(1)"]


def test_dot_repeats_what_was_typed_around_it_too(nvim: Neovim) -> None:
    suggest(nvim)
    nvim.open("‸\n\n", "dots.py")
    nvim.insert()
    nvim.type("a =")
    suggest(nvim, "[1]")
    nvim.type(" ")
    take(nvim)
    nvim.type(";")
    nvim.keys("<Esc>", "j", ".")
    assert nvim.lines == ["a = [1];"] * 2


def test_a_macro_that_took_a_suggestion_writes_it_again(nvim: Neovim) -> None:
    suggest(nvim, "print(1)")
    nvim.open("‸a\nb\n", "macro.py")
    nvim.keys("qz", "I")
    take(nvim)
    nvim.type(";")
    nvim.keys("<Esc>", "q", "j", "@z")
    assert nvim.lines == ["print(1);a", "print(1);b"]


def test_in_a_fold(nvim: Neovim) -> None:
    suggest(nvim, "1\n    b = 2")
    nvim.open("def f():\n    a = ‸\n\n\ndef g():\n    c = 3\n    d = 4\n", "fold.py")
    nvim.command("setlocal foldmethod=indent foldlevel=0")
    nvim.insert()
    take(nvim)
    assert nvim.lines[1:3] == ["    a = 1", "    b = 2"]
    assert nvim.lua("return vim.fn.foldclosed(7)") == 7


def test_in_a_wrapped_line(nvim: Neovim) -> None:
    suggest(nvim, "1 + 2")
    nvim.open("x" * 300 + " = ‸\n", "wrap.py", "wrap")
    nvim.insert()
    take(nvim)
    assert nvim.lines == ["x" * 300 + " = 1 + 2"]
