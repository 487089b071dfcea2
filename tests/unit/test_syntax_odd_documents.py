"""No document makes the way from cursor to suggestion fail."""

from __future__ import annotations

import random

import pytest

from cornerman.context.languages import LANGUAGES
from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import FinishReason
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings
from support.golden import ScriptedEngine, check

DOCUMENTS = {
    "empty": "",
    "NUL": "x = '\0'\n\0\ny = 1\n",
    "lone surrogates": "x = '\ud800'\ny = \udc00\n",
    "a line of 1 MB": "x = '" + "a" * 1_000_000 + "'\ny = 1\n",
    "a line of 1 MB of brackets": "x = " + "f(" * 300_000,
    "10,000 nested brackets": "x = " + "[" * 10_000 + "]" * 10_000 + "\ny = 1\n",
    "10,000 open brackets": "x = " + "(" * 10_000 + "\ny = 1\n",
    "10,000 nested blocks": "".join(" " * n + "if x:\n" for n in range(500)),
    "CRLF": "def f(x):\r\n    return x\r\n\r\n\r\nf(1)\r\n",
    "lone CR": "def f(x):\r    return x\r\rf(1)\r",
    "form feeds and kin": "x = 1\f\u2028y = 2\v\x85z = 3\n",
    "astral characters": "x = '😀'\n# 漢字\nf('😀')\n",
    "only quotes": "'\"`" * 300 + "\n" + '"""' * 301,
    "only backslashes": "x = '" + "\\" * 5_000 + "\n",
    "another language": "<html>\n<body>(\n{% if %}\n" * 50,
}
ANSWERS = [
    "a(b)\n",
    "\n    return [\n",
    '"""x\n',
    "\ud800\0)\r\n}",
    "f(" * 50 + "\n" * 20,
    "}])'\"\n",
]


def cursors(text: str) -> list[int]:
    rng = random.Random(1)
    return sorted({0, len(text), *(rng.randrange(len(text) + 1) for _ in range(4))})


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_nothing_fails(name: str) -> None:
    text = DOCUMENTS[name]
    for number, offset in enumerate(cursors(text)):
        snapshot = DocumentSnapshot("file:///odd.py", "python", number, text)
        for says in ANSWERS[:: 1 if len(text) < 50_000 else 3]:
            engine = ScriptedEngine(says, FinishReason.LENGTH)
            outcome = await complete(
                CompletionRequest(snapshot, offset),
                CompletionSettings(),
                find(STARTER_MODEL),
                engine,
            )
            assert (outcome.completion is None) == bool(outcome.reason)
            if outcome.completion is not None:
                assert outcome.completion.start <= offset <= outcome.completion.end


@pytest.mark.parametrize("language", [*LANGUAGES, "klingon"])
async def test_nothing_fails_in_any_language(language: str) -> None:
    rng = random.Random(2)
    alphabet = [
        *"(){}[]<>'\"`#/*\\:;=, \n\t\r\0é😀\ud800-",
        "def ",
        "end\n",
        "if ",
        "/*",
        '"""',
        "x",
    ]
    for number in range(25):
        text = "".join(rng.choices(alphabet, k=rng.randrange(120)))
        says = "".join(rng.choices(alphabet, k=rng.randrange(60)))
        offset = rng.randrange(len(text) + 1)
        snapshot = DocumentSnapshot(f"file:///odd-{number}", language, 1, text)
        engine = ScriptedEngine(says)
        outcome = await complete(
            CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
        )
        assert (outcome.completion is None) == bool(outcome.reason)
        if outcome.completion is not None:
            done = outcome.completion
            assert done.start <= offset <= done.end
            assert not {"\n", "\r"} & set(text[done.start : done.end])


@pytest.mark.parametrize(
    "broken",
    [
        "y = (1,\n",
        "def g(:\n    pass\n",
        "x = 'no end\n",
        "class A\n    pass\n",
    ],
)
async def test_code_broken_elsewhere_is_no_reason_for_silence(broken: str) -> None:
    await check(
        f"def f(a):\n    return ‸\n\n\n{broken}",
        "a + 1\n",
        f"def f(a):\n    return a + 1\n\n\n{broken}",
    )


@pytest.mark.parametrize(
    ("marked", "says", "expected"),
    [
        ("f(\n    a,\n    ‸\n\n\nx = 1\n", "b,\n", "f(\n    a,\n    b,\n\n\nx = 1\n"),
        ("f(a, ‸\n\n\nx = 1\n", "b,\n", "f(a, b,\n\n\nx = 1\n"),
        ("f('a‸\nx = 1\n", "b', c,\n", "f('ab', c,\nx = 1\n"),
        (
            'def f():\n    """Say\n    ‸\n\n\ndef g():\n    """Do."""\n',
            "more of it.\n",
            'def f():\n    """Say\n    more of it.\n\n\ndef g():\n    """Do."""\n',
        ),
        (
            'def f():\n    """Say ‸\n\n\ndef g():\n    """Do."""\n',
            "more of it.\n",
            'def f():\n    """Say more of it.\n\n\ndef g():\n    """Do."""\n',
        ),
    ],
)
async def test_code_that_is_open_at_the_cursor_goes_on(
    marked: str, says: str, expected: str
) -> None:
    await check(marked, says, expected)
