"""Everything that can be configured."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.actions import ActionSettings
from cornerman.settings.completion import CompletionSettings
from cornerman.settings.context import ContextSettings
from cornerman.settings.engine import EngineSettings
from cornerman.settings.section import USER_ONLY, Section
from cornerman.settings.statistics import StatisticsSettings

STARTER_MODEL = "qwen2.5-coder-0.5b-instruct"
AUTO = "auto"


class Settings(Section):
    """Everything that can be configured."""

    model: str = Field(
        default=AUTO,
        min_length=1,
        json_schema_extra=USER_ONLY,
        description="Model for completions: a name of `cornerman models list`, the absolute path "
        "of a GGUF file or MLX folder, or auto for the best installed one on this machine.",
    )
    chat_model: str = Field(
        default=AUTO,
        min_length=1,
        json_schema_extra=USER_ONLY,
        description="Model for explanations, refactorings and answers; auto for the same model, "
        "if it can chat. Another one means loading it whenever you change between the two.",
    )
    completion: CompletionSettings = Field(default_factory=CompletionSettings)
    actions: ActionSettings = Field(default_factory=ActionSettings)
    context: ContextSettings = Field(default_factory=ContextSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    statistics: StatisticsSettings = Field(default_factory=StatisticsSettings)

    @property
    def completion_model(self) -> str:
        """``model``; nobody knows a remote machine, so there ``auto`` is the starter."""
        is_remote = self.engine.url is not None
        return STARTER_MODEL if is_remote and self.model == AUTO else self.model
