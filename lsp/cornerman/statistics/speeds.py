"""How fast each model reads on this machine, kept so that the first prompt has the right size."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from cornerman.core.budget import ReadingSpeed

logger = logging.getLogger(__name__)

FILE_NAME = "speeds.json"

# To be raised when an older Cornerman could no longer use the file.
_VERSION = 1
_MOST_MODELS = 50
# Smaller differences are not worth a write.
_TELLING_CHANGE = 0.1


class _Entry(BaseModel):
    tokens_per_second: float | None = Field(default=None, gt=0, lt=1e7)
    chars_per_token: float = Field(default=4.0, ge=1.0, le=8.0)


class _Version(BaseModel):
    version: int = Field(default=_VERSION, ge=1)


class _Book(_Version):
    models: dict[str, _Entry] = Field(default_factory=dict)


class SpeedBook:
    """Speeds by the name of a model, read when first asked for.

    A file that cannot be read or written, or is of a later version of Cornerman, is done without;
    one that is damaged is set aside. Not for several threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._speeds: dict[str, ReadingSpeed] | None = None
        self._is_foreign = False
        self._written: dict[str, ReadingSpeed] = {}

    def of(self, model: str) -> ReadingSpeed:
        """What is known about a model's speed."""
        return self._known().get(model, ReadingSpeed())

    def note(self, model: str, speed: ReadingSpeed) -> None:
        """Remember a model's speed, on disk if it has changed enough to matter."""
        known = self._known()
        known[model] = speed
        if not _is_close(self._written.get(model), speed):
            # Another window may have met other models meanwhile.
            others = {name: entry for name, entry in self._read().items() if name != model}
            if not self._is_foreign:
                _write(self._path, {**others, model: speed})
            self._written[model] = speed

    def _known(self) -> dict[str, ReadingSpeed]:
        if self._speeds is None:
            self._speeds = self._read()
            self._written = dict(self._speeds)
        return self._speeds

    def _read(self) -> dict[str, ReadingSpeed]:
        try:
            content = self._path.read_bytes()
            self._is_foreign = _Version.model_validate_json(content).version > _VERSION
            book = _Book() if self._is_foreign else _Book.model_validate_json(content)
        except OSError:
            return {}
        except ValidationError:
            _set_aside(self._path)
            return {}
        return {
            name: ReadingSpeed(entry.tokens_per_second, entry.chars_per_token)
            for name, entry in book.models.items()
        }


def _is_close(one: ReadingSpeed | None, other: ReadingSpeed) -> bool:
    if one is None or one.tokens_per_second is None or other.tokens_per_second is None:
        return one == other
    change = abs(one.tokens_per_second - other.tokens_per_second)
    return change <= _TELLING_CHANGE * one.tokens_per_second


def _set_aside(path: Path) -> None:
    logger.warning("the speeds were damaged; they are set aside and measured anew")
    with suppress(OSError):
        path.replace(path.with_name(f"{path.name}.broken"))


def _write(path: Path, speeds: dict[str, ReadingSpeed]) -> None:
    entries = {
        name: _Entry(
            tokens_per_second=speed.tokens_per_second, chars_per_token=speed.chars_per_token
        )
        for name, speed in list(speeds.items())[-_MOST_MODELS:]
    }
    text = _Book(models=entries).model_dump_json(indent=1)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        logger.warning("the speeds cannot be written: %s", type(error).__name__)
