"""How much a prompt may hold, and what is remembered of an engine's speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.budget import ReadingSpeed, TokenBudget
from cornerman.statistics.speeds import FILE_NAME, SpeedBook


def budget(speed: ReadingSpeed, milliseconds: float) -> int:
    return speed.budget(milliseconds, unknown=256).tokens


def test_a_faster_engine_is_shown_more() -> None:
    slow, fast = ReadingSpeed(120.0), ReadingSpeed(2_500.0)
    assert budget(slow, 1_500) < budget(fast, 1_500)
    assert budget(slow, 1_500) < budget(slow, 10_000)


def test_what_is_read_in_time_is_not_exceeded_but_for_the_least_useful_prompt() -> None:
    assert budget(ReadingSpeed(400.0), 2_000) <= 800
    assert budget(ReadingSpeed(10.0), 100) == budget(ReadingSpeed(1.0), 1)


def test_a_speed_that_varies_a_little_changes_nothing() -> None:
    assert budget(ReadingSpeed(300.0), 2_000) == budget(ReadingSpeed(320.0), 2_000)


def test_an_engine_that_was_never_measured_gets_what_it_is_told() -> None:
    assert budget(ReadingSpeed(), 1_500) == 256


def test_speed_and_length_of_tokens_come_from_answers() -> None:
    speed = ReadingSpeed().after(1_200, cached=0, evaluated=400, milliseconds=2_000)
    assert speed.tokens_per_second == pytest.approx(200)
    assert 3.0 < speed.chars_per_token < 4.0
    slower = speed.after(1_200, cached=0, evaluated=400, milliseconds=4_000)
    assert slower.tokens_per_second is not None
    assert 100 < slower.tokens_per_second < 200


def test_a_key_tells_nothing_about_the_speed_of_reading() -> None:
    speed = ReadingSpeed(200.0, 4.0)
    assert speed.after(2_000, cached=499, evaluated=1, milliseconds=90).tokens_per_second == 200


def test_a_budget_has_an_upper_bound() -> None:
    assert TokenBudget(4096).at_most(1024) == TokenBudget(1024)
    assert TokenBudget(512).at_most(1024) == TokenBudget(512)


def test_speeds_are_there_in_the_next_session(tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE_NAME
    SpeedBook(path).note("a", ReadingSpeed(150.0, 3.5))
    SpeedBook(path).note("b", ReadingSpeed(900.0, 4.2))
    assert SpeedBook(path).of("a") == ReadingSpeed(150.0, 3.5)
    assert SpeedBook(path).of("b") == ReadingSpeed(900.0, 4.2)
    assert SpeedBook(path).of("c") == ReadingSpeed()


def test_small_changes_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    book = SpeedBook(path)
    book.note("a", ReadingSpeed(150.0))
    book.note("a", ReadingSpeed(155.0))
    assert book.of("a").tokens_per_second == 155
    assert SpeedBook(path).of("a").tokens_per_second == 150
    book.note("a", ReadingSpeed(300.0))
    assert SpeedBook(path).of("a").tokens_per_second == 300


@pytest.mark.parametrize("content", ["", "{", '{"models": {"a": {"tokens_per_second": -1}}}'])
def test_a_file_that_is_no_good_is_done_without(tmp_path: Path, content: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(content)
    book = SpeedBook(path)
    assert book.of("a") == ReadingSpeed()
    book.note("a", ReadingSpeed(150.0))
    assert SpeedBook(path).of("a").tokens_per_second == 150


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = SpeedBook(tmp_path / "file" / FILE_NAME)
    book.note("a", ReadingSpeed(150.0))
    assert book.of("a").tokens_per_second == 150
