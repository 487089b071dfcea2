"""When a suggestion still holds: typed through, taken back, with brackets closed by the editor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cornerman.core.documents import DocumentSnapshot
from cornerman.features.memory import (
    REACH_LEFT,
    Memory,
    Place,
    Suggestion,
    missing_closers,
    still_fits,
)
from support.golden import at_cursor

MADE_AT = "def f(items):\n    return ‸\n\n\nprint(f)\n"
SUGGESTED = "sorted(items, key=len)"


def suggestion(
    marked: str = MADE_AT, text: str = SUGGESTED, replaced: int = 0, *others: str
) -> Suggestion:
    return Suggestion("1", Place.of(*at_cursor(marked)), text, replaced, "m", others)


def recalled(marked: str, *suggestions: Suggestion) -> str | None:
    """The document with the recalled completion in it, as ``before‸inserted‸after``."""
    memory = Memory()
    for known in suggestions or (suggestion(),):
        memory = memory.plus(known)
    snapshot, offset = at_cursor(marked)
    found = memory.recall(snapshot, offset)
    if found is None:
        return None
    best = found.completions[0]
    return f"{snapshot.text[: best.start]}‸{best.text}‸{snapshot.text[best.end :]}"


def in_document(line: str) -> str:
    return MADE_AT.replace("‸", line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("‸", "‸sorted(items, key=len)‸"),
        ("so‸", "so‸rted(items, key=len)‸"),
        ("sorted(items, key=len‸", "sorted(items, key=len‸)‸"),
        ("sorted(‸)", "sorted(‸items, key=len‸)"),
        ("sorted(it‸)", "sorted(it‸ems, key=len‸)"),
    ],
    ids=["nothing", "a part", "all but one", "bracket closed", "inside the closed bracket"],
)
def test_what_is_left_is_recalled(line: str, expected: str) -> None:
    assert recalled(in_document(line)) == in_document(expected)


@pytest.mark.parametrize(
    "line",
    [
        "sorted(items, key=len)‸",
        "sox‸",
        "s‸o",
        "sorted(‸]",
        "sorted(items, key=len‸)",
        "‸ # more",
    ],
    ids=["all typed", "something else", "moved back", "wrong closer", "closer is all", "right"],
)
def test_what_does_not_hold_is_not_recalled(line: str) -> None:
    assert recalled(in_document(line)) is None


@pytest.mark.parametrize(
    "marked",
    [
        in_document("‸").replace("print(f)", "print(g)"),
        in_document("‸").replace("items", "values"),
        "x" + in_document("‸"),
        in_document("‸") + "x",
        in_document("‸").replace("    return ‸", "    return‸"),
    ],
    ids=["below", "above", "longer at the start", "longer at the end", "taken back too far"],
)
def test_another_document_is_another_place(marked: str) -> None:
    assert recalled(marked) is None


def test_another_file_with_the_same_text_is_another_place() -> None:
    snapshot, offset = at_cursor(MADE_AT)
    other = DocumentSnapshot("file:///project/b.py", "python", 1, snapshot.text)
    assert Memory().plus(suggestion()).recall(other, offset) is None


def test_other_code_shown_beside_the_document_is_another_place() -> None:
    snapshot, offset = at_cursor(MADE_AT)
    old, new, more = frozenset({"old"}), frozenset({"new"}), frozenset({"old", "more"})
    known = replace(suggestion(), place=Place.of(snapshot, offset, old))
    memory = Memory().plus(known)
    recalled_with = {b: memory.recall(snapshot, offset, beside=b) for b in (old, new, more)}
    assert [b for b, found in recalled_with.items() if found is not None] == [old, more]
    # What was made with nothing to go by does not hold once there is something.
    unaware = Memory().plus(suggestion())
    assert unaware.recall(snapshot, offset, beside=frozenset()) is not None
    assert unaware.recall(snapshot, offset, beside=new) is None


def test_an_edit_out_of_reach_of_any_prompt_does_not_matter() -> None:
    padding = "x = 1\n" * (REACH_LEFT // 6 + 1)
    known = suggestion(padding + MADE_AT)
    assert recalled("y = 2\n" + padding + in_document("so‸"), known) is not None
    assert recalled(padding[6:] + "y = 2\n" + in_document("so‸"), known) is None


def test_the_newest_that_holds_wins_and_a_place_is_kept_once() -> None:
    older, newer = suggestion(text="alpha"), suggestion(text="alphabet")
    assert recalled(in_document("al‸"), older, newer) == in_document("al‸phabet‸")
    assert len(Memory().plus(older).plus(newer).suggestions) == 1


def test_the_memory_is_bounded() -> None:
    memory = Memory(capacity=2)
    for number in range(3):
        memory = memory.plus(suggestion(f"{number}‸\n"))
    assert [s.place.left for s in memory.suggestions] == ["2", "1"]
    assert memory.without("file:///project/a.py").suggestions == ()


def test_an_alternative_takes_over_when_the_first_is_typed_past() -> None:
    known = suggestion(MADE_AT, "alpha", 0, "alpine", "beta")
    assert recalled(in_document("al‸"), known) == in_document("al‸pha‸")
    assert recalled(in_document("alpi‸"), known) == in_document("alpi‸ne‸")
    assert recalled(in_document("b‸"), known) == in_document("b‸eta‸")
    snapshot, offset = at_cursor(in_document("al‸"))
    found = Memory().plus(known).recall(snapshot, offset)
    assert found is not None
    assert [completion.text for completion in found.completions] == ["pha", "pine"]


def test_text_that_repeats_itself_goes_on_from_its_longest_typed_part() -> None:
    known = suggestion("‸", "ababab")
    assert recalled("abab‸", known) == "abab‸ab‸"


def test_what_the_suggestion_replaces_is_replaced_by_its_rest() -> None:
    known = suggestion("f(‸)\n", "a).b()", 1)
    assert recalled("f(a‸)\n", known) == "f(a‸).b()‸\n"


def test_a_closed_bracket_is_replaced_when_more_follows_it() -> None:
    known = suggestion("x = ‸\n", "f(a)[0]")
    assert recalled("x = f(‸)\n", known) == "x = f(‸a)[0]‸\n"


@pytest.mark.parametrize(
    ("typed", "so_far", "fits"),
    [
        ("", "", True),
        ("re", "", True),
        ("re", "return", True),
        ("return", "re", True),
        ("ra", "re", False),
        ("print(", "print(x", True),
    ],
)
def test_a_stream_fits_while_it_and_the_typed_text_agree(
    typed: str, so_far: str, fits: bool
) -> None:
    place = Place.of(*at_cursor("if x:\n    ‸\ny\n"))
    snapshot, offset = at_cursor(f"if x:\n    {typed}‸\ny\n")
    assert still_fits(place, so_far, snapshot, offset, len(typed)) is fits


@pytest.mark.parametrize(
    ("text", "closers"),
    [
        ("", ""),
        ("f(", ")"),
        ("f([", "])"),
        ("f(a)", ""),
        ('x["', '"]'),
        ("'('", ""),
        ('"\\"', '"'),
        ("a)", ""),
    ],
)
def test_closers_are_what_an_editor_would_add(text: str, closers: str) -> None:
    assert missing_closers(text) == closers
