"""The index of one folder on disk: SQLite, private, keyed by the hash of the files' content.

What was found in a text is kept as long as any file has this text, so that moving files and
changing branches cost nothing. May be used from several threads and processes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cornerman.context.index.facts import FileFacts, Import, Symbol
from cornerman.context.workspace_files import FoundFile

# To be raised whenever the tables, or what is found in files, change: it is all made again then.
_VERSION = 2
_BUSY_SECONDS = 10.0
_MAX_READ = 64
_SCHEMA = """
CREATE TABLE contents (
    id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, language TEXT NOT NULL, imports TEXT NOT NULL
);
CREATE TABLE files (
    path TEXT PRIMARY KEY, stem TEXT NOT NULL, content INTEGER, size INTEGER, mtime_ns INTEGER
) WITHOUT ROWID;
CREATE INDEX files_by_stem ON files (stem);
CREATE INDEX files_by_content ON files (content);
CREATE TABLE symbols (
    content INTEGER, number INTEGER, name TEXT, kind TEXT, container TEXT, signature TEXT,
    doc TEXT, first INTEGER, last INTEGER, PRIMARY KEY (content, number)
) WITHOUT ROWID;
CREATE INDEX symbols_by_name ON symbols (name);
CREATE TABLE mentions (name TEXT, content INTEGER, PRIMARY KEY (name, content)) WITHOUT ROWID;
"""
_SYMBOL = "s.name, s.kind, s.container, s.signature, s.doc, s.first, s.last"


class IndexStore:
    """Opens or makes the database at ``path``; one that cannot be used is made anew.

    One of a later version of Cornerman is left to it: this version has a file of its own beside.
    """

    def __init__(self, path: Path) -> None:
        if _version_of(path) > _VERSION:
            path = path.with_name(f"{path.stem}.v{_VERSION}{path.suffix}")
        self._path = path
        # What was asked for lately, by the hash of the content.
        self._read: dict[bytes, FileFacts] = {}
        self._lock = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self._db = self._opened()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def known(self) -> dict[str, tuple[int, int]]:
        """Size and time of change, in nanoseconds, of every file as it was indexed."""
        rows = self._rows("SELECT path, size, mtime_ns FROM files")
        return {str(path): (int(size), int(mtime)) for path, size, mtime in rows}

    def has_content(self, digest: bytes) -> bool:
        """True if a text of this hash needs not be read again."""
        return bool(self._rows("SELECT 1 FROM contents WHERE hash = ?", (digest,)))

    def put(self, file: FoundFile, digest: bytes | None, facts: FileFacts | None) -> None:
        """Note a file: with ``facts``, with those of an equal text, or (no hash) with none."""
        with self.changing():
            if facts is not None and digest is not None:
                self._put_content(digest, facts)
            path = file.path
            self._db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, "
                "(SELECT id FROM contents WHERE hash = ?), ?, ?)",
                (path, module_stem(path), digest, file.size, file.mtime_ns),
            )

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files."""
        with self.changing():
            self._db.executemany("DELETE FROM files WHERE path = ?", ((path,) for path in paths))

    def tidy(self) -> None:
        """Forget texts that no file has any more."""
        gone = "(SELECT id FROM contents WHERE id NOT IN (SELECT content FROM files WHERE content))"
        with self.changing():
            if self._rows(f"SELECT 1 FROM contents WHERE id IN {gone}"):  # noqa: S608  (no values)
                self._db.execute(f"DELETE FROM mentions WHERE content IN {gone}")  # noqa: S608
                self._db.execute(f"DELETE FROM symbols WHERE content IN {gone}")  # noqa: S608
                self._db.execute(f"DELETE FROM contents WHERE id IN {gone}")  # noqa: S608

    def named(self, name: str, limit: int = 50) -> list[tuple[str, Symbol]]:
        """Paths and symbols of that name."""
        rows = self._rows(
            f"SELECT f.path, {_SYMBOL} FROM symbols s JOIN files f ON f.content = s.content "  # noqa: S608
            "WHERE s.name = ? ORDER BY f.path, s.number LIMIT ?",
            (name, limit),
        )
        return [(str(row[0]), Symbol(*row[1:])) for row in rows]

    def facts(self, path: str) -> FileFacts | None:
        """What is known of a file, its names excepted; None for a file that is not indexed."""
        rows = self._rows(
            "SELECT c.id, c.hash FROM files f JOIN contents c ON c.id = f.content WHERE f.path = ?",
            (path,),
        )
        if not rows:
            return None
        content, digest = rows[0]
        with self._lock:
            facts = self._read.pop(digest, None) or self._facts_of(content)
            self._read[digest] = facts
            while len(self._read) > _MAX_READ:
                del self._read[next(iter(self._read))]
        return facts

    def with_stem(self, stem: str) -> list[str]:
        """Paths of the files, and of packages' own files, with this name before the ending."""
        return [str(row[0]) for row in self._rows("SELECT path FROM files WHERE stem = ?", (stem,))]

    def in_language(self, language_id: str) -> list[str]:
        """Paths of the files in a language, sorted."""
        rows = self._rows(
            "SELECT f.path FROM files f JOIN contents c ON c.id = f.content "
            "WHERE c.language = ? ORDER BY f.path",
            (language_id,),
        )
        return [str(row[0]) for row in rows]

    def paths(self) -> list[str]:
        """Paths of all files, sorted."""
        return [str(row[0]) for row in self._rows("SELECT path FROM files ORDER BY path")]

    def spread(self, names: Sequence[str]) -> dict[str, int]:
        """How many texts mention each of the names; those that none mentions are left out."""
        marks = ",".join("?" * len(names))
        rows = self._rows(
            f"SELECT name, count(*) FROM mentions WHERE name IN ({marks}) GROUP BY name",  # noqa: S608
            names,
        )
        return {str(name): int(count) for name, count in rows}

    def mentioning(self, name: str, limit: int = 200) -> list[str]:
        """Paths of files whose code mentions ``name``."""
        rows = self._rows(
            "SELECT f.path FROM mentions m JOIN files f ON f.content = m.content "
            "WHERE m.name = ? LIMIT ?",
            (name, limit),
        )
        return [str(row[0]) for row in rows]

    def count(self) -> int:
        """Number of files."""
        return int(self._rows("SELECT count(*) FROM files")[0][0])

    @contextmanager
    def changing(self) -> Generator[None]:
        """One transaction around all changes inside; may be nested."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _facts_of(self, content: int) -> FileFacts:
        found = self._rows(
            f"SELECT {_SYMBOL} FROM symbols s WHERE s.content = ? ORDER BY s.number",  # noqa: S608
            (content,),
        )
        select = "SELECT language, imports FROM contents WHERE id = ?"
        language, imports = next(iter(self._rows(select, (content,))), ("plaintext", "[]"))
        brought = tuple(Import(*parts) for parts in json.loads(imports))
        return FileFacts(str(language), tuple(Symbol(*row) for row in found), brought)

    def _put_content(self, digest: bytes, facts: FileFacts) -> None:
        imports = json.dumps([(i.module, i.name, i.alias) for i in facts.imports])
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO contents (hash, language, imports) VALUES (?, ?, ?)",
            (digest, facts.language_id, imports),
        )
        if not cursor.rowcount:
            return
        content = cursor.lastrowid
        self._db.executemany(
            "INSERT INTO symbols VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (content, n, s.name, s.kind, s.container, s.signature, s.doc, s.first, s.last)
                for n, s in enumerate(facts.symbols)
            ),
        )
        names = ((name, content) for name in sorted(facts.names))
        self._db.executemany("INSERT INTO mentions VALUES (?, ?)", names)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _opened(self) -> sqlite3.Connection:
        # Made before SQLite opens it, so that nobody else can ever read it.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                for table in ("contents", "files", "symbols", "mentions"):
                    db.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {_VERSION}")
            db.execute("COMMIT")
        return db


def _version_of(path: Path) -> int:
    """The version of a database; 0 when there is none, or it cannot be read."""
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        try:
            return int(db.execute("PRAGMA user_version").fetchone()[0])
        finally:
            db.close()
    except sqlite3.Error:
        return 0


def module_stem(path: str) -> str:
    """The name a file is imported by: without its ending, and the folder's for a package."""
    parts = path.split("/")
    stem = parts[-1].split(".", 1)[0]
    is_package = stem in ("__init__", "index", "mod") and len(parts) > 1
    return parts[-2] if is_package else stem
