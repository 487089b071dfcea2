"""Where settings come from: files, the editor, the environment. Later ones win."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cornerman.settings.fields import all_settings, section_of, snake
from cornerman.settings.schema import Settings
from cornerman.settings.section import Section

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    # Installed on Python 3.10 only, so elsewhere the type checker cannot see it.
    from tomli import loads  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

Values = dict[str, object]

VERSION = 1
"""Of the settings; to be raised when an older Cornerman would take one for something else."""

# Sections that editor plugins keep for themselves.
_PLUGINS_OWN = frozenset({"editor", "server", "trace"})


def _as_setting(path: tuple[str, ...]) -> str:
    return f"Setting {'.'.join(path)}"


@dataclass(frozen=True, slots=True)
class Source:
    """Values of one origin, with keys in the spelling of the settings.

    ``place`` says where a value stands, for a message. A source that is ``of_workspace`` came
    with a repository. ``problem`` is a sentence about the source as a whole.
    """

    values: Values = field(default_factory=lambda: Values())
    place: Callable[[tuple[str, ...]], str] = _as_setting
    of_workspace: bool = False
    problem: str = ""


def of_file(path: Path, *, of_workspace: bool = False) -> Source:
    """The settings of a TOML file; one that is not there is empty.

    Of a file of a later version holds what this one knows: it may say what must stay private.
    """
    try:
        text = path.read_text("utf-8")
        values = _spelled(cast("Values", loads(text)), Settings)
    except FileNotFoundError:
        return Source()
    except (OSError, ValueError) as error:  # a mistake in TOML is a ValueError
        why = error.strerror if isinstance(error, OSError) else str(error)
        return Source(problem=f"{path} is not used: {why}.")

    def place(setting: tuple[str, ...]) -> str:
        return f"{path}:{line_of(text, setting)}: {'.'.join(setting)}"

    version = values.pop("version", VERSION)
    problem = (
        ""
        if version == VERSION
        else f"{path} is of version {version} of the settings, and this Cornerman knows version "
        f"{VERSION}: what it does not know in there is ignored."
    )
    return Source(values, place, of_workspace, problem)


def of_editor(*sent: object) -> Source:
    """What an editor sent, bare or under a ``cornerman`` key; later ones win, None is empty.

    Null counts as not set: it is what an editor says of a setting that it does not have. Every
    other value holds, the default too, as it may undo what a file says; plugins therefore send
    what the user has set and no defaults of their own.
    """
    values: Values = {}
    for raw in sent:
        if isinstance(raw, Mapping):
            merge(values, _unwrapped(_plain(cast("Mapping[object, object]", raw))))
        elif raw is not None:
            return Source(problem="The settings are not an object; they are ignored.")
    for setting in all_settings():
        _drop_null(values, setting.path)
    return Source(values)


def of_environment(variables: Mapping[str, str]) -> Source:
    """The settings in environment variables; lists are written as JSON."""
    values: Values = {}
    for setting in all_settings():
        text = variables.get(setting.variable)
        if text is None:
            continue
        inner = values
        for key in setting.path[:-1]:
            inner = cast("Values", inner.setdefault(key, {}))
        inner[setting.path[-1]] = _read(text)

    def place(path: tuple[str, ...]) -> str:
        return f"Environment variable CORNERMAN_{'_'.join(path).upper()}"

    return Source(values, place)


def merge(values: Values, newer: Values) -> None:
    """Put ``newer`` over ``values``, value by value."""
    for key, value in newer.items():
        older = values.get(key)
        if isinstance(older, dict) and isinstance(value, dict):
            merge(cast("Values", older), cast("Values", value))
        else:
            values[key] = value


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, from 1, on which a TOML text sets ``path``, or begins the table that does."""
    table: tuple[str, ...] = ()
    found, depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        header = re.match(r"\[([^\[\]]+)\]", stripped)
        if header is not None:
            key = table = _keys(header.group(1))
        elif "=" in stripped and not stripped.startswith("#"):
            key = (*table, *_keys(stripped.partition("=")[0]))
        else:
            continue
        if len(key) > depth and path[: len(key)] == key:
            found, depth = number, len(key)
    return found


def _unwrapped(raw: Values) -> Values:
    inner = raw.get("cornerman")
    values = cast("Values", inner) if isinstance(inner, dict) else raw
    ours = {key: value for key, value in values.items() if key not in _PLUGINS_OWN}
    return _spelled(ours, Settings)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(snake(part.strip().strip("\"'")) for part in text.split("."))


def _read(text: str) -> object:
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _spelled(values: Mapping[str, object], section: type[Section]) -> Values:
    """``values`` with keys as the settings spell them, where that makes them known."""
    result: Values = {}
    for key, value in values.items():
        spelled = snake(key) if snake(key) in section.model_fields else key
        known = section.model_fields.get(spelled)
        inner = section_of(known.annotation) if known is not None else None
        is_section = inner is not None and isinstance(value, Mapping)
        result[spelled] = (
            _spelled(cast("Mapping[str, object]", value), inner) if is_section and inner else value
        )
    return result


def _drop_null(values: Values, path: Sequence[str]) -> None:
    first, rest = path[0], path[1:]
    inner = values.get(first)
    if rest and isinstance(inner, dict):
        _drop_null(cast("Values", inner), rest)
    elif first in values and inner is None:
        del values[first]


def _plain(raw: Mapping[object, object]) -> Values:
    """A deep copy with string keys, safe to take values out of."""
    return {
        str(key): _plain(cast("Mapping[object, object]", value))
        if isinstance(value, Mapping)
        else value
        for key, value in raw.items()
    }
