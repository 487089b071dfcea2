"""Settings of the language server, checked at the edge.

They come from ``initializationOptions`` or ``workspace/didChangeConfiguration``, either bare or
under a ``cornerman`` key. A value that cannot be used falls back to its default and is reported;
it never stops the server.
"""

from __future__ import annotations

from cornerman.settings.actions import ActionSettings
from cornerman.settings.completion import CompletionSettings
from cornerman.settings.context import ContextSettings
from cornerman.settings.engine import EngineSettings
from cornerman.settings.parsing import parse
from cornerman.settings.schema import STARTER_MODEL, Settings
from cornerman.settings.statistics import StatisticsSettings

__all__ = [
    "STARTER_MODEL",
    "ActionSettings",
    "CompletionSettings",
    "ContextSettings",
    "EngineSettings",
    "Settings",
    "StatisticsSettings",
    "parse",
]
