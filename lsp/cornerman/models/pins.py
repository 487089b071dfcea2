"""What files were when first downloaded: for those whose hash the catalogue does not know."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from cornerman import paths
from cornerman.models.spec import Sha256


class Pin(BaseModel):
    """Size in bytes and hash of a file."""

    model_config = ConfigDict(frozen=True)

    size_bytes: int
    sha256: Sha256


class _Pins(BaseModel):
    pins: dict[str, Pin] = {}


def pinned(model: str, file: str) -> Pin | None:
    """What ``file`` of ``model`` was when it was first downloaded; None before."""
    return _read().pins.get(f"{model}/{file}")


def pin(model: str, file: str, found: Pin) -> None:
    """Remember a file. From now on any other under its name is refused."""
    _change(f"{model}/{file}", found)


def forget(model: str) -> None:
    """Forget the files of a model, so that the next download may bring others."""
    for key in list(_read().pins):
        if key.startswith(f"{model}/"):
            _change(key, None)


def _change(key: str, found: Pin | None) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f"{file.name}.lock")):
        pins = {name: known for name, known in _read().pins.items() if name != key}
        if found is not None:
            pins[key] = found
        incomplete = file.with_suffix(".incomplete")
        incomplete.write_text(_Pins(pins=pins).model_dump_json(), "utf-8")
        incomplete.replace(file)


def _read() -> _Pins:
    try:
        return _Pins.model_validate_json(_file().read_bytes())
    except (OSError, ValidationError):
        return _Pins()


def _file() -> Path:
    return paths.state_dir() / "models.json"
