"""What a provider is asked: a cursor, and what is known about the code around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cornerman.context.index.facts import FileFacts, FileRef, Import, Located, Symbol
from cornerman.context.index.resolve import resolve
from cornerman.context.index.workspace import WorkspaceIndex
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.file_types import language_of
from cornerman.core.snippets import Snippet

_NAME = re.compile(r"[^\W\d]\w+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LINES_ABOVE = 30
_LINES_BELOW = 10
_LONG_NAME = 5
# How much a name counts on the cursor's line, and at what distance half as much.
_ON_LINE = 3.0
_HALF_DISTANCE = 6.0
# Languages that share their names with others.
_FAMILIES = {
    "cpp": "c",
    **dict.fromkeys(("javascriptreact", "typescript", "typescriptreact"), "javascript"),
}


@dataclass(frozen=True, slots=True)
class Diff:
    """A stretch of lines of a file, before and after an edit."""

    file: FileRef
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic of another tool: the first line, from zero, and its message."""

    line: int
    message: str


@dataclass(frozen=True)
class Question:
    """A cursor at ``offset`` in the document ``file`` of a workspace.

    ``edits`` and ``visited`` have the latest first. Lines ``shown`` (from, to) of the document
    are in the prompt anyway.
    """

    snapshot: DocumentSnapshot
    offset: int
    file: FileRef
    index: WorkspaceIndex
    shown: tuple[int, int]
    edits: Sequence[Diff] = ()
    visited: Sequence[FileRef] = ()
    problems: Sequence[Problem] = ()

    @cached_property
    def facts(self) -> FileFacts:
        """The document's own symbols and imports."""
        return self.index.facts(self.file) or FileFacts(self.snapshot.language_id)

    @cached_property
    def line(self) -> int:
        """The cursor's line, from zero."""
        return self.snapshot.index.line_of(self.offset)

    @cached_property
    def line_prefix(self) -> str:
        """The cursor's line, left of the cursor."""
        return self.snapshot.text[self.snapshot.index.line_start(self.line) : self.offset]

    @cached_property
    def names(self) -> Mapping[str, float]:
        """The names around the cursor, and how much each counts: more, the nearer it is."""
        index = self.snapshot.index
        weights: dict[str, float] = {}
        first = max(self.line - _LINES_ABOVE, 0)
        last = min(self.line + _LINES_BELOW, index.line_count - 1)
        for line in range(first, last + 1):
            distance = abs(self.line - line)
            weight = _HALF_DISTANCE / (_HALF_DISTANCE + distance)
            if not distance:
                weight = _ON_LINE
            text = self.snapshot.text[index.line_start(line) : index.line_end(line)]
            for name in _NAME.findall(text):
                weights[name] = max(weights.get(name, 0.0), weight)
        return weights

    @cached_property
    def topic(self) -> frozenset[str]:
        """The words that the names on the cursor's line and on the two above are made of."""
        first = self.snapshot.index.line_start(max(self.line - 2, 0))
        return words_of(self.snapshot.text[first : self.offset])

    @cached_property
    def _squashed(self) -> str:
        first = self.snapshot.index.line_start(max(self.line - 2, 0))
        return self.snapshot.text[first : self.offset].lower().replace("_", "")

    def affinity(self, name: str) -> float:
        """The share, from 0 to 1, of a name's words that the cursor's line is about."""
        parts = words_of(name)
        if not parts:
            return 0.0
        squashed = name.lower().replace("_", "")
        is_whole = len(squashed) > _LONG_NAME and squashed in self._squashed
        return 1.0 if is_whole else len(parts & self.topic) / len(parts)

    @cached_property
    def imported(self) -> Mapping[str, Import]:
        """The imports of the document by the name that it uses."""
        return {brought.alias: brought for brought in self.facts.imports}

    @cached_property
    def around(self) -> tuple[Symbol, ...]:
        """The functions and classes around the cursor, the outermost first."""
        return self.facts.at(self.line)

    def resolve(self, brought: Import) -> list[Located]:
        """The workspace's symbols that an import of the document stands for."""
        return resolve(self.index, self.file, brought, self.snapshot.language_id)

    def may_use(self, file: FileRef) -> bool:
        """True if a file is in a language that the document's can use names of."""
        return _family(language_of(file.path)) == _family(self.snapshot.language_id)

    def shows(self, located: Located) -> bool:
        """True if a symbol is in the prompt already, as a part of the document."""
        first, last = self.shown
        symbol = located.symbol
        return located.file == self.file and first <= symbol.first and symbol.first <= last


def _family(language_id: str) -> str:
    return _FAMILIES.get(language_id, language_id)


def words_of(text: str) -> frozenset[str]:
    """The words of names in snake and camel case, in lower case, without an ending ``s``."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.rstrip("s") for word in words if len(word) > 2)


class ContextProvider(Protocol):
    """One source of snippets. ``name`` is what :attr:`Snippet.source` says."""

    @property
    def name(self) -> str:
        """A word for the source."""
        ...

    def snippets(self, question: Question) -> Iterable[Snippet]:
        """What may help at a cursor. Runs in a thread; reads the workspace only by its index."""
        ...


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that is one function."""

    name: str
    find: Callable[[Question], Iterable[Snippet]]

    def snippets(self, question: Question) -> Iterable[Snippet]:
        """See :class:`ContextProvider`."""
        return self.find(question)
