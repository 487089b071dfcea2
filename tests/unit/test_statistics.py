"""The journal on disk and what is read out of it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cornerman.cli import main
from cornerman.statistics.journal import Answer, Shown
from cornerman.statistics.report import (
    Day,
    Figures,
    StatisticsError,
    report,
    suggested_threshold,
)
from cornerman.statistics.store import FILE_NAME, LocalJournal
from support.journal import suggested

DAY = 86_400.0


def answer(reason: str = "", language: str = "python") -> Answer:
    return Answer(language, "m", is_automatic=True, source="engine", reason=reason, total_ms=12.0)


def shown(number: str, language: str = "python", characters: int = 10) -> Shown:
    return Shown(number, language, "m", is_automatic=True, characters=characters)


async def write(path: Path, notes: Callable[[LocalJournal], None], ago: float = 0.0) -> None:
    journal = LocalJournal(path, lambda: time.time() - ago)
    notes(journal)
    await journal.aclose()


def a_day(journal: LocalJournal) -> None:
    for number in "123":
        journal.shown(shown(number))
    journal.shown(shown("4", "go"))
    journal.accepted("1", 4)
    journal.accepted("1", 10)
    journal.accepted("2", 6)
    journal.kept("1", is_kept=True)
    journal.kept("2", is_kept=False)


async def test_figures_are_by_language_and_model(tmp_path: Path) -> None:
    path = tmp_path / "new" / FILE_NAME
    await write(path, a_day)
    found = report(path, days=1, endings=10)
    assert found.figures == (
        Figures("python", "m", shown=3, accepted=2, kept=1, looked_at=2, characters=16),
        Figures("go", "m", shown=1, accepted=0, kept=0, looked_at=0, characters=0),
    )
    today = time.strftime("%Y-%m-%d")
    assert found.days == (Day(today, shown=4, accepted=2),)


async def test_windows_do_not_mix_up_their_suggestions(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    async def window() -> None:
        await write(path, a_day)

    await asyncio.gather(*(window() for _ in range(4)))
    assert [row.shown for row in report(path, 1, 10).figures] == [12, 4]


async def test_only_the_days_asked_for_count(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    await write(path, a_day, ago=10 * DAY)
    await write(path, lambda journal: journal.shown(shown("1")))
    assert report(path, 5, 10).figures[0].shown == 1
    assert report(path, 20, 10).figures[0].shown == 4
    assert len(report(path, 20, 10).days) == 2


async def test_what_is_older_than_a_year_goes(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    await write(path, a_day, ago=400 * DAY)
    await write(path, lambda journal: journal.shown(shown("1")))
    assert [row.shown for row in report(path, 1000, 10).figures] == [1]


async def test_the_latest_reasons_come_first_and_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def many(journal: LocalJournal) -> None:
        for number in range(600):
            journal.answered(answer(f"reason {number}"))
        journal.answered(answer())

    await write(path, many)
    endings = report(path, 1, 1000).endings
    assert endings[0].reason == "reason 599"
    assert len(endings) == 499
    assert [ending.reason for ending in report(path, 1, 2).endings] == ["reason 599", "reason 598"]


async def test_a_journal_that_cannot_be_written_is_given_up_quietly(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    journal = LocalJournal(blocked / FILE_NAME)
    journal.answered(answer())
    await journal.aclose()
    journal.answered(answer())
    await journal.aclose()
    assert blocked.read_text() == ""


def test_nothing_is_written_before_the_first_note(tmp_path: Path) -> None:
    asyncio.run(write(tmp_path / FILE_NAME, lambda _: None))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StatisticsError, match="remove"):
        report(path, 1, 1)


# The command


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CORNERMAN_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / FILE_NAME


def test_without_figures_the_command_says_so(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stats"]) == 1
    assert main(["stats", "--why"]) == 1
    assert capsys.readouterr().err.count("nothing has been counted yet") == 2
    assert not state.exists()


def test_the_table_and_the_plot(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(write(state, a_day))
    assert main(["stats"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["python", "m", "3", "2", "67", "%", "50", "%", "16"] in lines
    assert ["go", "m", "1", "0", "0", "%", "0"] in lines
    assert [time.strftime("%Y-%m-%d"), "█" * 20 + "░" * 20, "2", "of", "4"] in lines


def test_why_groups_the_same_reason(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def notes(journal: LocalJournal) -> None:
        journal.answered(answer("The cursor is inside a word."))
        for _ in range(3):
            journal.answered(answer("superseded by a newer request"))

    asyncio.run(write(state, notes))
    assert main(["stats", "--why"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    first, second = (line.rstrip().split(maxsplit=3) for line in lines)
    assert first[2:] == ["3", "python    superseded by a newer request"]
    assert second[2:] == ["1", "python    The cursor is inside a word."]


@pytest.mark.parametrize("days", ["0", "-1", "x", "400"])
def test_a_bad_number_of_days_is_wrong_usage(days: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["stats", "--days", days])
    assert left.value.code == 2


async def test_the_file_holds_only_the_columns_that_are_meant(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    await write(path, a_day)
    with sqlite3.connect(path) as database:
        columns = {
            name: " ".join(row[1] for row in database.execute(f"PRAGMA table_info({name})"))
            for name in ("suggestions", "answers")
        }
    assert columns == {
        "suggestions": "id at language model automatic characters accepted kept probability",
        "answers": "number at language model automatic source reason milliseconds",
    }


async def test_a_threshold_is_suggested_from_what_was_taken(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME

    def notes(journal: LocalJournal) -> None:
        suggested(journal, 0.07, taken=1, of=40)
        suggested(journal, 0.3, taken=12, of=40)
        suggested(journal, 1.0, taken=30, of=40)
        suggested(journal, 0.01, taken=3, of=3)

    await write(path, notes)
    bands = report(path, 1, 1).bands
    assert [(band.low, band.shown, band.accepted) for band in bands] == [
        (0.0, 3, 3),
        (0.05, 40, 1),
        (0.2, 40, 12),
        (0.7, 40, 30),
    ]
    assert suggested_threshold(bands) == 0.2


async def test_no_threshold_is_suggested_where_all_is_well_or_little_is_known(
    tmp_path: Path,
) -> None:
    well, little = tmp_path / "well", tmp_path / "little"
    await write(well, lambda journal: suggested(journal, 0.07, taken=10, of=40))
    await write(little, lambda journal: suggested(journal, 0.07, taken=0, of=5))
    assert suggested_threshold(report(well, 1, 1).bands) is None
    assert suggested_threshold(report(little, 1, 1).bands) is None


async def test_a_file_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE suggestions (id TEXT PRIMARY KEY, at REAL NOT NULL, language TEXT NOT"
            " NULL, model TEXT NOT NULL, automatic INTEGER NOT NULL, characters INTEGER NOT NULL,"
            " accepted INTEGER NOT NULL DEFAULT 0, kept INTEGER)"
        )
    await write(path, lambda journal: suggested(journal, 0.3, taken=1, of=1))
    assert [band.accepted for band in report(path, 1, 1).bands] == [1]
