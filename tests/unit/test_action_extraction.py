"""A part of a function as a function of its own: what goes in and out, and what is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cornerman.core.actions import ActionKind, ActionRequest
from cornerman.features.actions.checks.extraction import only_extracts
from cornerman.features.actions.job import Job
from cornerman.features.actions.place import target_of
from support.actions import marked, reason_for, request_in, result_of

SHOWN = {
    "in a loop": (
        """
        def f(rows):
            for row in rows:
                ‸size = row.width
                size += row.margin‸
                use(size)
        """,
        """
        def _size_of_row(row):
            size = row.width
            size += row.margin
            return size


        def f(rows):
            for row in rows:
                size = _size_of_row(row)
                use(size)
        """,
    ),
    "bound in each branch": (
        """
        def f(a):
            ‸if a:
                b = 1
            else:
                b = 2
            c = b + a‸
            return b, c
        """,
        """
        def _size_of_row(a):
            if a:
                b = 1
            else:
                b = 2
            c = b + a
            return b, c


        def f(a):
            b, c = _size_of_row(a)
            return b, c
        """,
    ),
    "beside an error that is caught": (
        """
        def f(a):
            try:
                b = a.x
            except KeyError:
                b = 0
            ‸use(a)
            use(a.y)‸
            return b
        """,
        """
        def _size_of_row(a):
            use(a)
            use(a.y)


        def f(a):
            try:
                b = a.x
            except KeyError:
                b = 0
            _size_of_row(a)
            return b
        """,
    ),
}
NOT_SHOWN = {
    "a value of the turn before": """
        def f(rows):
            for row in rows:
                ‸if row.goes_on:
                    use(last)
                last = row.x‸
        """,
    "a value that may not be there": """
        def f(a):
            if a:
                b = 1
            ‸if a:
                use(b)
            c = a‸
            return c
        """,
    "a result that may not be there": """
        def f(a):
            b = 0
            ‸if a:
                b = 1
            use(a)‸
            return b
        """,
    "a result after an error": """
        def f(a):
            b = c = 0
            with suppress(ValueError):
                ‸b = a.x
                c = a.y‸
            return b, c
        """,
    "a way out": """
        def f(a):
            ‸use(a)
            if a:
                return 1‸
            return 2
        """,
    "a variable that another function sees": """
        def f(a):
            g = lambda: b
            ‸b = a.x
            c = g()‸
            return b, c
        """,
    "a docstring": """
        def f(a):
            ‸'''Say it.'''
            use(a)‸
            return a
        """,
    "names that are looked at": """
        def f(a):
            ‸b = a.x
            c = locals()‸
            return b, c
        """,
}


@pytest.mark.parametrize("case", SHOWN)
async def test_statements_become_a_function_that_is_shown_to_be_the_same(case: str) -> None:
    old, new = map(dedent, SHOWN[case])
    assert await result_of(request_in(old, ActionKind.EXTRACT_FUNCTION), "size_of_row") == new


@pytest.mark.parametrize("case", NOT_SHOWN)
async def test_statements_that_are_more_than_their_values_stay(case: str) -> None:
    request = request_in(dedent(NOT_SHOWN[case]), ActionKind.EXTRACT_FUNCTION)
    assert "only pass values on" in await reason_for(request, "size_of_row")


OLD = """\
def f(a, b):
    ‸c = a.x
    d = c + b‸
    return c, d
"""
NEW = """\
def _g(a, b):
    c = a.x
    d = c + b
    return c, d


def f(a, b):
    c, d = _g(a, b)
    return c, d
"""


@pytest.mark.parametrize(
    ("part", "other", "detail"),
    [
        ("", "", "it is the old code"),
        ("a.x", "a.y", "More would change"),
        ("_g(a, b):", "_g(b, a):", "not one new function"),
        ("_g(a, b):", "_g(a, b=1):", "not one new function"),
        ("    return c, d\n\n\n", "    return d, c\n\n\n", "not one new function"),
        ("    return c, d\n\n\n", "\n\n", "not one new function"),
        ("    c, d = _g(a, b)\n", "    c, d = _g(a, b)\n    c, d = _g(a, b)\n", "not one new"),
        ("    c, d = _g(a, b)\n", "    c, d = _g(a, b)\n    use(c)\n", "More would change"),
        ("def _g(", "@cache\ndef _g(", "not one new function"),
    ],
)
def test_a_change_that_is_no_extraction_is_seen(part: str, other: str, detail: str) -> None:
    assert detail in said_of(OLD, NEW.replace(part, other, 1))


def test_a_value_that_is_not_passed_on_is_seen() -> None:
    new = NEW.replace("return c, d\n\n\n", "return d\n\n\n").replace("c, d = ", "d = ")
    assert "might get lost" in said_of(OLD, new)
    assert "might get lost" in said_of(OLD, NEW.replace("_g(a, b)", "_g(a)"))


def said_of(old: str, new: str) -> str:
    """What the check says of a function at the start of ``old`` that becomes ``new``."""
    snapshot, start, end = marked(old)
    request = ActionRequest(ActionKind.EXTRACT_FUNCTION, snapshot, start, end)
    job = Job(request, target_of(request))
    check = only_extracts(job.changed_to(new.removesuffix("\n")))
    assert check is not None
    return check.detail
