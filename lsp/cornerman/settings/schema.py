"""Everything that can be configured."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.actions import ActionSettings
from cornerman.settings.completion import CompletionSettings
from cornerman.settings.context import ContextSettings
from cornerman.settings.engine import EngineSettings
from cornerman.settings.section import Section
from cornerman.settings.statistics import StatisticsSettings

STARTER_MODEL = "qwen2.5-coder-0.5b-instruct"


class Settings(Section):
    """Everything that can be configured."""

    model: str = Field(default=STARTER_MODEL, description="Name of an installed model.")
    completion: CompletionSettings = Field(default_factory=CompletionSettings)
    actions: ActionSettings = Field(default_factory=ActionSettings)
    context: ContextSettings = Field(default_factory=ContextSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    statistics: StatisticsSettings = Field(default_factory=StatisticsSettings)
