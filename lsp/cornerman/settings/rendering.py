"""The settings as others need them: a page, a JSON schema, VS Code's contribution, Lua's types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import cast

from cornerman.settings.fields import Setting, all_settings
from cornerman.settings.schema import Settings
from cornerman.settings.sources import VERSION

_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
_KEPT_BY_VSCODE = (
    "type",
    "enum",
    "items",
    "pattern",
    "minLength",
    "additionalProperties",
    *_LIMITS,
)
_LUA_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "any[]",
    "object": "table",
    "null": "nil",
}
_INTRODUCTION = """\
# Settings

<!-- Written by `cornerman settings docs` from lsp/cornerman/settings. -->

Nothing has to be set. What you do set is taken from these places; each outweighs those before it:

1. what is built in,
2. your own file `settings.toml` (`cornerman settings path` says where it is),
3. `.cornerman.toml` in a folder of the workspace,
4. your editor's settings, under the name `cornerman`,
5. environment variables.

A file looks like this:

```toml
version = 1
model = "qwen2.5-coder-0.5b-instruct"

[completion]
enabled = true
```

Changes apply at once. A value that cannot be used is reported with its file and line, and ignored.
Names may be written in camel case as well (`completion.maxLineTokens`). Settings marked *yours
only* cannot be set by a workspace: a repository must not decide where your code goes or what runs
on your machine. In an editor they belong into the user's settings.
"""


def as_json_schema() -> str:
    """The JSON schema of a file of settings."""
    schema = Settings.model_json_schema()
    schema["properties"]["version"] = {"const": VERSION, "description": "Of these settings."}
    return json.dumps(schema, indent=2) + "\n"


def as_markdown() -> str:
    """A page of documentation."""
    lines = [_INTRODUCTION]
    for section, settings in _by_section():
        lines.append(f"## {section or 'Models'}\n")
        lines += [_paragraph(setting) for setting in settings]
    return "\n".join(lines)


def as_vscode() -> str:
    """What goes into ``contributes.configuration.properties`` of an extension's manifest.

    What is the user's alone has the scope ``machine``, which a workspace's settings cannot set.
    """
    properties = {f"cornerman.{s.name}": _for_vscode(s) for s in all_settings()}
    return json.dumps(properties, indent=2, ensure_ascii=False) + "\n"


def as_lua() -> str:
    """Annotations of LuaCATS for the table of settings."""
    lines = ["---@meta", "", "-- Written by `cornerman settings neovim`."]
    classes: dict[str, list[str]] = {"Settings": []}
    for setting in all_settings():
        *parents, name = setting.path
        for depth, parent in enumerate(parents):
            inner = _lua_class(parents[: depth + 1])
            if inner not in classes:
                classes[inner] = []
                outer = classes[_lua_class(parents[:depth])]
                outer.append(f"---@field {parent}? cornerman.{inner}")
        field = f"---@field {name}? {_lua_type(setting.schema)} {setting.description}"
        classes[_lua_class(parents)].append(field)
    for name, fields in classes.items():
        lines += ["", f"---@class cornerman.{name}", *fields]
    return "\n".join(lines) + "\n"


def _by_section() -> Iterator[tuple[str, list[Setting]]]:
    for section, settings in groupby(
        all_settings(), key=lambda setting: setting.name.rpartition(".")[0]
    ):
        yield section, list(settings)


def _paragraph(setting: Setting) -> str:
    told = [_type_of(setting.schema), *_limits(setting.schema)]
    told.append("not set by default" if setting.default is None else f"default `{_shown(setting)}`")
    if setting.user_only:
        told.append("*yours only*")
    return (
        f"### `{setting.name}`\n\n{setting.description}\n\n"
        f"{', '.join(told)}; `{setting.variable}`.\n"
    )


def _shown(setting: Setting) -> str:
    return json.dumps(setting.default, ensure_ascii=False, default=list)


def _for_vscode(setting: Setting) -> dict[str, object]:
    schema = {key: value for key, value in _flat(setting.schema).items() if key in _KEPT_BY_VSCODE}
    return {
        **schema,
        "default": json.loads(_shown(setting)),
        "markdownDescription": setting.description,
        "scope": "machine" if setting.user_only else "window",
    }


def _flat(schema: Mapping[str, object]) -> dict[str, object]:
    """A schema without ``anyOf``: one that may be null has both types."""
    choices = cast("list[dict[str, object]]", schema.get("anyOf") or [])
    if not choices:
        return dict(schema)
    merged: dict[str, object] = {}
    for choice in choices:
        merged.update(choice)
    return {**merged, "type": [choice.get("type", "string") for choice in choices]}


def _type_of(schema: Mapping[str, object]) -> str:
    flat = _flat(schema)
    if "enum" in flat:
        return " or ".join(f"`{value}`" for value in cast("list[object]", flat["enum"]))
    kinds = flat.get("type", "value")
    names = cast("list[str]", kinds) if isinstance(kinds, list) else [str(kinds)]
    return " or ".join(name for name in names if name != "null")


def _limits(schema: Mapping[str, object]) -> list[str]:
    flat = _flat(schema)
    return [f"{word} {flat[key]}" for key, word in _LIMITS.items() if key in flat]


def _lua_class(parents: list[str]) -> str:
    return "Settings" + "".join(part.title().replace("_", "") for part in parents)


def _lua_type(schema: Mapping[str, object]) -> str:
    flat = _flat(schema)
    if "enum" in flat:
        return "|".join(f'"{value}"' for value in cast("list[object]", flat["enum"]))
    kinds = flat.get("type", "string")
    names = cast("list[str]", kinds) if isinstance(kinds, list) else [str(kinds)]
    items = flat.get("items")
    if names == ["array"] and isinstance(items, dict):
        return f"{_lua_type(cast('dict[str, object]', items))}[]"
    return "|".join(_LUA_TYPES.get(name, "any") for name in names if name != "null")
