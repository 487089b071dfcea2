"""What type an expression has, as far as annotations, assignments and names tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cornerman.context.chains import links
from cornerman.context.index.facts import FileFacts, FileRef, Import, Located, Symbol
from cornerman.context.index.resolve import resolve
from cornerman.context.likeness import likely_class
from cornerman.context.question import Question
from cornerman.context.sayings import Saying, class_names, sayings

_BASES = re.compile(r"\(([^()]*)\)|\bextends\s+([\w.]+)|\b\w+\s*:\s*(?:public\s+)?(\w+)")
_NAME = re.compile(r"[^\W\d][\w.]*")
_RETURNS = re.compile(r"->\s*(.+?):?$|\)\s*:\s*([\w.<>\[\]| ]+)\s*\{?$")
_OWN = frozenset({"self", "cls", "this"})
_MAX_FAMILY = 8
_LINES_UP = 200
_MAX_SAYINGS = 6


@dataclass(frozen=True)
class _Scope:
    """Where an expression stands: its file, the class around it, and what is said of names."""

    file: FileRef
    owner: Located | None
    says: Callable[[str], Iterable[Saying]]


class Types:
    """Types of expressions at the cursor of one question. They are classes of the workspace."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._asked: set[tuple[str, FileRef]] = set()

    def of(self, expression: str) -> Located | None:
        """The class of a chain like ``self.console.options``; where nothing says it, a likely one.

        That is one that has what is taken from the expression elsewhere in the document, or one
        that is called like it.
        """
        found = self._of_chain(expression, self._here)
        if found is None and (names := links(expression)) and names[-1][-1] not in ")]":
            return likely_class(self._question, expression, names[-1])
        return found

    def meant(self, expression: str) -> Located | None:
        """The function, method or class that is called by the chain ``expression``."""
        *path, name = links(expression) or ("",)
        if not path:
            own = self._here.owner if name in _OWN else None
            return own or self._named(name, self._question.file)
        owner = self.of(".".join(path))
        if owner is None:
            return self._named(".".join((*path, name)), self._question.file)
        return next((m for m in self.members(owner) if m.symbol.name == name), None)

    def members(self, owner: Located) -> Iterator[Located]:
        """What a class defines, and then what its bases do."""
        for holder in self.family(owner):
            facts = self._facts(holder.file)
            for member in facts.members(holder.symbol.full_name) if facts else ():
                yield Located(holder.file, member)

    def family(self, owner: Located) -> list[Located]:
        """A class and the classes that it is made from, the nearest first."""
        found = [owner]
        for holder in found:
            if len(found) < _MAX_FAMILY:
                found += [base for base in self.bases(holder) if base not in found]
        return found

    def bases(self, owner: Located) -> list[Located]:
        """The classes that a class is made from."""
        inside = _BASES.search(owner.symbol.signature)
        names = _NAME.findall(next(filter(None, inside.groups()), "")) if inside else []
        found = (self._class_named(name, owner.file) for name in names if name != owner.symbol.name)
        return [base for base in found if base is not None]

    @cached_property
    def _here(self) -> _Scope:
        question = self._question
        classes = [symbol for symbol in question.around if symbol.kind == "class"]
        owner = Located(question.file, classes[-1]) if classes else None
        return _Scope(question.file, owner, lambda name: sayings(name, self._lines_above))

    @cached_property
    def _lines_above(self) -> list[str]:
        """The lines of the outermost function up to the cursor, the nearest first."""
        question = self._question
        functions = (s.first for s in question.around if s.kind != "class")
        first = max(next(functions, 0), question.line - _LINES_UP)
        start = question.snapshot.index.line_start(first)
        return question.snapshot.text[start : question.offset].split("\n")[::-1]

    def _of_chain(self, expression: str, scope: _Scope, items: int = 0) -> Located | None:
        """The class of a chain, or of the items in its value."""
        key = (expression, scope.file)
        chain = links(expression)
        # What is assigned to a name may be made from the same name.
        if not chain or key in self._asked:
            return None
        self._asked.add(key)
        try:
            return self._of_links([*chain[:-1], chain[-1] + "[]" * items], scope)
        finally:
            self._asked.discard(key)

    def _of_links(self, chain: Sequence[str], scope: _Scope) -> Located | None:
        """The class of a chain that begins with a name, or with the path of a module."""
        for count in range(1, len(chain) + 1):
            path = ".".join(chain[: count - 1])
            link = chain[count - 1]
            found = self._of_meant(f"{path}.", link, scope) if path else self._of_name(link, scope)
            for rest in chain[count:]:
                found = self._of_member(found, rest) if found is not None else None
            if found is not None:
                return found
        return None

    def _of_name(self, link: str, scope: _Scope) -> Located | None:
        name, items = link.rstrip("()[]"), link.count("[]")
        if name in _OWN:
            return scope.owner
        if name == "super":
            return next(iter(self.bases(scope.owner)), None) if scope.owner else None
        if "()" not in link and (found := self._of_sayings(scope.says(name), scope, items)):
            return found
        return self._of_meant("", link, scope)

    def _of_meant(self, path: str, link: str, scope: _Scope) -> Located | None:
        """The class of what is defined at the top level of a file."""
        name, items = link.rstrip("()[]"), link.count("[]")
        meant = self._named(path + name, scope.file)
        if meant is None:
            return None
        if meant.symbol.kind == "variable":
            said = sayings(name, [meant.symbol.signature])
            return self._of_sayings(said, _Scope(meant.file, None, lambda _: ()), items)
        return self._returned(meant, items) if "()" in link or not items else None

    def _of_member(self, owner: Located, link: str) -> Located | None:
        name, items = link.rstrip("()[]"), link.count("[]")
        for member in self.members(owner):
            if member.symbol.name != name:
                continue
            if member.symbol.kind != "attribute":
                return self._returned(member, items, owner)
            said = sayings(name, [member.symbol.signature], is_member=True)
            if found := self._of_sayings(said, self._scope_of(member, owner), items):
                return found
        return None

    def _scope_of(self, member: Located, owner: Located) -> _Scope:
        """Where an attribute gets its value: in a method, with parameters."""
        facts = self._facts(member.file)
        holders = facts.at(member.symbol.first) if facts else ()
        signatures = [s.signature for s in holders if s.kind == "method"]
        return _Scope(member.file, owner, lambda name: sayings(name, signatures))

    def _of_sayings(self, said: Iterable[Saying], scope: _Scope, items: int) -> Located | None:
        for _, saying in zip(range(_MAX_SAYINGS), said, strict=False):
            depth = items + saying.is_item
            if saying.is_value:
                found = self._of_chain(saying.text, scope, depth)
            else:
                found = self._of_annotation(saying.text, scope.file, depth)
            if found is not None:
                return found
        return None

    def _of_annotation(self, text: str, file: FileRef, items: int) -> Located | None:
        found = (self._class_named(name, file) for name in class_names(text, items))
        return next((one for one in found if one is not None), None)

    def _returned(
        self, made: Located, items: int = 0, owner: Located | None = None
    ) -> Located | None:
        """What a call of a function gives, or of a class."""
        if made.symbol.kind == "class":
            return made
        returns = _RETURNS.search(made.symbol.signature)
        text = next(filter(None, returns.groups()), "") if returns else ""
        if text.strip("\"'") in ("Self", owner.symbol.name if owner else ""):
            return owner
        found = self._of_annotation(text, made.file, items)
        # What ``with`` enters is the one item of a generator.
        return found or (None if items else self._of_annotation(text, made.file, 1))

    def _class_named(self, name: str, file: FileRef) -> Located | None:
        found = self._named(name, file)
        return found if found is not None and found.symbol.kind == "class" else None

    def _named(self, name: str, file: FileRef) -> Located | None:
        """A top-level symbol by the name that ``file`` has for it."""
        facts = self._facts(file)
        if facts is None or not name:
            return None
        if own := facts.named(name):
            return Located(file, own[0])
        for brought in facts.imports:
            if f"{name}.".startswith(f"{brought.alias}."):
                rest = name[len(brought.alias) + 1 :]
                wanted = Import(brought.as_module, rest, rest) if rest else brought
                found = resolve(self._question.index, file, wanted, facts.language_id)
                if found:
                    return found[0]
        unique = self._question.index.named(name) if facts.language_id != "python" else []
        return unique[0] if len(unique) == 1 else None

    def _facts(self, file: FileRef) -> FileFacts | None:
        return self._question.index.facts(file)


def is_public(symbol: Symbol) -> bool:
    """True for what is meant to be used from outside of a class."""
    return not symbol.name.startswith("_")
