"""Where to be silent, and where a suggestion ends."""

from __future__ import annotations

import itertools

import pytest

from cornerman.core.completions import CompletionRequest
from cornerman.core.generation import FinishReason
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings
from support.golden import ScriptedEngine, at_cursor, check, completed

SILENT = {
    "inside a word": ("x = fo‸o\n", "python"),
    "before a word": ("x = ‸foo\n", "python"),
    "inside a string": ("open('data‸.txt')\n", "python"),
    "inside a string of an unknown language": ('open("data‸.txt")\n', "swift"),
    "inside a template string": ("f(`a‸ b`);\n", "javascript"),
    "behind a keyword that is all": ("while x:\n    pass‸\n", "python"),
    "behind a semicolon": ("int x = 1;‸\n", "c"),
}
HEARD = {
    "at the end of a string": ("open('data‸')\n", "python"),
    "in code within a string": ("print(f'{x.‸} {y}')\n", "python"),
    "in a docstring": ('def f():\n    """Return ‸\n    it."""\n', "python"),
    "behind the semicolon of a loop's head": ("for (int i = 0;‸\n", "c"),
    "in a comment": ("# The ‸\nx = 1\n", "python"),
    "behind a word that begins like a keyword": ("passed‸\n", "python"),
}


async def is_asked(marked: str, language: str) -> bool:
    snapshot, offset = at_cursor(marked, language)
    engine = ScriptedEngine("a\n")
    await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
    )
    return bool(engine.requests)


@pytest.mark.parametrize(("marked", "language"), SILENT.values(), ids=SILENT.keys())
async def test_silent(marked: str, language: str) -> None:
    assert not await is_asked(marked, language)
    assert (await completed(marked, "a\n", language)).reason


@pytest.mark.parametrize(("marked", "language"), HEARD.values(), ids=HEARD.keys())
async def test_not_silent(marked: str, language: str) -> None:
    assert await is_asked(marked, language)


ENDS = {
    "an open bracket goes on to its end": (
        "x = ‸\n",
        "f(\n    a,\n    b,\n)\ny = 2\n",
        "x = f(\n    a,\n    b,\n)\n",
        "python",
    ),
    "a string over several lines, too": (
        "def f():\n    ‸\n    return 1\n",
        '"""Say.\n\n    More.\n    """\n    x = 1\n',
        'def f():\n    """Say.\n\n    More.\n    """\n    return 1\n',
        "python",
    ),
    "brackets within strings and comments do not count": (
        "x = ‸\n",
        "'('  # [\ny = 2\n",
        "x = '('  # [\n",
        "python",
    ),
    "within the brackets of lines above, one line": (
        "f(\n    a,\n    ‸\n)\n",
        "b,\n    c,\n)\n",
        "f(\n    a,\n    b,\n)\n",
        "python",
    ),
    "a list is filled to its closing bracket": (
        "x = [\n    ‸\n]\n",
        "1,\n    2,\n]\ny\n",
        "x = [\n    1,\n    2,\n]\n",
        "python",
    ),
    "a block in braces": (
        "function f(a) {\n  ‸\n}\n",
        "const b = a;\n  return b;\n}\nf();\n",
        "function f(a) {\n  const b = a;\n  return b;\n}\n",
        "javascript",
    ),
    "a block that nothing closes yet brings its brace": (
        "function f(a) {\n  ‸\n",
        "return a;\n}\n\nf();\n",
        "function f(a) {\n  return a;\n}\n",
        "javascript",
    ),
    "and its keyword": (
        "def f(a)\n  ‸\n",
        "a + 1\nend\n\nf(1)\n",
        "def f(a)\n  a + 1\nend\n",
        "ruby",
    ),
    "a head goes on to the end of its block": (
        "‸\n",
        "if (a) {\n  b();\n}\nc();\n",
        "if (a) {\n  b();\n}\n",
        "javascript",
    ),
    "a statement ends where the line below comes": (
        "x = ‸\nvalues = 2\n",
        "f(\nvalues = 2\n)\n",
        None,
        "python",
    ),
    "Lua": (
        "function f(a)\n  ‸\nend\n",
        "local b = a\n  return b\nend\n",
        "function f(a)\n  local b = a\n  return b\nend\n",
        "lua",
    ),
    "a shell loop": (
        "for f in *; do\n  ‸\ndone\n",
        'echo "$f"\n  rm "$f"\ndone\nls\n',
        'for f in *; do\n  echo "$f"\n  rm "$f"\ndone\n',
        "shellscript",
    ),
}


@pytest.mark.parametrize(("marked", "says", "expected", "language"), ENDS.values(), ids=ENDS.keys())
async def test_end(marked: str, says: str, expected: str | None, language: str) -> None:
    if expected is None:
        assert (await completed(marked, says, language)).completion is None
    else:
        await check(marked, says, expected, language)


async def test_the_stream_ends_at_the_first_line_behind_the_block() -> None:
    snapshot, offset = at_cursor("def f(x):\n    ‸\n")
    engine = ScriptedEngine("a = x\n    return a\n\n\ndef g" + "(y):\n    return y\n" * 50)
    await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), find(STARTER_MODEL), engine
    )
    assert engine.closed
    assert len(engine.said) <= len("a = x\n    return a\n\n\nde") + 3


async def test_a_line_that_does_not_end_is_cut_at_the_line_limit() -> None:
    snapshot, offset = at_cursor("x = ‸\n")
    engine = ScriptedEngine("a + " * 1000)
    settings = CompletionSettings(max_line_tokens=10)
    await complete(CompletionRequest(snapshot, offset), settings, find(STARTER_MODEL), engine)
    assert len(engine.said) == 10 * 3


async def test_at_the_token_limit_the_complete_lines_are_shown() -> None:
    snapshot, offset = at_cursor("def f(x):\n    ‸\n")
    engine = ScriptedEngine("a = x\n    b = a\n    c = b\n    return c\n" * 9)
    settings = CompletionSettings(max_block_tokens=8)
    outcome = await complete(
        CompletionRequest(snapshot, offset), settings, find(STARTER_MODEL), engine
    )
    assert outcome.completion is not None
    assert outcome.completion.text == "a = x\n    b = a"


async def test_a_bracket_that_meets_the_token_limit_is_closed() -> None:
    outcome = await completed("x = ‸\n", "[\n    1,\n    2,\n    3", finish=FinishReason.LENGTH)
    assert outcome.completion is not None
    assert outcome.completion.text == "[\n    1,\n    2,\n]"


async def test_time_cuts_whole_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0, 1000)
    monkeypatch.setattr("cornerman.features.complete.time.perf_counter", clock.__next__)
    line = await completed("def f(x):\n    if isinst‸\n        return 1\n", "ance(x, int):\n")
    assert line.completion is not None
    assert line.completion.text == "ance(x, int):"
    block = await completed("def f(x):\n    ‸\n", "a = x\n    return a\n    b = a\n")
    assert block.completion is not None
    assert block.completion.text == "a = x"


async def test_a_head_without_its_block_is_not_what_remains() -> None:
    says = "a = x\n    if a:\n        b"
    outcome = await completed("def f(x):\n    ‸\n", says, finish=FinishReason.LENGTH)
    assert outcome.completion is not None
    assert outcome.completion.text == "a = x"
    only = "if (a) {\n    b"
    outcome = await completed("{\n  ‸\n}\n", only, "javascript", FinishReason.LENGTH)
    assert outcome.completion is None
    assert "did not end" in outcome.reason
