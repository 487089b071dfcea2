"""Text right of the cursor: neither doubled nor missing, and the range stays on its line."""

from __future__ import annotations

import pytest

from support.golden import at_cursor, check, completed

CASES = {
    "closer kept once": ("f(‸)\n", "a)\n", "f(a)\n"),
    "own pair kept": ("f(‸)\n", "g(a)\n", "f(g(a))\n"),
    "own pair and the closer": ("f(‸)\n", "g(a))\n", "f(g(a))\n"),
    "two closers": ("f(g(‸))\n", "a))\n", "f(g(a))\n"),
    "text behind the closer replaces it": (
        "def f(‸)\n    pass\n",
        "a, b):\n",
        "def f(a, b):\n    pass\n",
    ),
    "closer and colon": ("def f(‸):\n    pass\n", "a, b):\n", "def f(a, b):\n    pass\n"),
    "an arrow behind the closer": (
        "def f(‸):\n    pass\n",
        "a: int) -> int:\n",
        "def f(a: int) -> int:\n    pass\n",
    ),
    "a quote": ("x = '‸'\n", "abc'\n", "x = 'abc'\n"),
    "quote and bracket": ("f('‸')\n", "abc')\n", "f('abc')\n"),
    "text behind quote and bracket": (
        "with open('‸')\n    pass\n",
        "a.txt') as file:\n",
        "with open('a.txt') as file:\n    pass\n",
    ),
    "a comment behind the closer is cut": ("f(‸)\n", "a)  # why\n", "f(a)\n"),
    "an index": ("x = a[‸]\n", "0]\n", "x = a[0]\n"),
    "a dictionary": ("x = {‸}\n", "'a': 1}\n", "x = {'a': 1}\n"),
    "nothing to the right: the brackets left of the cursor are closed": (
        "f(‸\n",
        "a, b)\n",
        "f(a, b)\n",
    ),
}


@pytest.mark.parametrize(("marked", "says", "expected"), CASES.values(), ids=CASES.keys())
async def test_right_of_cursor(marked: str, says: str, expected: str) -> None:
    await check(marked, says, expected)


async def test_braces_around_the_cursor_take_a_block() -> None:
    await check(
        "function f(a) {‸}\n",
        "\n  return a;\n}\n\nf(1);\n",
        "function f(a) {\n  return a;\n}\n",
        "javascript",
    )


async def test_the_range_stays_on_the_line_and_holds_the_cursor() -> None:
    for marked, says, _ in CASES.values():
        snapshot, offset = at_cursor(marked)
        outcome = await completed(marked, says)
        assert outcome.completion is not None
        assert outcome.completion.start <= offset <= outcome.completion.end
        assert "\n" not in snapshot.text[outcome.completion.start : outcome.completion.end]
