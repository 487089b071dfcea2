"""Short answers of the model, put into the code: names, types, documentation, a function."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cornerman.core.actions import ActionKind
from support.actions import reason_for, request_in, result_of

COUNT = dedent(
    """
    import re


    class Counter:
        def count(self, text, least=1, most=None):‸
            res = {}
            for x in text.split():  # words
                res[x] = f"{x}" + res.get(x, "")
            return {k: v for k, v in res.items() if len(v) >= least}
    """
)


async def test_names_are_changed_and_nothing_else() -> None:
    answer = "res -> counts\nx -> word\ntext -> letters\nk -> least\n"
    after = await result_of(request_in(COUNT, ActionKind.IMPROVE_NAMES), answer)
    expected = COUNT.replace("‸", "").replace("res", "counts")
    for old, new in (
        ("for x", "for word"),
        ("[x]", "[word]"),
        ("{x}", "{word}"),
        ("(x,", "(word,"),
    ):
        expected = expected.replace(old, new)
    assert after == expected


@pytest.mark.parametrize("answer", ["res -> text", "res -> re", "x -> list", "x -> y", "None."])
async def test_names_that_are_taken_or_no_better_are_refused(answer: str) -> None:
    reason = await reason_for(request_in(COUNT, ActionKind.IMPROVE_NAMES), answer)
    assert "no better names" in reason


async def test_types_are_added_where_the_code_does_not_contradict_them() -> None:
    answer = "def count(self, text: str, least: str = 1, most: int = None) -> list[str]:"
    after = await result_of(request_in(COUNT, ActionKind.ADD_TYPES), answer)
    assert "def count(self, text: str, least=1, most: int | None = None) -> dict:" in after


@pytest.mark.parametrize(
    ("head", "body", "answer", "expected"),
    [
        ("f(a)", "print(a)", "def f(a: Any) -> str:", "f(a) -> None"),
        (
            *("f(a, n=1)", "return [a.strip()]"),
            *("def f(a: int, n: int = 1) -> list[str]:", "f(a, n: int = 1) -> list[str]"),
        ),
        ("f(a)", "if a:\n        return 'x'", "def f(a: bool) -> str:", "f(a: bool) -> str | None"),
        ("f(*b, c=2)", "return c", "def f(*b: int, c: int = 2) -> int:", "f(*b, c: int = 2)"),
        ("f(a)", "yield a", "def f(a: int) -> int:", "f(a: int)"),
        ("f(a)", "return a[0]", "def f(a: tuple[str, str]) -> str:", "f(a: tuple)"),
        ("f(a)", "return a[0]", "def f(a: tuple[str, ...]) -> str:", "f(a: tuple[str, ...])"),
        ("f()", "return len('x')", "def f() -> int:", "f() -> int"),
        ("f(a)", "return a[0]", "def f(a: list[str]) -> Thing:", "f(a: list[str])"),
        (
            *("f(a)", "if a:\n        return 1"),
            *("def f(a: List[int]) -> Optional[int]:", "f(a: list[int]) -> int | None"),
        ),
    ],
)
async def test_types_fit_the_code(head: str, body: str, answer: str, expected: str) -> None:
    text = f"def {head}:‸\n    {body}\n"
    after = await result_of(request_in(text, ActionKind.ADD_TYPES), answer)
    assert after.startswith(f"def {expected}:")


async def test_a_docstring_is_one_sentence_in_its_place() -> None:
    answer = '"""Count the words of a text. It is very useful.\n\n>>> count(1)\n2\n"""'
    after = await result_of(request_in(COUNT, ActionKind.DOCUMENT), answer)
    assert 'most=None):\n        """Count the words of a text."""\n        res = {}' in after


async def test_a_comment_documents_in_other_languages() -> None:
    text = "class A {\n  go(x) {‸\n    return x + 1;\n  }\n}\n"
    request = request_in(text, ActionKind.DOCUMENT, language="javascript")
    after = await result_of(request, "Return the next number.")
    comment = "  /**\n   * Return the next number.\n   */\n"
    assert after == text.replace("‸", "").replace("  go", comment + "  go")


async def test_statements_become_a_function() -> None:
    text = dedent(
        """
        def report(rows, title):
            ‸total = sum(rows)
            mean = total / len(rows)‸
            return title, mean
        """
    )
    after = await result_of(request_in(text, ActionKind.EXTRACT_FUNCTION), "mean_of_rows")
    assert after == dedent(
        """
        def _mean_of_rows(rows):
            total = sum(rows)
            mean = total / len(rows)
            return mean


        def report(rows, title):
            mean = _mean_of_rows(rows)
            return title, mean
        """
    )
