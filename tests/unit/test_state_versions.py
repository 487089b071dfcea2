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
from cornerman.core.budget import ReadingSpeed
from cornerman.core.errors import BadInputError
from cornerman.models import own, pins
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, load, user_file
from cornerman.settings.writing import write
from cornerman.statistics.journal import Answer
from cornerman.statistics.speeds import FILE_NAME as SPEEDS
from cornerman.statistics.speeds import SpeedBook
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


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's empty folder of state, and an empty one of settings."""
    for kind in ("STATE", "CONFIG"):
        (tmp_path / kind).mkdir()
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    return tmp_path / "STATE"


PIN = pins.Pin(size_bytes=5, sha256="0" * 64)
OTHER_PIN = pins.Pin(size_bytes=6, sha256="1" * 64)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"pins": {"m/f": 5}}', b"\xff\x00"])
def test_damaged_pins_are_set_aside_before_another_file_is_taken(
    state: Path, damage: bytes
) -> None:
    file, aside = state / "models.json", state / "models.json.broken"
    pins.pin("m", "f", PIN)
    assert '"version":1' in file.read_text()
    file.write_bytes(damage)
    assert pins.pinned("m", "f") is None
    assert file.read_bytes() == damage, "to look changes nothing"
    with pytest.raises(BadInputError, match="repeat the command") as told:
        pins.pin("m", "f", OTHER_PIN)
    assert str(aside) in str(told.value)
    assert aside.read_bytes() == damage
    pins.pin("m", "f", OTHER_PIN)
    assert pins.pinned("m", "f") == OTHER_PIN


def test_pins_of_a_later_version_are_left_alone(state: Path) -> None:
    file = state / "models.json"
    file.write_text('{"version": 2, "pins": ["of", "another", "kind"]}')
    before = file.read_bytes()
    assert pins.pinned("m", "f") is None
    for change in (pins.check, lambda: pins.forget("m"), lambda: pins.pin("m", "f", PIN)):
        with pytest.raises(BadInputError, match="newer version"):
            change()
    assert file.read_bytes() == before


def test_speeds_that_are_damaged_or_of_a_later_version_are_kept(tmp_path: Path) -> None:
    path, aside = tmp_path / SPEEDS, tmp_path / f"{SPEEDS}.broken"
    SpeedBook(path).note("m", ReadingSpeed(100.0, 3.0))
    assert '"version": 1' in path.read_text()
    path.write_text('{"models": [')
    SpeedBook(path).note("m", ReadingSpeed(200.0, 3.0))
    assert aside.read_text() == '{"models": ['
    assert SpeedBook(path).of("m").tokens_per_second == 200.0
    path.write_text('{"version": 2, "models": "of another kind"}')
    before = path.read_bytes()
    book = SpeedBook(path)
    book.note("m", ReadingSpeed(300.0, 3.0))
    assert book.of("m").tokens_per_second == 300.0
    assert path.read_bytes() == before


def test_settings_of_a_later_version_hold_as_far_as_they_are_known(state: Path) -> None:
    write({"completion.enabled": False})
    assert user_file().read_text().startswith("version = 1\n")
    assert load((), (), {})[1] == []
    user_file().write_text("version = 2\nmind = 'open'\n[context]\nexclude = ['secret']\n")
    settings, (told, unknown) = load((), (), {})
    assert "is of version 2 of the settings" in told
    assert "mind" in unknown
    assert settings.context.exclude == ["secret"]


def test_a_list_of_models_of_another_version_is_told_of_and_left_alone(state: Path) -> None:
    spec = find(STARTER_MODEL).model_copy(update={"name": "mine"})
    own.add(spec)
    assert own.file().read_text().startswith("version = 1\n")
    assert [entry.name for entry in own.entries()[0]] == ["mine"]
    own.file().write_text("version = 2\nmodels = 'of another kind'\n")
    before = own.file().read_bytes()
    assert own.entries() == (
        (),
        f"{own.file()} is not used: it is of another version of Cornerman.",
    )
    with pytest.raises(BadInputError, match="another version"):
        own.add(spec)
    assert own.file().read_bytes() == before
