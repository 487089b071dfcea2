"""The files of a workspace folder that may be read: what is written there, and not secret.

Links are never followed: they may lead in circles, or out of the folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from cornerman.context.privacy import excluding, looks_secret
from cornerman.core.file_types import language_of

# Folders of code that others wrote and tools installed.
_VENDORED = frozenset(
    {"node_modules", "bower_components", "vendor", "third_party", "site-packages", "__pycache__"}
)
_GENERATED_NAMES = (".min.js", ".min.css", "-lock.json", "_pb2.py", "_pb2_grpc.py", ".pb.go")
_GENERATED_MARKS = ("@generated", "DO NOT EDIT", "Do not edit", "Code generated")
_HEAD = 1_000
_MAX_MEAN_LINE = 300
# Data and mark-up define nothing that code elsewhere could use.
_NOT_INDEXED = frozenset({"plaintext", "json", "yaml", "toml", "html", "css"})
_IGNORE_FILE = ".gitignore"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as the disk has it now. ``path`` is relative, with ``/`` between its parts."""

    path: str
    size: int
    mtime_ns: int

    @property
    def language_id(self) -> str:
        """LSP's id of its language."""
        return language_of(self.path)


class WorkspaceFiles:
    """One folder of the workspace, as its ``.gitignore`` files and the settings have it.

    ``exclude`` has further patterns of ``.gitignore``; files over ``max_bytes`` are left out.
    """

    def __init__(self, folder: Path, exclude: Sequence[str] = (), max_bytes: int = 512 * 1024):
        self.folder = folder
        self._exclude = excluding(exclude)
        self._max_bytes = max_bytes
        self._above = _ignored_above(folder)
        self._specs: dict[str, GitIgnoreSpec | None] = {}
        self._admitted: dict[str, bool] = {}

    def walk(self) -> Iterator[FoundFile]:
        """Every file to be indexed, in a stable order. What cannot be read is left out."""
        self.forget_ignored()
        waiting = [""]
        while waiting:
            inner: list[str] = []
            for entry in _entries(self.folder / waiting.pop()):
                path = Path(entry.path).relative_to(self.folder).as_posix()
                if entry.is_dir(follow_symlinks=False):
                    if self._admits_here(path, is_folder=True):
                        inner.append(path)
                elif found := self._found(path, entry):
                    yield found
            waiting += reversed(inner)

    def find(self, path: str) -> FoundFile | None:
        """The file at a relative ``path``, if it is there and is to be indexed."""
        if not self.admits(path) or not is_indexed(path):
            return None
        try:
            status = (self.folder / path).lstat()
        except (OSError, ValueError):
            return None
        return self._of_status(path, status)

    def admits(self, path: str) -> bool:
        """True unless the file, or a folder it is in, is ignored, hidden, vendored or secret."""
        known = self._admitted.get(path)
        if known is None:
            known = self._admitted[path] = self._is_admitted(path)
        return known

    def _is_admitted(self, path: str) -> bool:
        parts = path.split("/")
        folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
        if ".." in parts or not all(self._admits_here(f, is_folder=True) for f in folders):
            return False
        return self._admits_here(path, is_folder=False)

    def forget_ignored(self) -> None:
        """Read the ``.gitignore`` files again: one of them has changed."""
        self._specs.clear()
        self._admitted.clear()
        self._above = _ignored_above(self.folder)

    def _found(self, path: str, entry: os.DirEntry[str]) -> FoundFile | None:
        if not is_indexed(path) or not self._admits_here(path, is_folder=False):
            return None
        try:
            return self._of_status(path, entry.stat(follow_symlinks=False))
        except OSError:
            return None

    def _of_status(self, path: str, status: os.stat_result) -> FoundFile | None:
        is_file = stat.S_ISREG(status.st_mode)
        if not is_file or not 0 < status.st_size <= self._max_bytes:
            return None
        return FoundFile(path, status.st_size, status.st_mtime_ns)

    def _admits_here(self, path: str, *, is_folder: bool) -> bool:
        """Whether the last part of ``path`` is admitted, given that its folders are."""
        name = path.rsplit("/", 1)[-1]
        shown = path + "/" if is_folder else path
        if looks_secret(shown) or self._exclude.match_file(shown):
            return False
        if is_folder and (name.startswith(".") or name in _VENDORED):
            return False
        if is_folder and (self.folder / path / "pyvenv.cfg").exists():
            return False
        return not self._is_ignored(path, shown)

    def _is_ignored(self, path: str, shown: str) -> bool:
        """By the nearest ``.gitignore`` above ``path`` that says anything about it."""
        parts = path.split("/")[:-1]
        for depth in range(len(parts), -1, -1):
            folder = "/".join(parts[:depth])
            spec = self._spec(folder)
            if spec is not None:
                verdict = spec.check_file(shown[len(folder) + 1 if folder else 0 :]).include
                if verdict is not None:
                    return verdict
        for prefix, spec in self._above:
            verdict = spec.check_file(prefix + shown).include
            if verdict is not None:
                return verdict
        return False

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = _read_spec(self.folder / folder)
        return self._specs[folder]


def is_indexed(path: str) -> bool:
    """True if files of this name are worth knowing."""
    return language_of(path) not in _NOT_INDEXED and not path.endswith(_GENERATED_NAMES)


def read_text(path: Path) -> str | None:
    """The text of a file, its line ends made one character; None for what nobody wrote by hand."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if b"\0" in data[:8192]:
        return None
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    is_marked = any(mark in text[:_HEAD] for mark in _GENERATED_MARKS)
    is_dense = len(text) > _MAX_MEAN_LINE * (text.count("\n") + 1)
    return None if is_marked or is_dense else text


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _read_spec(folder: Path) -> GitIgnoreSpec | None:
    try:
        lines = (folder / _IGNORE_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
        return GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):
        return None


def _ignored_above(folder: Path) -> list[tuple[str, GitIgnoreSpec]]:
    """Ignore files of the repository above a folder within it, the nearest first."""
    roots = (at for at in (folder, *folder.parents) if (at / ".git").exists())
    root = next(roots, folder)
    above = [at for at in folder.parents if at == root or root in at.parents]
    specs = ((folder.relative_to(at).as_posix() + "/", _read_spec(at)) for at in above)
    return [(prefix, spec) for prefix, spec in specs if spec is not None]
