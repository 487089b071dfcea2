"""Changing the user's own file of settings, without touching what else is in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from cornerman.core.errors import BadInputError
from cornerman.settings.files import user_file
from cornerman.settings.sources import VERSION


def write(values: Mapping[str, object]) -> Path:
    """Set ``values``, by names such as ``completion.enabled``; the path of the file.

    Comments and order stay as they are.

    Raises:
        BadInputError: the file cannot be read or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = user_file()
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        document = tomlkit.parse(text or f"version = {VERSION}\n")
        for name, value in values.items():
            _set(cast("dict[str, object]", document), name.split("."), value)
        path.parent.mkdir(parents=True, exist_ok=True)
        incomplete = path.with_suffix(".incomplete")
        incomplete.write_text(tomlkit.dumps(document), "utf-8")
        incomplete.replace(path)
    except (OSError, UnicodeDecodeError, TOMLKitError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInputError(f"{path} cannot be changed: {why}.") from error
    return path


def _set(table: dict[str, object], path: list[str], value: object) -> None:
    import tomlkit

    first, rest = path[0], path[1:]
    if not rest:
        table[first] = value
        return
    if first not in table:
        table[first] = tomlkit.table()
    _set(cast("dict[str, object]", table[first]), rest, value)
