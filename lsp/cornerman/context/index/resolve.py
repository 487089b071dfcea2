"""From an import to the file and the symbol it means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Protocol

from cornerman.context.index.facts import FileFacts, FileRef, Import, Located

_MAX_DEPTH = 4
_PARTS = re.compile(r"::|[./\\:]+")
_SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".mts", ".js", ".jsx", ".mjs", ".cjs")


class Files(Protocol):
    """Where imports are looked up: the workspace, or installed packages."""

    def facts(self, file: FileRef) -> FileFacts | None:
        """What is known of a file; None if there is no such file."""
        ...

    def with_stem(self, stem: str, module: str) -> list[FileRef]:
        """The files that the last name of ``module`` may be imported from."""
        ...


def resolve(files: Files, file: FileRef, wanted: Import, language_id: str) -> list[Located]:
    """The symbols that an imported name stands for, through re-exports; none for a module."""
    found = dict.fromkeys(_symbols(files, file, wanted, language_id, _MAX_DEPTH))
    return list(found)


def modules(files: Files, file: FileRef, module: str, language_id: str) -> list[FileRef]:
    """The files that ``module``, as written in an import of ``file``, can mean; best one first."""
    if module.startswith("."):
        return [found for found in _relative(file, module, language_id) if files.facts(found)]
    parts = [part for part in _PARTS.split(module) if part]
    if module.endswith((".h", ".hpp", ".hh")):
        parts = parts[:-1]
    if not parts:
        return []
    ending = "/" + "/".join(parts)
    matching = [
        found
        for found in files.with_stem(parts[-1], module)
        if found != file and ("/" + _stem(found.path)).endswith(ending)
    ]
    return sorted(matching, key=lambda found: (found.folder != file.folder, len(found.path), found))


def _symbols(
    files: Files, file: FileRef, wanted: Import, language_id: str, depth: int
) -> Iterator[Located]:
    if not wanted.name or depth == 0:
        return
    for target in modules(files, file, wanted.module, language_id)[:3]:
        facts = files.facts(target)
        if facts is None:
            continue
        own = facts.named(wanted.name) or (facts.symbols[:1] if wanted.name == "default" else ())
        if own:
            yield from (Located(target, symbol) for symbol in own)
            return
        for passed_on in facts.imports:
            if passed_on.alias == wanted.name:
                yield from _symbols(files, target, passed_on, language_id, depth - 1)
            elif passed_on.name == "*":
                again = Import(passed_on.module, wanted.name, wanted.alias)
                yield from _symbols(files, target, again, language_id, depth - 1)


def _relative(file: FileRef, module: str, language_id: str) -> Iterator[FileRef]:
    if language_id == "python":
        level = len(module) - len(module.lstrip("."))
        base = file.parent
        for _ in range(level - 1):
            base = posixpath.dirname(base)
        stem = posixpath.join(base, *[part for part in module[level:].split(".") if part])
        if module[level:]:
            yield from (FileRef(file.folder, stem + ending) for ending in (".py", ".pyi"))
        yield FileRef(file.folder, posixpath.join(stem, "__init__.py"))
        return
    stem = posixpath.normpath(posixpath.join(file.parent, module))
    if not stem.startswith(".."):
        bare = re.sub(r"\.[mc]?[jt]sx?$", "", stem)
        for candidate in dict.fromkeys((stem, bare)):
            yield from (FileRef(file.folder, candidate + ending) for ending in _SCRIPT_ENDINGS)
            yield from (
                FileRef(file.folder, f"{candidate}/index{ending}") for ending in _SCRIPT_ENDINGS
            )


def _stem(path: str) -> str:
    """A path as an import spells it: without ending, without a package's own file."""
    stem = re.sub(r"(?:\.d)?\.\w+$", "", path)
    return re.sub(r"/(?:__init__|index|mod)$", "", stem)
