"""Settings of the engine."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, HttpUrl, field_validator

from cornerman.settings.section import Section


class EngineSettings(Section):
    """The process that holds the model: one of this machine, or with ``url`` a remote one."""

    user_only: ClassVar[bool] = True

    url: HttpUrl | None = Field(
        default=None,
        description="OpenAI-compatible server to use instead of an engine on this machine. "
        "Prompts, which hold your source code, are sent there.",
    )
    remote_model: str | None = Field(
        default=None,
        min_length=1,
        description="Name of the model on that server, if it is not the name in model.",
    )
    api_key_file: str | None = Field(
        default=None, min_length=1, description="File that holds the key for that server."
    )
    api_key_env: str = Field(
        default="CORNERMAN_API_KEY",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable that holds the key, if there is no key file.",
    )
    context_tokens: int = Field(
        default=8192, ge=512, le=262_144, description="Size of the KV cache, in tokens."
    )
    threads: int | None = Field(
        default=None, ge=1, le=256, description="CPU threads; chosen for the machine when not set."
    )
    backend: Literal["auto", "llama.cpp", "mlx"] = Field(
        default="auto",
        description="Library that runs the model: mlx on Apple silicon, else llama.cpp.",
    )
    memory_limit_mib: int | None = Field(
        default=None,
        ge=256,
        description="Memory the engine may use, in MiB; a share of the machine's when not set.",
    )
    low_priority: bool = Field(
        default=False,
        description="Run the engine only when other programs leave the processor idle.",
    )
    save_battery: bool = Field(
        default=False,
        description="Use half of the processor's cores for a model that is loaded on battery.",
    )
    unload_after_minutes: float = Field(
        default=5.0,
        gt=0,
        le=1440,
        description="The model's memory is freed after this long without a request.",
    )
    exit_after_minutes: float = Field(
        default=15.0,
        gt=0,
        le=1440,
        description="The engine leaves after this long without a request.",
    )

    @field_validator("url")
    @classmethod
    def _is_plain(cls, url: HttpUrl | None) -> HttpUrl | None:
        """No secrets in a URL: it is shown in messages."""
        if url is not None and (url.username or url.password or url.query or url.fragment):
            raise ValueError("write it without user, password, ? and #")
        return url
