"""Reads the metadata at the head of a GGUF model file.

Only what stands before the tensors is read. The file is not trusted: every count and length is
checked against a limit and against the size of the file.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from cornerman.core.errors import EngineUnavailableError

Value = bool | int | float | str | list["Value"]
Metadata = dict[str, Value]

_MAX_ENTRIES = 4096
_MAX_KEY_BYTES = 1024
_MAX_STRING_BYTES = 1 << 20
_MAX_ITEMS = 1 << 21
_MAX_METADATA_BYTES = 1 << 28

_STRING, _ARRAY = 8, 9
_SCALARS = {
    kind: struct.Struct("<" + code)
    for kind, code in {
        0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
    }.items()
}  # fmt: skip
_U32, _U64 = _SCALARS[4], _SCALARS[10]


def read_metadata(path: Path) -> Metadata:
    """The key-value pairs of a GGUF file, versions 2 and 3.

    Raises:
        EngineUnavailableError: the file cannot be read or is no sound GGUF file.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Reader(data).metadata()
    except OSError as error:
        raise EngineUnavailableError(
            f"The model file {path} cannot be read: {error.strerror}."
        ) from error
    except (ValueError, struct.error) as error:
        raise EngineUnavailableError(
            f"The model file {path} is not a sound GGUF file; fetch the model again."
        ) from error


class _Reader:
    """A cursor over the head of the file. Raises ValueError on whatever is out of bounds."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._limit = min(len(data), _MAX_METADATA_BYTES)
        self._position = 0

    def metadata(self) -> Metadata:
        if self._take(4) != b"GGUF" or self._number(_U32) not in (2, 3):
            raise ValueError("magic or version")
        self._number(_U64)  # the number of tensors
        result: Metadata = {}
        for _ in range(self._count(_MAX_ENTRIES)):
            key = self._string(_MAX_KEY_BYTES)
            result[key] = self._value(self._number(_U32))
        return result

    def _value(self, kind: int) -> Value:
        if kind == _STRING:
            return self._string(_MAX_STRING_BYTES)
        if kind != _ARRAY:
            return self._scalar(kind)
        kind = self._number(_U32)
        count = self._count(_MAX_ITEMS)
        if kind == _STRING:
            return [self._string(_MAX_STRING_BYTES) for _ in range(count)]
        size = _codec(kind).size
        items = _codec(kind).iter_unpack(self._take(size * count))
        return [item[0] for item in items]

    def _scalar(self, kind: int) -> Value:
        codec = _codec(kind)
        value: bool | int | float = codec.unpack(self._take(codec.size))[0]
        return value

    def _number(self, codec: struct.Struct) -> int:
        value: int = codec.unpack(self._take(codec.size))[0]
        return value

    def _count(self, most: int) -> int:
        count = self._number(_U64)
        if count > most:
            raise ValueError("count")
        return count

    def _string(self, most: int) -> str:
        return self._take(self._count(most)).decode("utf-8", "replace")

    def _take(self, size: int) -> bytes:
        start, self._position = self._position, self._position + size
        if self._position > self._limit:
            raise ValueError("end of file")
        return self._data[start : self._position]


def _codec(kind: int) -> struct.Struct:
    try:
        return _SCALARS[kind]
    except KeyError:
        # Arrays of arrays are allowed by the format and used by no model.
        raise ValueError("type") from None
