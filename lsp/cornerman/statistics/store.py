"""The journal on disk: one small SQLite file, shared by all windows of this user."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.core.errors import CornermanError
from cornerman.statistics.journal import Answer, Shown

if TYPE_CHECKING:
    import sqlite3

logger = logging.getLogger(__name__)

FILE_NAME = "statistics.sqlite3"

_FLUSH_SECONDS = 2.0
_BUSY_SECONDS = 5.0
_ANSWERS_KEPT = 500
_DAYS_KEPT = 365
# To be raised when an older Cornerman could no longer use the tables.
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS suggestions (
    id TEXT PRIMARY KEY,
    at REAL NOT NULL,
    language TEXT NOT NULL,
    model TEXT NOT NULL,
    automatic INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0,
    kept INTEGER,
    probability REAL
);
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    language TEXT NOT NULL,
    model TEXT NOT NULL,
    automatic INTEGER NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    milliseconds REAL NOT NULL
);
"""

Note = tuple[str, tuple[object, ...]]


class NewerJournalError(CornermanError):
    """A later version of Cornerman has made the journal."""


class LocalJournal:
    """See ``journal.Journal``. Notes are written every few seconds, in a thread.

    Touches the disk with the first note only. A journal that cannot be written is given up: the
    figures are not worth a message. One that is damaged is set aside, and one of a later version
    left alone; of that ``tell`` gets a sentence. ``now`` gives the time in seconds since the epoch.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], float] = time.time,
        tell: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._path = path
        self._now = now
        self._tell = tell
        # Suggestion ids count from 1 in every window.
        self._window = uuid.uuid4().hex
        self._notes: list[Note] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None
        self._has_failed = False

    def answered(self, answer: Answer) -> None:
        """See ``Journal``."""
        self._add(
            "INSERT INTO answers (at, language, model, automatic, source, reason, milliseconds)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._now(),
            answer.language,
            answer.model,
            answer.is_automatic,
            answer.source,
            answer.reason,
            answer.total_ms,
        )

    def shown(self, shown: Shown) -> None:
        """See ``Journal``."""
        self._add(
            "INSERT OR IGNORE INTO suggestions"
            " (id, at, language, model, automatic, characters, probability)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._key(shown.id),
            self._now(),
            shown.language,
            shown.model,
            shown.is_automatic,
            shown.characters,
            shown.probability,
        )

    def accepted(self, suggestion_id: str, characters: int) -> None:
        """See ``Journal``."""
        self._add(
            "UPDATE suggestions SET accepted = ? WHERE id = ?",
            characters,
            self._key(suggestion_id),
        )

    def kept(self, suggestion_id: str, *, is_kept: bool) -> None:
        """See ``Journal``."""
        self._add("UPDATE suggestions SET kept = ? WHERE id = ?", is_kept, self._key(suggestion_id))

    async def aclose(self) -> None:
        """See ``Journal``."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing
        await self._flush()

    def _key(self, suggestion_id: str) -> str:
        return f"{self._window}:{suggestion_id}"

    def _add(self, sql: str, *values: object) -> None:
        if self._has_failed:
            return
        self._notes.append((sql, values))
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_FLUSH_SECONDS, self._flush_soon)

    def _flush_soon(self) -> None:
        self._timer = None
        self._writing = asyncio.ensure_future(self._flush())

    async def _flush(self) -> None:
        notes, self._notes = self._notes, []
        if notes:
            # sqlite3 is imported in the thread, too: a server starts without it.
            try:
                told = await asyncio.to_thread(_write, self._path, notes, self._now())
            except NewerJournalError as error:
                self._has_failed, told = True, str(error)
            except OSError:
                self._has_failed, told = True, ""
            if told:
                self._tell(told)


@contextmanager
def opened(path: Path) -> Generator[sqlite3.Connection]:
    """The database, made if there is none.

    Raises ``sqlite3.Error``, ``OSError``, and ``NewerJournalError`` without having changed it.
    """
    import sqlite3

    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as database, database:
        if database.execute("PRAGMA user_version").fetchone()[0] > _VERSION:
            raise NewerJournalError(
                f"{path} is of a newer version of Cornerman: it is left alone, and this version "
                "counts nothing."
            )
        database.executescript(_SCHEMA)
        _add_missing(database)
        database.execute(f"PRAGMA user_version = {_VERSION}")
        yield database


def _add_missing(database: sqlite3.Connection) -> None:
    """Bring a file that an older version has made up to date."""
    columns = {row[1] for row in database.execute("PRAGMA table_info(suggestions)")}
    if "probability" not in columns:
        database.execute("ALTER TABLE suggestions ADD COLUMN probability REAL")


def _write(path: Path, notes: list[Note], now: float) -> str:
    """Write notes; returns a sentence for the user, or "".

    Raises:
        NewerJournalError: see ``opened``.
        OSError: nothing can be written; it is logged.
    """
    import sqlite3

    try:
        try:
            _write_once(path, notes, now)
        except sqlite3.DatabaseError as error:
            # What is merely locked, full or read-only is a subclass of it.
            if type(error) is not sqlite3.DatabaseError:
                raise
            aside = _set_aside(path)
            _write_once(path, notes, now)
            return (
                f"The statistics were damaged: they are kept in {aside}, and counting begins anew."
            )
    except (sqlite3.Error, OSError) as error:
        logger.warning("the statistics cannot be written: %s", type(error).__name__)
        raise OSError from error
    return ""


def _write_once(path: Path, notes: list[Note], now: float) -> None:
    with opened(path) as database:
        for sql, values in notes:
            database.execute(sql, values)
        database.execute(
            "DELETE FROM answers WHERE number <= (SELECT MAX(number) FROM answers) - ?",
            (_ANSWERS_KEPT,),
        )
        database.execute("DELETE FROM suggestions WHERE at < ?", (now - _DAYS_KEPT * 86_400,))


def _set_aside(path: Path) -> Path:
    for ending in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return path.replace(path.with_name(f"{path.name}.broken"))
