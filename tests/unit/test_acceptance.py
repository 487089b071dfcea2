"""Acceptance told from how a document changed."""

from __future__ import annotations

import pytest

from cornerman.core.completions import Completion
from cornerman.statistics.acceptance import OnShow, accepted_characters, is_kept

BEFORE = "def f(a):\n    return \nend\n"
AT = len("def f(a):\n    return ")


def on_show(text: str, replaced: int = 0, before: str = BEFORE, at: int = AT) -> OnShow:
    return OnShow("1", before, Completion(text, at, at + replaced))


def typed(text: str) -> str:
    return BEFORE[:AT] + text + BEFORE[AT:]


@pytest.mark.parametrize(
    ("former", "after", "characters"),
    [
        ("", "max(a)", 6),
        ("", "max", 3),
        ("ma", "max(a)", 6),
        ("", "m", 0),
        ("max(a", "max(a)", 0),
        ("", "min(a)", 0),
        ("", "max(a) + 1", 0),
        ("", "()", 0),
        ("max(a)", "max(a)", 0),
    ],
    ids=[
        "all",
        "a word",
        "the rest",
        "a key",
        "the last key",
        "something else",
        "pasted more",
        "closed bracket",
        "unchanged",
    ],
)
def test_what_one_change_took(former: str, after: str, characters: int) -> None:
    assert accepted_characters(on_show("max(a)"), typed(former), typed(after)) == characters


def test_what_stands_to_the_right_may_be_replaced() -> None:
    before = "f()\n"
    shown = on_show("a).b()", 1, before, 2)
    assert accepted_characters(shown, before, "f(a).b()\n") == 6


def test_a_change_elsewhere_is_no_acceptance() -> None:
    assert accepted_characters(on_show("max(a)"), BEFORE, "import sys\n" + BEFORE) == 0


def test_kept_means_that_the_line_is_still_there() -> None:
    part = on_show("max(a)").accepted_part(6)
    assert part == "return max(a)"
    assert is_kept(part, "x\n" + typed("max(a) + 1"))
    assert not is_kept(part, typed("min(a)") + "max(a)")
