"""Signatures of what a Python file imports from packages that are installed for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cornerman.context.index.extract import facts_of
from cornerman.context.index.facts import FileFacts, FileRef, Symbol
from cornerman.context.index.resolve import Files, resolve
from cornerman.context.outline import constructor, definition, head, outline
from cornerman.context.question import Question
from cornerman.context.workspace_files import read_text
from cornerman.core.snippets import Snippet

NAME = "package"

_LESS_THAN_OWN = 0.7
_MAX_BYTES = 512 * 1024
_MAX_FACTS = 128
_PLACES = (".venv", "venv", "env")
_LAYOUTS = ("lib/python*/site-packages", "Lib/site-packages")


class InstalledPackages(Files):
    """The modules below one ``site-packages``, looked up by their paths; nothing is searched."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def facts(self, file: FileRef) -> FileFacts | None:
        """What a module defines; None if there is no source of that path."""
        path = Path(file.folder, file.path)
        try:
            status = path.stat()
        except OSError:
            return None
        if status.st_size > _MAX_BYTES:
            return None
        return _facts(str(path), status.st_mtime_ns)

    def with_stem(self, stem: str, module: str) -> list[FileRef]:
        """The files that an absolute import can mean."""
        path, root = module.replace(".", "/") or stem, str(self.folder)
        candidates = (f"{path}.py", f"{path}/__init__.py", f"{path}.pyi", f"{path}/__init__.pyi")
        return [FileRef(root, name) for name in candidates if (self.folder / name).is_file()]


def installed_for(folder: Path) -> InstalledPackages | None:
    """The packages of a workspace folder's virtual environment, if it has one."""
    for place in _PLACES:
        for layout in _LAYOUTS:
            for found in sorted((folder / place).glob(layout)):
                return InstalledPackages(found)
    return None


def installed_packages(question: Question) -> Iterator[Snippet]:
    """Signatures of imported functions and classes that are used around the cursor."""
    packages = installed_for(Path(question.file.folder))
    if packages is None or question.snapshot.language_id != "python":
        return
    for brought in question.facts.imports:
        weight = question.names.get(brought.alias, 0.0)
        if not weight or brought.module.startswith(".") or question.resolve(brought):
            continue
        for located in resolve(packages, question.file, brought, "python")[:1]:
            members = _members(packages, located.file, located.symbol)
            made = constructor(members) if located.symbol.kind == "class" else None
            symbol = located.symbol
            text = outline(symbol, [made], "python") if made else head(symbol, "python")
            why = f"{brought.alias} of an installed package is used here"
            score = weight * _LESS_THAN_OWN
            yield definition(located, text, "python", source=NAME, score=score, why=why)


def _members(packages: InstalledPackages, file: FileRef, symbol: Symbol) -> tuple[Symbol, ...]:
    facts = packages.facts(file)
    return facts.members(symbol.full_name) if facts else ()


@lru_cache(_MAX_FACTS)
def _facts(path: str, mtime_ns: int) -> FileFacts | None:
    del mtime_ns  # A part of the key: a changed file is read again.
    text = read_text(Path(path))
    return facts_of(text, "python") if text is not None else None
