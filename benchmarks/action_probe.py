"""A stand-in for objects that no literal makes: it says of everything how it came about.

``probe.name(1)[0]`` prints as just that. Whether one is true, or less than another, depends on
how it came about too, so that two functions that do the same see the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_MOST_STEPS = 400
_LENGTH = 2


class ExhaustedError(Exception):
    """A function asked for more than any sample is worth."""


class Probe:
    """Takes part in everything; ``path`` is what was done to get it."""

    steps = 0

    def __init__(self, path: str) -> None:
        self._path = path

    def _next(self, path: str) -> Probe:
        Probe.steps += 1
        if Probe.steps > _MOST_STEPS:
            raise ExhaustedError
        return Probe(path)

    def __getattr__(self, name: str) -> Probe:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._next(f"{self._path}.{name}")

    def __call__(self, *values: object, **named: object) -> Probe:
        texts = [repr(value) for value in values]
        texts += [f"{name}={value!r}" for name, value in named.items()]
        return self._next(f"{self._path}({', '.join(texts)})")

    def __getitem__(self, key: object) -> Probe:
        if isinstance(key, int) and not 0 <= key < _LENGTH:
            raise IndexError(key)
        return self._next(f"{self._path}[{key!r}]")

    def __iter__(self) -> Iterator[Probe]:
        return (self[number] for number in range(_LENGTH))

    def __len__(self) -> int:
        return _LENGTH

    def __contains__(self, value: object) -> bool:
        return self._is(f"{value!r} in")

    def __bool__(self) -> bool:
        return self._is("bool")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Probe) and other._path == self._path

    def __hash__(self) -> int:
        return zlib.crc32(self._path.encode())

    def __lt__(self, other: object) -> bool:
        return self._rank() < zlib.crc32(repr(other).encode())

    def __gt__(self, other: object) -> bool:
        return self._rank() > zlib.crc32(repr(other).encode())

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    def __add__(self, other: object) -> Probe:
        return self._next(f"({self._path} + {other!r})")

    def __radd__(self, other: object) -> Probe:
        return self._next(f"({other!r} + {self._path})")

    def __sub__(self, other: object) -> Probe:
        return self._next(f"({self._path} - {other!r})")

    def __mul__(self, other: object) -> Probe:
        return self._next(f"({self._path} * {other!r})")

    def __mod__(self, other: object) -> Probe:
        return self._next(f"({self._path} % {other!r})")

    def __enter__(self) -> Probe:
        return self._next(f"{self._path}.entered")

    def __exit__(self, *_error: object) -> None:
        """Errors go on."""

    def __str__(self) -> str:
        return self._path

    __repr__ = __str__

    def _rank(self) -> int:
        return zlib.crc32(self._path.encode())

    def _is(self, question: str) -> bool:
        """Yes or no, the same answer to the same question every time."""
        self._next(self._path)
        return zlib.crc32(f"{self._path} {question}".encode()) % 2 == 1
