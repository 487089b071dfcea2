"""Settings of code actions."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from cornerman.settings.section import USER_ONLY, Section


class ActionSettings(Section):
    """Explain, refactor and the other code actions."""

    enabled: bool = Field(default=True, description="Offer code actions.")
    candidates: int = Field(
        default=3,
        ge=1,
        le=8,
        description="Answers to try before an action gives up; the first that passes is offered.",
    )
    max_lines: int = Field(
        default=80, ge=1, le=1000, description="Longest code that is rewritten at once, in lines."
    )
    explain_tokens: int = Field(
        default=400, ge=16, le=4096, description="Token limit of an explanation."
    )
    prompts: str | None = Field(
        default=None,
        json_schema_extra=USER_ONLY,
        description="Folder with prompts of your own, named as the shipped ones: explain.md, …",
    )

    @property
    def own_prompts(self) -> Path | None:
        """The folder of ``prompts``."""
        return Path(self.prompts).expanduser() if self.prompts else None
