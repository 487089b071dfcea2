"""State of other versions, and damaged state: set aside with a sentence, never a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cornerman.cli import main
from cornerman.context.index.facts import FileFacts, Symbol
from cornerman.context.index.store import IndexStore
from cornerman.context.workspace_files import FoundFile
from cornerman.statistics.journal import Answer
from cornerman.statistics.store import FILE_NAME, LocalJournal

ANSWER = Answer("python", "m", is_automatic=True, source="engine", reason="none", total_ms=1.0)


async def counted(path: Path) -> list[str]:
    """What the user is told when something is counted, three times."""
    told: list[str] = []
    journal = LocalJournal(path, tell=told.append)
    for _ in range(3):
        journal.answered(ANSWER)
        await journal.aclose()
    return told


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def answers_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])


async def test_statistics_carry_a_version(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert await counted(path) == []
    assert version_of(path) == 1
    assert answers_in(path) == 3


async def test_statistics_of_a_later_version_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / FILE_NAME
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE suggestions (of_another_kind)")
        database.execute("PRAGMA user_version = 2")
    before = path.read_bytes()
    (sentence,) = await counted(path)
    assert "newer version of Cornerman: it is left alone" in sentence
    assert path.read_bytes() == before
    monkeypatch.setenv("CORNERMAN_STATE_DIR", str(tmp_path))
    assert main(["stats"]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["nonsense", "torn"])
async def test_damaged_statistics_are_set_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / FILE_NAME
    await counted(path)
    if damage == "nonsense":
        path.write_bytes(b"no database at all" * 100)
    else:
        content = path.read_bytes()
        path.write_bytes(content[:200] + b"\xff" * (len(content) - 200))
    before = path.read_bytes()
    (sentence,) = await counted(path)
    aside = path.with_name(f"{FILE_NAME}.broken")
    assert str(aside) in sentence
    assert aside.read_bytes() == before
    assert answers_in(path) == 3


def put(store: IndexStore, name: str) -> None:
    symbol = Symbol(name, "function", "", f"def {name}()", "", 0, 1)
    facts = FileFacts("python", (symbol,), ())
    store.put(FoundFile("a.py", 1, 1), name.encode(), facts)


def test_an_index_of_a_later_version_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE contents (of_another_kind)")
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    for _ in range(2):
        store = IndexStore(path)
        put(store, "found")
        assert [p for p, _ in store.named("found")] == ["a.py"]
        store.close()
    assert path.read_bytes() == before


def test_an_index_of_an_earlier_version_or_none_at_all_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    for content in (b"no database at all" * 100, b""):
        path.write_bytes(content)
        store = IndexStore(path)
        assert store.count() == 0
        put(store, "found")
        assert store.count() == 1
        store.close()
