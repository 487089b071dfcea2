"""Settings of the statistics."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cornerman.settings.section import Section


class StatisticsSettings(Section):
    """Figures about suggestions, kept on this machine, without any source code."""

    user_only: ClassVar[bool] = True

    enabled: bool = Field(
        default=True, description="Count what is shown, accepted and kept, for cornerman stats."
    )
