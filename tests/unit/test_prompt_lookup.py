from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cornerman.engine.host.backends.mlx.drafts import PromptLookup


def test_offers_what_followed_the_longest_match() -> None:
    lookup = PromptLookup([1, 2, 3, 4, 9, 2, 3, 5, 1, 2, 3])
    assert lookup.draft(2) == [4, 9]


def test_of_equal_matches_the_latest_counts() -> None:
    assert PromptLookup([1, 2, 5, 1, 2, 6, 1, 2]).draft(1) == [6]


def test_generated_tokens_are_searched_too() -> None:
    lookup = PromptLookup([1, 2, 3])
    for token in (7, 8, 9, 7, 8):
        lookup.push(token)
    assert lookup.draft(1) == [9]


def test_nothing_is_offered_without_a_clue() -> None:
    assert not PromptLookup([1, 2, 3, 4]).draft(5)
    assert not PromptLookup([]).draft(5)
    assert not PromptLookup([1, 2, 1, 2]).draft(0)


def test_goes_on_after_a_changed_word() -> None:
    source = [10, 11, 12, 13, 14, 15, 16]
    lookup = PromptLookup([*source, 99, 10, 11])
    assert lookup.draft(3) == [12, 13, 14]
    lookup.push(12)
    lookup.push(50)  # in place of 13
    lookup.push(14)
    assert lookup.draft(2) == [15, 16]


def test_a_word_changed_once_is_changed_in_later_drafts() -> None:
    price, amount = 5, [7, 8]
    source = [1, 2, price, 3, 4, price, 6, price]
    lookup = PromptLookup([*source, 99, 1, 2])
    lookup.draft(9)
    for token in (*amount, 3):
        lookup.push(token)
    assert lookup.draft(9)[:6] == [4, *amount, 6, *amount]


def test_a_change_that_was_not_meant_for_every_place_is_forgotten() -> None:
    source = [1, 2, 5, 3, 4, 5, 6, 5, 9]
    lookup = PromptLookup([*source, 99, 1, 2])
    lookup.draft(9)
    for token in (7, 3, 4, 5):
        lookup.push(token)
    assert lookup.draft(3) == [6, 5, 9]


@given(st.lists(st.integers(0, 3), max_size=40), st.lists(st.integers(0, 3), max_size=30))
def test_drafts_are_short_enough_and_made_of_the_text_so_far(
    prompt: list[int], output: list[int]
) -> None:
    lookup, text = PromptLookup(prompt), set(prompt)
    for token in output:
        draft = lookup.draft(5)
        assert len(draft) <= 5
        assert set(draft) <= text
        lookup.push(token)
        text.add(token)
