from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import crashes, endpoint
from support.engine import private_folders


class Clock:
    now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(crashes, "time", clock)
    with private_folders(tmp_path):
        yield clock


def test_a_crash_or_two_stop_nothing(clock: Clock) -> None:
    for _ in range(2):
        crashes.check()
        crashes.note_crash()
    crashes.check()


def test_pauses_grow_and_end(clock: Clock) -> None:
    for _ in range(3):
        crashes.note_crash()
    for pause in (2, 4, 8, 16, 32, 60, 60):
        with pytest.raises(EngineUnavailableError, match="left alone"):
            crashes.check()
        clock.now += pause - 0.5
        with pytest.raises(EngineUnavailableError):
            crashes.check()
        clock.now += 1
        crashes.check()
        crashes.note_crash()


def test_old_crashes_are_forgotten(clock: Clock) -> None:
    for _ in range(5):
        crashes.note_crash()
    clock.now += 301
    crashes.note_crash()
    crashes.check()


def test_a_damaged_file_counts_as_none(clock: Clock) -> None:
    for _ in range(5):
        crashes.note_crash()
    (endpoint.private_dir() / "crashes").write_text("no numbers", "utf-8")
    crashes.check()


@pytest.mark.parametrize("jump", [-86_400.0, -1.0, 301.0, 1e9])
def test_a_clock_that_jumps_lengthens_no_pause(clock: Clock, jump: float) -> None:
    for _ in range(9):
        crashes.note_crash()
    clock.now += jump
    crashes.check()


def test_a_crash_that_cannot_be_noted_is_forgotten(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "private_dir", lambda: Path("/dev/null"))
    crashes.note_crash()
    crashes.check()
