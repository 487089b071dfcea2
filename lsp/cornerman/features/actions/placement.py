"""The test file that the tests of a source file belong into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.core.uris import path_of

_LEVELS_UP = 6


@dataclass(frozen=True, slots=True)
class Placement:
    """The test file of a source file, and the module name by which it is imported."""

    snapshot: DocumentSnapshot
    exists: bool
    module: str


def placement_of(
    snapshot: DocumentSnapshot, documents: Mapping[str, DocumentSnapshot]
) -> Placement:
    """Where the tests of a file go: its test file, or a new one beside its siblings.

    Raises:
        BadInputError: the document is no file, or its test file cannot be read.
    """
    path = path_of(snapshot.uri)
    if path is None:
        raise BadInputError("Save the file first; its tests go into a file beside it.")
    names = (f"test_{path.stem}.py", f"{path.stem}_test.py")
    folders = _test_folders(path)
    places = [folder / name for folder in folders for name in names]
    for place in places:
        uri = place.as_uri()
        if uri in documents:
            return Placement(documents[uri], exists=True, module=_module_name(path))
        if place.is_file():
            try:
                text = place.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise BadInputError(f"{place.name} cannot be read as UTF-8 text.") from error
            found = DocumentSnapshot(uri, "python", 0, text)
            return Placement(found, exists=True, module=_module_name(path))
    new = _new_place(path, folders)
    empty = DocumentSnapshot(new.as_uri(), "python", 0, "")
    return Placement(empty, exists=False, module=_module_name(path))


def _test_folders(path: Path) -> list[Path]:
    """The folders that may hold the tests of a file, the nearest first."""
    found = [path.parent]
    for folder in path.parents[:_LEVELS_UP]:
        for name in ("tests", "test"):
            tests = folder / name
            if tests.is_dir():
                inner = sorted(p for p in tests.rglob("*") if p.is_dir() and "__" not in p.name)
                found += [tests, *inner]
        if (folder / "pyproject.toml").exists() or (folder / ".git").exists():
            break
    return found


def _new_place(path: Path, folders: list[Path]) -> Path:
    """As the siblings do it: their folder, and their way to name tests."""
    siblings = [(folder, file) for folder in folders for file in sorted(folder.glob("*.py"))]
    for folder, file in siblings:
        if file.stem.startswith("test_"):
            return folder / f"test_{path.stem}.py"
        if file.stem.endswith("_test"):
            return folder / f"{path.stem}_test.py"
    tests = [folder for folder in folders if folder.name in ("tests", "test")]
    return (tests or folders)[0] / f"test_{path.stem}.py"


def _module_name(path: Path) -> str:
    """The dotted name of a module, as far up as there are packages."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.parent.name
