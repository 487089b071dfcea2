"""The workspace as the features know it: folders with their indexes, and open documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from cornerman.context import retrieval
from cornerman.context.index.building import OnProgress, update_all, update_some
from cornerman.context.index.facts import FileRef
from cornerman.context.index.store import IndexStore
from cornerman.context.index.workspace import IndexedFolder, WorkspaceIndex
from cornerman.context.privacy import excluding, looks_secret
from cornerman.context.workspace_files import WorkspaceFiles
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.passages import Findings
from cornerman.core.uris import path_of
from cornerman.settings import ContextSettings

_INDEXES = "index"
HOLDS_SECRETS = "Nothing is suggested in files that are excluded, or of a kind that holds secrets."


def open_folder(folder: Path, settings: ContextSettings, state: Path) -> IndexedFolder:
    """The files and the index of a folder; indexes are kept below the folder ``state``."""
    files = WorkspaceFiles(folder, settings.exclude, settings.max_file_kib * 1024)
    return IndexedFolder(files, IndexStore(_index_of(folder, state)))


def has_index(folder: Path, state: Path) -> bool:
    """True if a folder has been indexed before."""
    return _index_of(folder, state).exists()


def _index_of(folder: Path, state: Path) -> Path:
    # Where the files are decides which index is theirs, and what they are must not show in it.
    name = hashlib.blake2b(str(folder).encode(), digest_size=12).hexdigest()
    return state / _INDEXES / f"{name}.sqlite3"


def update_folder(folder: IndexedFolder, on_progress: OnProgress = lambda _d, _a: None) -> int:
    """Bring a folder's index up to date; returns how many files were new, changed or gone."""
    return update_all(folder.store, folder.files, on_progress)


class Workspace:
    """The index of all folders, by URIs. May be read from other threads than it is changed in."""

    def __init__(self) -> None:
        self.index = WorkspaceIndex()

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders, in the order in which they were added."""
        return tuple(folder.files.folder for folder in self.index.folders)

    def add(self, folder: IndexedFolder) -> None:
        """Search a folder from now on."""
        self.index.add(folder)

    def remove(self, path: Path) -> None:
        """Search a folder no more."""
        self.index.remove(path)

    def locate(self, uri: str) -> FileRef | None:
        """A document as a file of the workspace, if it is in one of its folders."""
        path = path_of(uri)
        return self.index.locate(path) if path is not None else None

    def put(self, snapshot: DocumentSnapshot) -> FileRef | None:
        """Take an open document's text for the file's."""
        file = self.locate(snapshot.uri)
        if file is not None and self.admits(file):
            self.index.open(file, snapshot.text, snapshot.language_id)
        return file

    def admits(self, file: FileRef) -> bool:
        """True if the file may be shown beside others."""
        folders = (f.files for f in self.index.folders if str(f.files.folder) == file.folder)
        return any(files.admits(file.path) for files in folders)

    def refresh(self, paths: Iterable[Path]) -> None:
        """Read files again that were changed, made or deleted on disk."""
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            file = self.index.locate(path)
            if file is not None:
                by_folder.setdefault(file.folder, []).append(file.path)
        for folder in self.index.folders:
            changed = by_folder.get(str(folder.files.folder), [])
            if any(path.endswith(".gitignore") for path in changed):
                folder.files.forget_ignored()
            if changed:
                update_some(folder.store, folder.files, changed)


def retrieve(workspace: Workspace, question: str) -> Findings:
    """What the workspace has to say about a question in plain words."""
    return retrieval.retrieve(workspace.index, question)


def is_secret(uri: str, exclude: Sequence[str]) -> bool:
    """True if nothing of a document may be shown to any model."""
    path = path_of(uri)
    if path is None:
        return False
    name = path.as_posix()
    return looks_secret(name) or excluding(exclude).match_file(name.lstrip("/"))
