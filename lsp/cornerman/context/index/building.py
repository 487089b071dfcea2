"""Bring an index up to date with its folder: only what has changed is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from cornerman.context.index.extract import facts_of
from cornerman.context.index.facts import FileFacts
from cornerman.context.index.store import IndexStore
from cornerman.context.workspace_files import FoundFile, WorkspaceFiles, read_text

# Files written at once: readers see progress, and other writers wait for a moment only.
_BATCH = 32

OnProgress = Callable[[int, int], None]
"""Told how many of how many changed files are done."""


def update_all(
    store: IndexStore, files: WorkspaceFiles, on_progress: OnProgress = lambda _done, _all: None
) -> int:
    """Index what is new or changed in the folder, forget what is gone; returns how many."""
    known = store.known()
    changed = [
        file for file in files.walk() if known.pop(file.path, None) != (file.size, file.mtime_ns)
    ]
    if known:
        store.remove(known)
    for start in range(0, len(changed), _BATCH):
        on_progress(start, len(changed))
        _index(store, files, changed[start : start + _BATCH])
    if known or changed:
        store.tidy()
    return len(changed) + len(known)


def update_some(store: IndexStore, files: WorkspaceFiles, paths: Iterable[str]) -> None:
    """Index the files at relative ``paths`` again, or forget those that are gone."""
    found = {path: files.find(path) for path in paths}
    store.remove(path for path, file in found.items() if file is None)
    _index(store, files, [file for file in found.values() if file is not None])


def _index(store: IndexStore, files: WorkspaceFiles, batch: list[FoundFile]) -> None:
    """Read and parse first, write then: the database is locked for no longer than that."""
    prepared = [(file, *_read(store, files, file)) for file in batch]
    with store.changing():
        for file, digest, facts in prepared:
            store.put(file, digest, facts)


def _read(
    store: IndexStore, files: WorkspaceFiles, file: FoundFile
) -> tuple[bytes | None, FileFacts | None]:
    """Hash and facts of a file; no facts where the store has them already."""
    text = read_text(files.folder / file.path)
    if text is None:
        return None, None
    key = f"{file.language_id}\0{text}".encode("utf-8", "replace")
    digest = hashlib.blake2b(key, digest_size=16).digest()
    return digest, None if store.has_content(digest) else facts_of(text, file.language_id)
