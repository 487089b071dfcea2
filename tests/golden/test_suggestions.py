"""What becomes of the model's raw text: source with a cursor, raw text, resulting document."""

from __future__ import annotations

import pytest

from cornerman.core.completions import CompletionRequest
from cornerman.core.generation import FinishReason
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings
from support.golden import ScriptedEngine, at_cursor, check, completed

FUNCTION = '''\
def area(w: int, h: int) -> int:
    """Width times height."""
    ‸


print(area(2, 3))
'''

CASES = {
    "a single line ends at its line break": (
        "x = 1\ny = ‸\nprint(x)\n",
        "x + 1\nz = 3\n",
        "x = 1\ny = x + 1\nprint(x)\n",
    ),
    "the middle of a word continues": (
        "import os\nos.pa‸\n",
        "th.join('a')\n",
        "import os\nos.path.join('a')\n",
    ),
    "after a block header the first line of the block": (
        "def f(x):‸\n",
        "\n    return x\n    # more\n",
        "def f(x):\n    return x\n",
    ),
    "an empty body is filled until the dedent": (
        FUNCTION,
        "size = w * h\n    return size\n\n\ndef other():\n    pass\n",
        FUNCTION.replace("‸", "size = w * h\n    return size"),
    ),
    "blank lines inside a body stay": (
        FUNCTION,
        "a = w\n\n    return a * h\nprint(1)\n",
        FUNCTION.replace("‸", "a = w\n\n    return a * h"),
    ),
    "a body at column 0 brings its own indentation": (
        "def f(x):\n‸\n\nf(1)\n",
        "    return x\n\nf(2)\n",
        "def f(x):\n    return x\n\nf(1)\n",
    ),
    "a body ends where the model reaches what follows": (
        "def f(x):\n    ‸\nclass A:\n    def g(self): ...\n",
        "return x\nclass A:\n",
        "def f(x):\n    return x\nclass A:\n    def g(self): ...\n",
    ),
    "tabs indent, too": (
        "def f(x):\n\t‸\n",
        "y = x\n\treturn y\nf(1)\n",
        "def f(x):\n\ty = x\n\treturn y\n",
    ),
    "the closing bracket to the right is not doubled": (
        "print(‸)\n",
        "len(x), sep='')\n",
        "print(len(x), sep='')\n",
    ),
    "a bracket of its own stays": ("print(‸)\n", "len(x)\n", "print(len(x))\n"),
    "bracket and colon to the right are not doubled": (
        "def f(‸):\n    pass\n",
        "a, b):\n",
        "def f(a, b):\n    pass\n",
    ),
    "what follows a bracket that stands to the right already is cut": (
        "print(tot‸)\n",
        "al)  # the sum\n",
        "print(total)\n",
    ),
    "a quote to the right is not doubled": (
        "open('data‸')\n",
        ".txt')\n",
        "open('data.txt')\n",
    ),
    "white space at the end goes": ("x = ‸\n", "1   \n", "x = 1\n"),
}


@pytest.mark.parametrize(("marked", "says", "expected"), CASES.values(), ids=CASES.keys())
async def test_suggestion(marked: str, says: str, expected: str) -> None:
    await check(marked, says, expected)


async def test_a_language_without_grammar_goes_by_indentation() -> None:
    await check(
        "func f() {\n  ‸\n}\n",
        "let a = 1\n  return a\n}\n",
        "func f() {\n  let a = 1\n  return a\n}\n",
        "swift",
    )


@pytest.mark.parametrize(
    ("marked", "says", "reason"),
    [
        ("x = fo‸o\n", "bar\n", "inside a word"),
        ("x = 1\n‸\n", "   \n  \n", "nothing to add"),
        ("‸\nreturn_value = 1\n", "return_value = 1\n", "repeated a line that follows"),
    ],
)
async def test_no_suggestion_has_a_reason(marked: str, says: str, reason: str) -> None:
    outcome = await completed(marked, says)
    assert outcome.completion is None
    assert reason in outcome.reason


async def test_a_body_cut_by_the_token_limit_keeps_its_whole_lines() -> None:
    outcome = await completed(FUNCTION, "a = w\n    b = h\n    c = a *", finish=FinishReason.LENGTH)
    assert outcome.completion is not None
    assert outcome.completion.text == "a = w\n    b = h"


async def test_a_first_line_that_never_ends_is_not_suggested() -> None:
    outcome = await completed(FUNCTION, "return w" + " * h" * 100, finish=FinishReason.LENGTH)
    assert outcome.completion is None
    assert "did not end" in outcome.reason


async def test_the_stream_is_closed_as_soon_as_the_line_ends() -> None:
    snapshot, offset = at_cursor("x = ‸\n")
    engine = ScriptedEngine("1\n" + "y = 2\n" * 100)
    await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
    )
    assert engine.closed
    assert len(engine.said) <= 3


async def test_inside_a_word_the_engine_is_not_asked() -> None:
    snapshot, offset = at_cursor("x = fo‸o\n")
    engine = ScriptedEngine("bar")
    await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
    )
    assert engine.requests == []
