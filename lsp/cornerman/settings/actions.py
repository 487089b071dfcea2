"""Settings of code actions."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.section import Section


class ActionSettings(Section):
    """Explain, refactor and the other code actions."""

    enabled: bool = Field(default=True, description="Offer code actions.")
