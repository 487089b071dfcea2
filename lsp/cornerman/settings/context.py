"""Settings of the context from the workspace."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.section import Section


class ContextSettings(Section):
    """What the model sees of other files."""

    enabled: bool = Field(
        default=True, description="Show the model related code of other files of the workspace."
    )
