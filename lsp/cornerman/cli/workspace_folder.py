"""The workspace folder that a file on the command line belongs to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cornerman import paths
from cornerman.core.errors import BadInputError
from cornerman.core.snippets import Room, Surroundings
from cornerman.features.workspace import Workspace, has_index, open_folder, update_folder
from cornerman.session.context import WorkspaceContext
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


def indexed_context(path: Path, settings: ContextSettings) -> WorkspaceContext | None:
    """What is known of the project of a file, None if it has never been indexed."""
    folder = folder_of(path).resolve()
    if not settings.enabled or not has_index(folder, paths.state_dir()):
        return None
    context = PatientContext(paths.state_dir())
    context.configure(settings.model_copy(update={"index": False}))
    context.set_folders([folder])
    return context


class PatientContext(WorkspaceContext):
    """Waits for all that can be found, as there is no next prompt."""

    async def surroundings(self, room: Room) -> Surroundings:
        """See ``ContextSource``."""
        return await super().surroundings(replace(room, is_resting=True))
