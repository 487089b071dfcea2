"""Settings of the language server, checked at the edge.

They come from ``initializationOptions`` or ``workspace/didChangeConfiguration``, either bare or
under a ``cornerman`` key. A value that cannot be used falls back to its default and is reported;
it never stops the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, field_validator

STARTER_MODEL = "qwen2.5-coder-0.5b-instruct"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompletionSettings(_Section):
    """Inline completion."""

    enabled: bool = Field(default=True, description="Offer inline completions.")
    max_line_tokens: int = Field(
        default=64, ge=1, le=1024, description="Token limit of a single-line suggestion."
    )
    max_block_tokens: int = Field(
        default=192, ge=1, le=4096, description="Token limit of a suggestion of several lines."
    )
    block_time_ms: int = Field(
        default=400,
        ge=1,
        le=60_000,
        description="Time to write a suggestion of several lines; its whole lines are shown then.",
    )
    prefix_lines: int = Field(
        default=64,
        ge=1,
        le=2000,
        description="Lines before the cursor that the model sees, at least.",
    )
    suffix_lines: int = Field(
        default=24,
        ge=0,
        le=2000,
        description="Lines after the cursor that the model sees, at most.",
    )
    deadline_ms: int = Field(
        default=15_000,
        ge=100,
        le=120_000,
        description="An unanswered request is answered empty by then.",
    )
    candidates: int = Field(
        default=3,
        ge=1,
        le=5,
        description="Suggestions to choose from when one is asked for by hand, at most.",
    )
    popup: bool = Field(
        default=False,
        description="Offer suggestions in the list of completions as well, for editors that have "
        "no inline completion. Read when the server starts.",
    )


class EngineSettings(_Section):
    """The process that holds the model: one of this machine, or with ``url`` a remote one."""

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


class StatisticsSettings(_Section):
    """Figures about suggestions, kept on this machine, without any source code."""

    enabled: bool = Field(
        default=True, description="Count what is shown, accepted and kept, for cornerman stats."
    )


class Settings(_Section):
    """Everything that can be configured."""

    model: str = Field(default=STARTER_MODEL, description="Name of an installed model.")
    completion: CompletionSettings = Field(default_factory=CompletionSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    statistics: StatisticsSettings = Field(default_factory=StatisticsSettings)


def parse(*sources: object) -> tuple[Settings, list[str]]:
    """Settings from what an editor sent, and one sentence for each value that was not usable.

    Of several sources the later ones win, value by value; None is an empty source.
    """
    values: dict[str, object] = {}
    problems: list[str] = []
    for raw in sources:
        if isinstance(raw, Mapping):
            source = _plain(cast("Mapping[object, object]", raw))
            inner = source.get("cornerman")
            _merge(values, cast("dict[str, object]", inner) if isinstance(inner, dict) else source)
        elif raw is not None:
            problems.append("The settings are not an object; using the defaults.")
    return _validated(values, problems)


def _merge(values: dict[str, object], newer: dict[str, object]) -> None:
    for key, value in newer.items():
        older = values.get(key)
        if isinstance(older, dict) and isinstance(value, dict):
            _merge(cast("dict[str, object]", older), cast("dict[str, object]", value))
        else:
            values[key] = value


def _validated(values: dict[str, object], problems: list[str]) -> tuple[Settings, list[str]]:
    while True:
        try:
            return Settings.model_validate(values), problems
        except ValidationError as error:
            for issue in error.errors(include_input=False, include_url=False):
                path = [str(part) for part in issue["loc"]]
                problems.append(f"Setting {'.'.join(path)}: {issue['msg']}; using the default.")
                _remove(values, path)


def _remove(values: dict[str, object], path: list[str]) -> None:
    """Delete the value at ``path``, or its nearest enclosing section that is no object."""
    inner = values.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        _remove(cast("dict[str, object]", inner), path[1:])
    else:
        values.pop(path[0], None)


def _plain(raw: Mapping[object, object]) -> dict[str, object]:
    """A deep copy with string keys, safe to take values out of."""
    return {
        str(key): _plain(cast("Mapping[object, object]", value))
        if isinstance(value, Mapping)
        else value
        for key, value in raw.items()
    }
