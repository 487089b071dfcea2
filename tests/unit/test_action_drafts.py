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


async def test_types_are_added_where_the_code_bears_them_out() -> None:
    answer = "def count(self, text: str, least: str = 1, most: int = None) -> list[str]:"
    after = await result_of(request_in(COUNT, ActionKind.ADD_TYPES), answer)
    assert "def count(self, text, least: int = 1, most=None) -> dict:" in after


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("f(a)", "print(a)", "f(a) -> None"),
        ("f(a, n=1)", "return [a.strip()]", "f(a, n: int = 1) -> list"),
        ("f(a)", "if a:\n        return 'x'", "f(a) -> str | None"),
        ("f(*b, c=2)", "return c", "f(*b, c: int = 2)"),
        ("f(a, n=1)", "return a / n", "f(a, n=1)"),
        ("f(a, n=1)", "return n[a]", "f(a, n=1)"),
        ("f()", "return len('x')", "f() -> int"),
        ("f(a)", "return a.split(',')[0]", "f(a: str)"),
        (
            "f(a)",
            "if not isinstance(a, int):\n        raise ValueError\n    return -a",
            "f(a: int)",
        ),
        ("f(a=None)", "return g(a)\n\n\nf('x')\nf('y')", "f(a=None)"),
        ("f(a=None)", "return a\n\n\nf('x')\nf('y')", "f(a: str | None = None)"),
        ("f(a)", "return a\n\n\nf('x')\nf(2)", "f(a)"),
        ("f(a)", "return len(a)\n\n\nf('x')", "f(a) -> int"),
        ("f(a)", '"""\n    >>> f(1.5)\n    2\n    """\n    return g()', "f(a: float)"),
    ],
)
async def test_types_are_known_from_the_code_or_left_out(
    head: str, body: str, expected: str
) -> None:
    text = f"def {head}:‸\n    {body}\n"
    request = request_in(text, ActionKind.ADD_TYPES)
    if expected == head:
        assert "bears out none" in await reason_for(request, "def f(a: int) -> Any:")
        return
    after = await result_of(request)
    assert after.startswith(f"def {expected}:")


@pytest.mark.parametrize(
    ("body", "answer", "hint"),
    [
        ("return a.lower().b", "def f(a: str) -> Thing:", "a: str"),
        ("a.append(1)\n    return a[0]", "def f(a: List[int]):", "a: list"),
        ("return a.lower().b", "def f(a: list):", ""),
        ("return g(a)", "def f(a: str):", ""),
    ],
)
async def test_a_type_of_the_model_needs_something_that_speaks_for_it(
    body: str, answer: str, hint: str
) -> None:
    request = request_in(f"def f(a):‸\n    {body}\n", ActionKind.ADD_TYPES)
    if not hint:
        assert "bears out none" in await reason_for(request, answer)
        return
    assert (await result_of(request, answer)).startswith(f"def f({hint}):")


async def test_a_docstring_is_one_sentence_in_its_place() -> None:
    answer = '"""Count the words of a text. It is very useful.\n\n>>> count(1)\n2\n"""'
    after = await result_of(request_in(COUNT, ActionKind.DOCUMENT), answer)
    assert 'most=None):\n        """Count the words of a text."""\n        res = {}' in after


@pytest.mark.parametrize("name", ["`terms`", "word_count"])
async def test_a_docstring_names_nothing_that_is_not_there(name: str) -> None:
    answer = f'"""Count the letters of {name} in a text."""'
    assert "not in the code" in await reason_for(request_in(COUNT, ActionKind.DOCUMENT), answer)


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
