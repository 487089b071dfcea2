"""Settings from what an editor sent, checked value by value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import ValidationError

from cornerman.settings.schema import Settings


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
