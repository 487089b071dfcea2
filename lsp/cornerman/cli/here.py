"""The settings that hold for a command: those of the user, the current folder, the environment."""

from __future__ import annotations

import sys
from pathlib import Path

from cornerman.settings import Settings, load


def settings_here(model: str | None = None) -> Settings:
    """The settings in the current folder, with another ``model`` if one is given.

    What is wrong with them is said on stderr.
    """
    settings, problems = load([Path.cwd()])
    for problem in problems:
        sys.stderr.write(f"cornerman: {problem}\n")
    return settings.model_copy(update={"model": model, "chat_model": model}) if model else settings
