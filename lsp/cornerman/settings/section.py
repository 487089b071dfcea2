"""What all sections of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A group of settings. Unknown keys are an error, which :func:`parse` turns into a report."""

    model_config = ConfigDict(extra="forbid", frozen=True)
