"""Settings from their sources, checked value by value."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cornerman.settings.fields import all_settings
from cornerman.settings.schema import Settings
from cornerman.settings.sources import Source, Values, merge, of_editor


def parse(*sources: object) -> tuple[Settings, list[str]]:
    """Settings from what an editor sent, and one sentence for each value that was not usable.

    Of several sources the later ones win, value by value; None is an empty source.
    """
    return resolve(of_editor(*sources))


def resolve(*sources: Source) -> tuple[Settings, list[str]]:
    """Settings from ``sources``, and one sentence for each value that was not usable.

    Of several sources the later ones win, value by value. A value that cannot be used is ignored,
    so that of an earlier source holds. One that is about privacy is not: code of other files is
    shown to no model until it is corrected.
    """
    values: Values = {}
    problems: list[str] = []
    is_private = False
    for source in sources:
        if source.problem:
            problems.append(source.problem)
        used = cast("Values", _copy(source.values))
        if source.of_workspace:
            problems += _without_users_own(used, source)
        for path, sentence in _unusable(used, source):
            problems.append(sentence)
            is_private = is_private or _is_private(path)
        merge(values, used)
    if is_private:
        merge(values, {"context": {"enabled": False}})
        problems.append("Code of other files is not used until the settings above are corrected.")
    return Settings.model_validate(values), problems


def _without_users_own(values: Values, source: Source) -> list[str]:
    """Take out what only the user can set, with a sentence for each."""
    problems: list[str] = []
    for setting in all_settings():
        if setting.user_only and _remove(values, setting.path):
            place = source.place(setting.path)
            problems.append(f"{place}: only your own settings can set this; it is ignored.")
    return problems


def _unusable(values: Values, source: Source) -> Iterator[tuple[tuple[str, ...], str]]:
    """Take out what is not valid, with the path and a sentence for each."""
    while True:
        try:
            Settings.model_validate(values)
        except ValidationError as error:
            for issue in error.errors(include_input=False, include_url=False):
                path = _path_in(values, tuple(str(part) for part in issue["loc"]))
                yield path, f"{source.place(path)}: {_why(path, issue)}; it is ignored."
                _remove(values, path)
        else:
            return


def _why(path: tuple[str, ...], issue: ErrorDetails) -> str:
    if issue["type"] != "extra_forbidden":
        return str(issue["msg"])
    names = [setting.name for setting in all_settings()]
    near = difflib.get_close_matches(".".join(path), names, n=1, cutoff=0.8)
    return (
        f"there is no such setting, did you mean {near[0]}" if near else "there is no such setting"
    )


def _path_in(values: Values, path: tuple[str, ...]) -> tuple[str, ...]:
    """As much of ``path`` as there are values: what follows is inside one value."""
    inner: object = values
    for depth, key in enumerate(path):
        if not isinstance(inner, dict) or key not in inner:
            return path[:depth]
        inner = cast("dict[object, object]", inner)[key]
    return path


def _is_private(path: tuple[str, ...]) -> bool:
    return any(setting.private and setting.path[: len(path)] == path for setting in all_settings())


def _remove(values: Values, path: Sequence[str]) -> bool:
    """Delete the value at ``path``, or what stands in place of a section around it."""
    first, rest = path[0], path[1:]
    inner = values.get(first)
    if rest and isinstance(inner, dict):
        return _remove(cast("Values", inner), rest)
    if first not in values:
        return False
    del values[first]
    return True


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in cast("Values", value).items()}
    return value
