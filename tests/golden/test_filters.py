"""Each filter: source with a cursor, the model's raw text, the resulting document."""

from __future__ import annotations

import pytest

from cornerman.core.generation import FinishReason
from support.golden import check, completed

# Filter: (source, what the model says, resulting document), each.
CHANGED = {
    "control_tokens": [
        ("x = ‸\n", "1<|endoftext|>junk\n", "x = 1\n"),
        ("x = ‸\n", "f(a)<fim_suffix>\n", "x = f(a)\n"),
        ("x = ‸\n", "1</s>\n", "x = 1\n"),
        ("x = ‸\n", "f(a)<[fim-suffix]>\n", "x = f(a)\n"),
        # Spelled in the document: source, not a leak.
        ("A = '<|fim_pad|>'\nB = ‸\n", "'<|fim_pad|>'\n", "A = '<|fim_pad|>'\nB = '<|fim_pad|>'\n"),
    ],
    "suffix_overlap": [
        ("a = ‸ + 1\n", "b + 1\n", "a = b + 1\n"),
        ("f(‸)\n", "a, b)\n", "f(a, b)\n"),
        ("f(‸, c)\n", "a, b), c)\n", "f(a, b, c)\n"),
        (
            "def f():\n    ‸\n\n\nb = 2\nc = 3\n",
            "return 1\n\n\nb = 2\nc",
            "def f():\n    return 1\n\n\nb = 2\nc = 3\n",
        ),
    ],
    "repetition": [
        (
            "def f():\n    ‸\n",
            "a()\n    b(1)\n    b(1)\n    b(1)\n    b(1)\nx\n",
            "def f():\n    a()\n    b(1)\n",
        ),
        (
            "def f():\n    ‸\n",
            "a()\n    b(1)\n    a()\n    b(1)\n    a()\n    b(1)\nx\n",
            "def f():\n    a()\n    b(1)\n",
        ),
    ],
    "file_indentation": [
        (
            "def g():\n\tpass\n\n\ndef f(x):\n\t‸\n",
            "if x:\n        return 1\n    return 2\nend\n",
            "def g():\n\tpass\n\n\ndef f(x):\n\tif x:\n\t\treturn 1\n\treturn 2\n",
        ),
        (
            "def g():\n  pass\n\n\ndef f(x):\n  ‸\n",
            "if x:\n\t\treturn 1\n\treturn 2\nend\n",
            "def g():\n  pass\n\n\ndef f(x):\n  if x:\n    return 1\n  return 2\n",
        ),
    ],
    "possible_indentation": [
        # White space that the cursor's line has already.
        ("def f(x):\n    a = 1\n    ‸\n", "    b = 2\n", "def f(x):\n    a = 1\n    b = 2\n"),
        # Deeper without an opener, and back to where nothing stands.
        ("def f(x):\n    ‸\n", "a = 1\n        b = 2\nc\n", "def f(x):\n    a = 1\n"),
        (
            "def f(x):\n    ‸\n",
            "if x:\n            a = 1\n        b = 2\nc\n",
            "def f(x):\n    if x:\n            a = 1\n",
        ),
        ("def f(x):\n    ‸\n", "if x:\n    b = 2\nc\n", "def f(x):\n    if x:\n"),
        # A header above its body.
        (
            "def f(x):\n    ‸\n        return 1\n",
            "if x:\n",
            "def f(x):\n    if x:\n        return 1\n",
        ),
        # Lines within brackets are free.
        (
            "def f(x):\n    ‸\n",
            "a = g(1,\n          2)\n    return a\nc\n",
            "def f(x):\n    a = g(1,\n          2)\n    return a\n",
        ),
    ],
    "bracket_balance": [
        ("‸\n", "x = f(a, g(b)\n\n\nq" + "\nq" * 20, "x = f(a, g(b))\n"),
        (
            "‸\n",
            "x = {\n    'a': 1,\n    'b': 2,\n" + "    'c': 3,\n" * 20,
            "x = {\n    'a': 1,\n    'b': 2,\n    'c': 3,\n}\n",
        ),
    ],
    "line_breaks": [
        ("a = 1\r\ndef f():‸\r\n", "\n    return 1\n", "a = 1\r\ndef f():\r\n    return 1\r\n"),
        ("a = 1\rdef f():‸\r", "\n    return 1\n", "a = 1\rdef f():\r    return 1\r"),
        ("a = 1\r\nb = ‸\r\n", "2\r\nc = 3\r\n", "a = 1\r\nb = 2\r\n"),
    ],
    "syntax_gate": [
        # One bracket too many; the line that parses; the lines that parse.
        ("x = ‸\n", "f(a))\n", "x = f(a)\n"),
        ("def f(x):\n    ‸\n", "a = 1\n    b = = 2\nc\n", "def f(x):\n    a = 1\n"),
    ],
    "blank": [("x = ‸\n", "1   \n", "x = 1\n")],
}

REJECTED = {
    "next_line_indentation": [
        ("if a:\n    x‸\n        return 1\n", " = 1\n", "indentation of the next line"),
    ],
    "possible_indentation": [
        ("def f():\n    a = 1‸\n", "\n        b = 2\n", "indentation does not fit"),
    ],
    "repetition": [
        ("x = ‸\n", "a_word_or_two + " * 12 + "\n", "repeated itself"),
    ],
    "duplicate_line": [
        ("‸\nx = compute()\n", "x = compute()\n", "a line that follows"),
        ("a = 1\n‸\nb = 2\nresult = compute()\n", "result = compute()\n", "a line that follows"),
        ("result = compute()\n‸\n", "result = compute()\n", "the line above"),
        ("result = compute()‸\n", "\nresult = compute()\n", "the line above"),
    ],
    "bracket_balance": [
        ("x = ‸\n", "'no end\n", "middle of a string"),
    ],
    "secrets": [
        ("password = ‸\n", "'hunter2hunter2'\n", "password or key"),
        ("key = ‸\n", "'AKIAIOSFODNN7EXAMPLE'\n", "password or key"),
        ("url = ‸\n", "'postgres://me:secret@host/db'\n", "password or key"),
        ("headers = {'PRIVATE-TOKEN': ‸}\n", "'glpat-x7Kd93mNx72LqPz5VbTw'\n", "password or key"),
    ],
    "placeholders": [
        ("def f():\n    ‸\n", "# Your code here\n", "placeholder"),
        ("name = ‸\n", "'your-api-key-here'\n", "placeholder"),
    ],
    "blank": [("x = ‸\n", "  \n", "nothing to add"), ("x = 1 ‸\n", "#\n", "nothing to add")],
    "syntax_gate": [
        ("x = ‸\n", "a b c\n", "break the syntax"),
        ("if ‸\n    pass\n", "x in in y:\n", "break the syntax"),
    ],
}


def cases(table: dict[str, list[tuple[str, str, str]]]) -> list[object]:
    return [
        pytest.param(*case, id=f"{name}-{number}")
        for name, rows in table.items()
        for number, case in enumerate(rows)
    ]


@pytest.mark.parametrize(("marked", "says", "expected"), cases(CHANGED))
async def test_filter_changes(marked: str, says: str, expected: str) -> None:
    await check(marked, says, expected)


@pytest.mark.parametrize(("marked", "says", "reason"), cases(REJECTED))
async def test_filter_rejects(marked: str, says: str, reason: str) -> None:
    outcome = await completed(marked, says)
    assert outcome.completion is None
    assert reason in outcome.reason


async def test_a_credential_the_document_spells_may_come_again() -> None:
    await check(
        "a = 'AKIAIOSFODNN7EXAMPLE'\nb = ‸\n",
        "'AKIAIOSFODNN7EXAMPLE'\n",
        "a = 'AKIAIOSFODNN7EXAMPLE'\nb = 'AKIAIOSFODNN7EXAMPLE'\n",
    )


async def test_a_string_over_several_lines_that_meets_the_limit_is_closed() -> None:
    outcome = await completed(
        "def f():\n    ‸\n", '"""Say.\n\n    More.\n    Even', finish=FinishReason.LENGTH
    )
    assert outcome.completion is not None
    assert outcome.completion.text == '"""Say.\n\n    More.\n    """'
