"""What all sections of the settings have in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

USER_ONLY: JsonDict = {"userOnly": True}
"""Mark of a field (``json_schema_extra``) that a workspace's own file cannot set."""

PRIVATE: JsonDict = {"userOnly": True, "private": True}
"""Mark of a field that says what code may be shown to a model: a mistake in it shows none."""


class Section(BaseModel):
    """A group of settings. Unknown keys are an error, which :func:`resolve` turns into a report.

    ``user_only`` marks all of a section as :data:`USER_ONLY` does one field: a repository must
    not decide where source code goes or what is run on this machine.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_only: ClassVar[bool] = False
