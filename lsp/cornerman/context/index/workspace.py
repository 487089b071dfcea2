"""All folders of a workspace as one index, with open documents in the place of their files."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cornerman.context.index.extract import facts_of
from cornerman.context.index.facts import FileFacts, FileRef, Located
from cornerman.context.index.store import IndexStore, module_stem
from cornerman.context.workspace_files import WorkspaceFiles, is_indexed, read_text
from cornerman.core.secrets import masked

# Texts of files that were read lately; they are small, and asked for again and again.
_MAX_TEXTS = 64


@dataclass(frozen=True, slots=True)
class IndexedFolder:
    """A folder of the workspace: its files as they may be read, and what is known of them."""

    files: WorkspaceFiles
    store: IndexStore


@dataclass(frozen=True)
class _OpenFile:
    text: str
    language_id: str

    @cached_property
    def facts(self) -> FileFacts:
        return facts_of(self.text, self.language_id)

    @cached_property
    def shown(self) -> str:
        return masked(self.text)


@dataclass(slots=True)
class _ReadFile:
    mtime_ns: int
    text: str | None


@dataclass(slots=True)
class WorkspaceIndex:
    """May be read from other threads than the one that adds folders and documents."""

    _folders: dict[str, IndexedFolder] = field(default_factory=dict)
    _open: dict[FileRef, _OpenFile] = field(default_factory=dict)
    _texts: dict[FileRef, _ReadFile] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def folders(self) -> tuple[IndexedFolder, ...]:
        """The folders, in the order in which they were added."""
        return tuple(self._folders.values())

    def add(self, folder: IndexedFolder) -> None:
        """Search a folder from now on."""
        self._folders[str(folder.files.folder)] = folder

    def remove(self, path: Path) -> None:
        """Search a folder no more."""
        removed = self._folders.pop(str(path), None)
        if removed is not None:
            removed.store.close()

    def locate(self, path: Path) -> FileRef | None:
        """The file at an absolute path as one of the workspace, of the innermost folder."""
        inside = [folder for folder in self._folders if path.is_relative_to(folder)]
        if not inside:
            return None
        folder = max(inside, key=len)
        return FileRef(folder, path.relative_to(folder).as_posix())

    def open(self, file: FileRef, text: str, language_id: str) -> None:
        """Take an open document's text for the file's, until it is closed."""
        known = self._open.get(file)
        if known is None or known.text != text:
            self._open[file] = _OpenFile(text, language_id)

    def close(self, file: FileRef) -> None:
        """The file counts as it is on disk again."""
        self._open.pop(file, None)

    def facts(self, file: FileRef) -> FileFacts | None:
        """What is known of a file; None if it is not indexed."""
        # What was indexed or opened may be excluded by now.
        if not self._admits(file):
            return None
        opened = self._open.get(file)
        return opened.facts if opened else self._folders[file.folder].store.facts(file.path)

    def text(self, file: FileRef) -> str | None:
        """What may be shown of a file: secrets masked; None for a file that must not be read."""
        if not self._admits(file) or not is_indexed(file.path):
            return None
        opened = self._open.get(file)
        if opened is not None:
            return opened.shown
        folder = self._folders[file.folder]
        found = folder.files.find(file.path)
        if found is None:
            return None
        read = self._texts.get(file)
        if read is None or read.mtime_ns != found.mtime_ns:
            text = read_text(folder.files.folder / file.path)
            read = _ReadFile(found.mtime_ns, masked(text) if text is not None else None)
            self._keep(file, read)
        return read.text

    def named(self, name: str) -> list[Located]:
        """Every symbol of that name, those of open documents first."""
        found = [
            Located(file, symbol)
            for file, opened in self._opened()
            for symbol in opened.facts.symbols
            if symbol.name == name
        ]
        for root, folder in list(self._folders.items()):
            for path, symbol in folder.store.named(name):
                file = FileRef(root, path)
                if file not in self._open and folder.files.admits(path):
                    found.append(Located(file, symbol))
        return found

    def with_stem(self, stem: str, module: str = "") -> list[FileRef]:
        """The files that can be imported by a name, in a stable order.

        For any ``module`` that ends with this name.
        """
        del module
        found = {file for file, _ in self._opened() if module_stem(file.path) == stem}
        for root, folder in list(self._folders.items()):
            found |= {FileRef(root, path) for path in folder.store.with_stem(stem)}
        return sorted(found)

    def in_language(self, language_id: str) -> list[FileRef]:
        """The files in a language, sorted."""
        return sorted(
            FileRef(root, path)
            for root, folder in list(self._folders.items())
            for path in folder.store.in_language(language_id)
        )

    def all_files(self) -> list[FileRef]:
        """Every file that is indexed or open, sorted."""
        found = {file for file, _ in self._opened()}
        for root, folder in list(self._folders.items()):
            found |= {FileRef(root, path) for path in folder.store.paths()}
        return sorted(found)

    def spread(self, names: Sequence[str]) -> dict[str, int]:
        """How many files mention each name, about; those that none mentions are left out."""
        total: dict[str, int] = {}
        for folder in list(self._folders.values()):
            for name, count in folder.store.spread(names).items():
                total[name] = total.get(name, 0) + count
        for name in names:
            here = sum(name in opened.facts.names for _, opened in self._opened())
            if here:
                total[name] = max(total.get(name, 0), here)
        return total

    def mentioning(self, name: str, limit: int = 200) -> Iterator[FileRef]:
        """Files whose code mentions ``name``."""
        opened = dict(self._opened())
        yield from (file for file, document in opened.items() if name in document.facts.names)
        for root, folder in list(self._folders.items()):
            for path in folder.store.mentioning(name, limit):
                if (file := FileRef(root, path)) not in opened:
                    yield file

    def _admits(self, file: FileRef) -> bool:
        folder = self._folders.get(file.folder)
        return folder is not None and folder.files.admits(file.path)

    def _opened(self) -> list[tuple[FileRef, _OpenFile]]:
        """The open documents that may be shown beside others."""
        return [item for item in list(self._open.items()) if self._admits(item[0])]

    def _keep(self, file: FileRef, read: _ReadFile) -> None:
        with self._lock:
            self._texts.pop(file, None)
            while len(self._texts) >= _MAX_TEXTS:
                del self._texts[next(iter(self._texts))]
            self._texts[file] = read
