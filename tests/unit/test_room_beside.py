"""How much room there is for snippets, and whether they may change between two keys."""

from __future__ import annotations

import pytest

from cornerman.context.site import completion_site
from cornerman.core.budget import ReadingSpeed
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Priority
from cornerman.core.snippets import Room
from cornerman.features.room import room_beside
from cornerman.prompting.window import Window
from cornerman.settings import Settings

ABOVE = "value = 1\n" * 40


def room(speed: ReadingSpeed, *, is_resting: bool = False) -> Room:
    text = ABOVE + "x = "
    site = completion_site(DocumentSnapshot("file:///a.py", "python", 1, text), len(text))
    window = Window(ABOVE[200:], "x = ", "", "python")
    return room_beside(site, window, Settings(), speed, Priority.COMPLETION, is_resting=is_resting)


def test_the_lines_of_the_window_are_shown() -> None:
    shown = room(ReadingSpeed())
    assert (shown.first, shown.last) == (20, 40)


def test_there_is_more_room_when_the_user_rests() -> None:
    slow = ReadingSpeed(tokens_per_second=170.0)
    assert 0 < room(slow).chars < room(slow, is_resting=True).chars


@pytest.mark.parametrize(("speed", "expected"), [(None, False), (170.0, False), (20_000.0, True)])
def test_snippets_change_between_keys_only_where_reading_is_quick(
    speed: float | None, expected: bool
) -> None:
    assert room(ReadingSpeed(tokens_per_second=speed)).is_quick is expected
