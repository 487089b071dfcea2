"""Workspaces on disk, indexed, and questions at a ``‸`` in one of their files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cornerman.context.question import Question
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.file_types import language_of
from cornerman.core.snippets import Room
from cornerman.features.surroundings import History, question_of
from cornerman.features.workspace import Workspace, open_folder, update_folder
from cornerman.settings import ContextSettings

CURSOR = "‸"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, by paths relative to ``folder``."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def workspace_of(
    tmp_path: Path, files: Mapping[str, str], settings: ContextSettings | None = None
) -> Workspace:
    """A workspace of one folder, ``tmp_path / "app"``, with these files, indexed."""
    folder = tmp_path / "app"
    folder.mkdir(exist_ok=True)
    write(folder, files)
    opened = open_folder(folder, settings or ContextSettings(), tmp_path / "state")
    update_folder(opened)
    workspace = Workspace()
    workspace.add(opened)
    return workspace


def room_at(folder: Path, name: str, marked: str, chars: int = 1000, lines: int = 2) -> Room:
    """A cursor at ``‸`` in a file, with so many lines shown around it."""
    offset = marked.index(CURSOR)
    text = marked.replace(CURSOR, "")
    snapshot = DocumentSnapshot((folder / name).as_uri(), language_of(name), 1, text)
    line = snapshot.index.line_of(offset)
    return Room(snapshot, offset, max(line - lines, 0), line + lines, f"{line}", chars)


def question_at(
    workspace: Workspace, name: str, marked: str, history: History | None = None, lines: int = 2
) -> Question:
    """The question for a cursor at ``‸`` in a file, which is open."""
    room = room_at(workspace.folders[0], name, marked, lines=lines)
    file = workspace.put(room.snapshot)
    assert file is not None
    return question_of(workspace, file, room, history or History())
