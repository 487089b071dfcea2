"""The files that settings are read from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from cornerman import paths
from cornerman.settings.parsing import resolve
from cornerman.settings.schema import Settings
from cornerman.settings.sources import of_editor, of_environment, of_file

WORKSPACE_FILE = ".cornerman.toml"


def user_file() -> Path:
    """The user's own settings; the file need not exist."""
    return paths.config_dir() / "settings.toml"


def load(
    folders: Sequence[Path] = (),
    editor: Sequence[object] = (),
    variables: Mapping[str, str] | None = None,
) -> tuple[Settings, list[str]]:
    """The settings that hold, and one sentence for each value that was not usable.

    In ascending order of weight: what is built in, the user's file, the files of the workspace
    ``folders``, what the ``editor`` sent, the environment ``variables`` (None: the process's).
    """
    return resolve(
        of_file(user_file()),
        *(of_file(folder / WORKSPACE_FILE, of_workspace=True) for folder in folders),
        of_editor(*editor),
        of_environment(os.environ if variables is None else variables),
    )
