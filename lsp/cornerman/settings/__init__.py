"""Settings, checked at the edge.

They come, each outweighing those before it, from the user's file, the workspace's file, the editor
and the environment. A value that cannot be used is reported and ignored; it never stops anything.
"""

from __future__ import annotations

from cornerman.settings.actions import ActionSettings
from cornerman.settings.completion import CompletionSettings
from cornerman.settings.context import ContextSettings
from cornerman.settings.engine import EngineSettings
from cornerman.settings.files import WORKSPACE_FILE, load, user_file
from cornerman.settings.parsing import parse, resolve
from cornerman.settings.schema import STARTER_MODEL, Settings
from cornerman.settings.statistics import StatisticsSettings

__all__ = [
    "STARTER_MODEL",
    "WORKSPACE_FILE",
    "ActionSettings",
    "CompletionSettings",
    "ContextSettings",
    "EngineSettings",
    "Settings",
    "StatisticsSettings",
    "load",
    "parse",
    "resolve",
    "user_file",
]
