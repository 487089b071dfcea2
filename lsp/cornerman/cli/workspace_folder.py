"""The workspace folder that a file on the command line belongs to."""

from __future__ import annotations

from pathlib import Path

from cornerman import paths
from cornerman.core.errors import BadInputError
from cornerman.features.workspace import Workspace, open_folder, update_folder
from cornerman.settings import ContextSettings

_MARKS = (".git", "pyproject.toml", "package.json", "go.mod", "Cargo.toml", "pom.xml")


def folder_of(path: Path) -> Path:
    """The nearest folder above ``path`` that looks like a project, or the file's own."""
    above = path.resolve().parents if path.is_file() else [path.resolve(), *path.resolve().parents]
    marked = (folder for folder in above if any((folder / mark).exists() for mark in _MARKS))
    return next(marked, above[0])


def open_workspace(folder: Path, settings: ContextSettings) -> Workspace:
    """The workspace of one folder, its index brought up to date.

    Raises:
        BadInputError: there is no such folder.
    """
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder: give one that holds source code.")
    opened = open_folder(folder.resolve(), settings, paths.state_dir())
    update_folder(opened)
    workspace = Workspace()
    workspace.add(opened)
    return workspace
