"""Settings of the context from the workspace."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from cornerman.settings.section import PRIVATE, Section


class ContextSettings(Section):
    """What the model sees of other files."""

    user_only: ClassVar[bool] = True

    enabled: bool = Field(
        default=True, description="Show the model related code of other files of the workspace."
    )
    index: bool = Field(
        default=True,
        description="Keep an index of the workspace, made in the background and stored privately "
        "on this machine.",
    )
    max_tokens: int = Field(
        default=256,
        ge=0,
        le=4096,
        description="Tokens of other files in a prompt, at most; fewer on a slow machine.",
    )
    exclude: list[str] = Field(
        json_schema_extra=PRIVATE,
        default_factory=list[str],
        description="Files whose code is never shown to the model nor indexed, in the form of "
        ".gitignore. What .gitignore lists and files of keys and passwords are left out anyway.",
    )
    max_file_kib: int = Field(
        default=512, ge=1, le=16_384, description="Larger files are not indexed, in KiB."
    )
