"""What two texts have in common at their ends."""

from __future__ import annotations

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from cornerman.core.ends import common_end, common_start

TEXTS = st.text("ab\n", max_size=30)


def equal_items(one: str, other: str) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_common_ends_are_what_a_loop_over_characters_finds(
    start: str, old: str, new: str, end: str
) -> None:
    one, other = start + old + end, start + new + end
    first = common_start(one, other)
    assert first == equal_items(one, other) >= len(start)
    assert common_end(one, other) == equal_items(one[::-1], other[::-1]) >= len(end)
    behind = common_end(one, other, first)
    assert behind == equal_items(one[first:][::-1], other[first:][::-1])
