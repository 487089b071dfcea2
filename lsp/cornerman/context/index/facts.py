"""What the index knows about one file: plain values, without its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something that is defined in a file.

    ``kind`` is ``class``, ``function``, ``method``, ``variable`` or ``attribute``. ``container``
    is the dotted name of what it is defined in, "" at the top level. ``signature`` is the head in
    one line, without the body; ``doc`` the first line of what is written about it. ``first`` and
    ``last`` are lines, from zero, both included; decorators belong to it.
    """

    name: str
    kind: str
    container: str
    signature: str
    doc: str
    first: int
    last: int

    @property
    def full_name(self) -> str:
        """The dotted name within the file."""
        return f"{self.container}.{self.name}" if self.container else self.name


@dataclass(frozen=True, slots=True)
class Import:
    """A name that a file has from elsewhere.

    ``module`` is written as in the file, leading dots included. ``name`` is what is taken out of
    the module: "" for the module itself, ``*`` for everything. ``alias`` is what the file calls
    it.
    """

    module: str
    name: str
    alias: str

    @property
    def as_module(self) -> str:
        """The module that is meant if what is taken is one, as in ``from . import codes``."""
        joint = "" if not self.name or self.module.endswith(".") else "."
        return f"{self.module}{joint}{self.name}"


@dataclass(frozen=True)
class FileFacts:
    """The symbols and imports of a file in their order, and the names that its code mentions."""

    language_id: str
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    names: frozenset[str] = frozenset()

    def named(self, name: str) -> tuple[Symbol, ...]:
        """The symbols of that name which are at the top level."""
        return tuple(s for s in self.members("") if s.name == name)

    def members(self, container: str) -> tuple[Symbol, ...]:
        """What is defined directly in ``container``, a dotted name."""
        return self._by_container.get(container, ())

    @cached_property
    def _by_container(self) -> Mapping[str, tuple[Symbol, ...]]:
        found: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            found.setdefault(symbol.container, []).append(symbol)
        return {container: tuple(symbols) for container, symbols in found.items()}

    def at(self, line: int) -> tuple[Symbol, ...]:
        """The functions and classes around ``line``, the outermost first."""
        around = (s for s in self.symbols if s.first <= line <= s.last)
        return tuple(s for s in around if s.kind in ("class", "function", "method"))


@dataclass(frozen=True, slots=True, order=True)
class FileRef:
    """A file of the workspace: ``path`` is relative to ``folder``, an absolute path.

    ``path`` has ``/`` between its parts.
    """

    folder: str
    path: str

    @property
    def parent(self) -> str:
        """The folder within the workspace folder, "" for itself."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Located:
    """A symbol and the file that defines it."""

    file: FileRef
    symbol: Symbol
