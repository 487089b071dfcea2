"""Expressions read from half a line."""

from __future__ import annotations

import pytest

from cornerman.context.chains import callee, links, receiver


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = self.rows[0].style().", "self.rows[0].style()"),
        ("f(g(a, b).na", "g(a, b)"),
        ("if user?.", "user"),
        ("std::", "std"),
        ("p->next->", "p->next"),
        ("'text'.", ""),
        ("(a or b).c.", ""),
        ("x = y", ""),
        ("", ""),
    ],
)
def test_what_stands_before_the_dot(line: str, expected: str) -> None:
    assert receiver(line) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = load(", "load"),
        ("x = self.shop.load(path, strict(1), ", "self.shop.load"),
        ("load(\n    path,\n    rows[0],\n    ", "load"),
        ("x = [load(1), ", ""),
        ("def load(path, ", ""),
        ("class Shop(", ""),
        ("if a and (b ", ""),
        ("load()", ""),
    ],
)
def test_what_is_called_at_the_end(code: str, expected: str) -> None:
    assert callee(code) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("self.rows[0].style(a, (b))", ("self", "rows[]", "style()")),
        ("await new Shop(a)?.open", ("Shop()", "open")),
        ("load(a, b", ("load()",)),
        ("a or b", ("a",)),
        ("-1", ()),
        ("", ()),
    ],
)
def test_the_links_of_a_chain(expression: str, expected: tuple[str, ...]) -> None:
    assert links(expression) == expected
