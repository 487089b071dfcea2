from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cornerman.core.actions import FileEdit
from cornerman.core.documents import DocumentSnapshot
from cornerman.features.actions.answer import Unusable, code_in, is_complete_block
from cornerman.features.actions.edits import minimal_edits

LINES = st.lists(st.sampled_from(["a", "  b", "c", "", "d = 1", "é"]), max_size=12)


@example(old=["", "a"], new=["", ""], end="\n", closed=False)
@given(LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_edits_make_the_new_text(old: list[str], new: list[str], end: str, closed: bool) -> None:
    before = end.join(old) + (end if closed else "")
    after = end.join(new) + (end if closed else "")
    snapshot = DocumentSnapshot("file:///f.py", "python", 1, before)
    edits = minimal_edits(before, after)
    made = FileEdit(snapshot, edits).applied()
    assert [line.rstrip() for line in made.splitlines()] == [
        line.rstrip() for line in after.splitlines()
    ]
    for first, second in pairwise(edits):
        assert first.end <= second.start
    assert all(edit.start < edit.end or edit.text for edit in edits)


def test_only_what_differs_is_edited() -> None:
    old = "def f(a):\n    n = 0   \n    return n\n"
    edits = minimal_edits(old, old.replace("n = 0   ", "n = 0").replace("return n", "return n + a"))
    assert [(old[edit.start : edit.end], edit.text) for edit in edits] == [("", " + a")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("Sure! Here it is:\n\n```py\nx = 1\n\n```\nI changed x.\n```\ny\n```", "x = 1"),
        ("    x = 1\n    y = 2\n", "x = 1\ny = 2"),
        ("~~~\n  x = 1\n~~~", "x = 1"),
        ("````\n```\n````", "```"),
        ("```python\nx = 1\ny = 2", "x = 1\ny = 2"),
    ],
)
def test_code_is_found_in_answers(answer: str, code: str) -> None:
    assert code_in(answer, is_finished=True) == code


@pytest.mark.parametrize(
    ("answer", "is_finished"),
    [("```python\nx = 1", False), ("", True), ("Sure, I can help.", True), ("x = 1", False)],
)
def test_what_is_no_whole_code_is_refused(answer: str, is_finished: bool) -> None:
    assert isinstance(code_in(answer, is_finished=is_finished), Unusable)


def test_a_block_is_complete_with_its_closing_fence() -> None:
    answer = "```python\nx = '``'\n```"
    assert [is_complete_block(answer[:end]) for end in (9, 17, len(answer) - 1)] == [False] * 3
    assert is_complete_block(answer)


def test_no_blank_line_is_left_where_the_last_lines_go() -> None:
    [edit] = minimal_edits("try:\n    a()\nfinally:\n    b()", "try:\n    a()")
    assert (edit.start, edit.end, edit.text) == (12, 29, "")
