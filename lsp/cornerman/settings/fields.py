"""The settings one by one: what each is called, means and allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from pydantic.fields import FieldInfo

from cornerman.settings.schema import Settings
from cornerman.settings.section import Section


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that can be set. ``schema`` is its JSON schema, without references."""

    path: tuple[str, ...]
    description: str
    default: object
    schema: Mapping[str, object]
    user_only: bool
    private: bool

    @property
    def name(self) -> str:
        """As it is written in messages and in an editor's settings."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "CORNERMAN_" + "_".join(self.path).upper()


@cache
def all_settings() -> tuple[Setting, ...]:
    """Every setting, in the order of the sections."""
    schema = cast("dict[str, object]", Settings.model_json_schema())
    definitions = cast("dict[str, dict[str, object]]", schema.get("$defs", {}))
    return tuple(_walk(Settings, (), schema, definitions, user_only=False))


def section_of(annotation: object) -> type[Section] | None:
    """The section that a field holds, if it holds one."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return None


def snake(name: str) -> str:
    """A key in the spelling of the settings: ``maxLineTokens`` is ``max_line_tokens``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _walk(
    section: type[Section],
    path: tuple[str, ...],
    schema: Mapping[str, object],
    definitions: Mapping[str, Mapping[str, object]],
    *,
    user_only: bool,
) -> Iterator[Setting]:
    properties = cast("dict[str, dict[str, object]]", schema.get("properties", {}))
    user_only = user_only or section.user_only
    for name, field in section.model_fields.items():
        found, inner = properties[name], section_of(field.annotation)
        if inner is None:
            yield _setting((*path, name), field, found, user_only=user_only)
            continue
        reference = str(found["$ref"]).rpartition("/")[2]
        yield from _walk(
            inner, (*path, name), definitions[reference], definitions, user_only=user_only
        )


def _setting(
    path: tuple[str, ...], field: FieldInfo, schema: Mapping[str, object], *, user_only: bool
) -> Setting:
    return Setting(
        path=path,
        description=field.description or "",
        default=field.get_default(call_default_factory=True),  # pyright: ignore[reportUnknownArgumentType]
        schema={key: value for key, value in schema.items() if key not in ("title", "userOnly")},
        user_only=user_only or bool(schema.get("userOnly")),
        private=bool(schema.get("private")),
    )
