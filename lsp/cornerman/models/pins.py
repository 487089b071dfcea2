"""What files were when first downloaded: for those whose hash the catalogue does not know."""

from __future__ import annotations

import logging
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cornerman import paths
from cornerman.core.errors import BadInputError
from cornerman.models.spec import Sha256

logger = logging.getLogger(__name__)

# To be raised when an older Cornerman could no longer use the file.
_VERSION = 1


class Pin(BaseModel):
    """Size in bytes and hash of a file."""

    model_config = ConfigDict(frozen=True)

    size_bytes: int
    sha256: Sha256


class _Version(BaseModel):
    version: int = Field(default=_VERSION, ge=1)


class _Pins(_Version):
    pins: dict[str, Pin] = {}


def pinned(model: str, file: str) -> Pin | None:
    """What ``file`` of ``model`` was when first downloaded; None before, or if nobody can tell."""
    try:
        return _read().pins.get(f"{model}/{file}")
    except (OSError, ValueError):
        logger.warning("what models were when first downloaded cannot be read")
        return None


def check() -> None:
    """Before a file is fetched: see to it that another one cannot take its place unnoticed.

    Raises:
        BadInputError: what is remembered cannot be used. If it is damaged it is set aside, so
            that whoever accepts this can try again.
    """
    file = _file()
    try:
        found = _read()
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        aside = file.replace(file.with_name(f"{file.name}.broken"))
        raise BadInputError(
            f"What models were when first downloaded cannot be told any more: {file.name} was "
            f"damaged and is now {aside}; repeat the command to take them as they are today."
        ) from error
    if found.version > _VERSION:
        raise BadInputError(
            f"{file} is of a newer version of Cornerman: use that one, or delete the file."
        )


def pin(model: str, file: str, found: Pin) -> None:
    """Remember a file. From now on any other under its name is refused.

    Raises:
        BadInputError: see :func:`check`.
    """
    _change(f"{model}/{file}", found)


def forget(model: str) -> None:
    """Forget the files of a model, so that the next download may bring others.

    Raises:
        BadInputError: see :func:`check`.
    """
    check()
    for key in list(_read().pins):
        if key.startswith(f"{model}/"):
            _change(key, None)


def _change(key: str, found: Pin | None) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f"{file.name}.lock")):
        check()
        pins = {name: known for name, known in _read().pins.items() if name != key}
        if found is not None:
            pins[key] = found
        incomplete = file.with_name(f"{file.name}.incomplete")
        incomplete.write_text(_Pins(pins=pins).model_dump_json(), "utf-8")
        incomplete.replace(file)


def _read() -> _Pins:
    """A later version's file has no pins for this one.

    Raises:
        OSError: it cannot be read.
        ValidationError: it is damaged.
    """
    try:
        content = _file().read_bytes()
    except FileNotFoundError:
        return _Pins()
    version = _Version.model_validate_json(content).version
    return _Pins.model_validate_json(content) if version <= _VERSION else _Pins(version=version)


def _file() -> Path:
    return paths.state_dir() / "models.json"
