"""What type an expression has, as far as annotations and plain assignments tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cornerman.context.index.facts import FileFacts, FileRef, Import, Located, Symbol
from cornerman.context.index.resolve import resolve
from cornerman.context.question import Question

_LINK = r"[^\W\d]\w*(?:\([^()]*\))?"
_RECEIVER = re.compile(rf"({_LINK}(?:\.{_LINK})*)\??(?:\.|->|::)\w*$")
_BASES = re.compile(r"\(([^()]*)\)|\bextends\s+([\w.]+)|\b\w+\s*:\s*(?:public\s+)?(\w+)")
_WRAPPERS = re.compile(r"^(?:typing\.)?(?:Optional|Final|ClassVar|Annotated|type|Type)\[(.*)\]$")
_NAME = re.compile(r"[^\W\d][\w.]*")
_RETURNS = re.compile(r"->\s*(.+?):?$|\)\s*:\s*([\w.<>\[\]| ]+)\s*\{?$")
_MAX_FAMILY = 8
_LINES_UP = 200


def receiver(line_prefix: str) -> str:
    """The expression before the dot that the cursor stands behind, "" if there is none."""
    match = _RECEIVER.search(line_prefix)
    return match[1] if match else ""


class Types:
    """Types of expressions at the cursor of one question. They are classes of the workspace."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._asked: set[str] = set()

    def of(self, expression: str) -> Located | None:
        """The class of a chain like ``self.console.options``, or the class of that name."""
        # What is assigned to a name may be made from the same name.
        if expression in self._asked:
            return None
        self._asked.add(expression)
        try:
            return self._of_chain(expression)
        finally:
            self._asked.discard(expression)

    def _of_chain(self, expression: str) -> Located | None:
        first, *rest = _split(expression) or [""]
        found = self._of_name(first)
        for part in rest:
            if found is None:
                return None
            found = self._of_member(found, part)
        return found

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

    def _of_name(self, name: str) -> Located | None:
        question = self._question
        called = name.endswith(")")
        bare = name.partition("(")[0]
        if bare in ("self", "cls", "this", "super"):
            classes = [s for s in question.around if s.kind == "class"]
            return Located(question.file, classes[-1]) if classes else None
        if called:
            return self._returned(self._named(bare, question.file), question.file)
        annotation = self._annotation(bare)
        if annotation:
            return self._class_of(annotation, question.file)
        found = self._named(bare, question.file)
        return found if found is not None and found.symbol.kind == "class" else None

    def _of_member(self, owner: Located, part: str) -> Located | None:
        bare = part.partition("(")[0]
        for member in self.members(owner):
            symbol = member.symbol
            if symbol.name != bare:
                continue
            if symbol.kind == "attribute":
                return self._of_value(member, owner)
            if part.endswith(")") or self._is_property(member):
                return self._returned(member, member.file)
        return None

    def _of_value(self, member: Located, owner: Located) -> Located | None:
        """The class of an attribute, by its annotation or by what is assigned to it."""
        text = member.symbol.signature
        annotated = re.search(rf"\b{member.symbol.name}\s*\??:\s*([^=;]+)", text)
        if annotated:
            return self._class_of(annotated[1], member.file)
        value = re.search(r"=\s*(?:await |new )?([\w.]+)(\()?", text)
        if value is None:
            return None
        if value[2]:
            made = self._named(value[1], member.file)
            return self._returned(made, member.file)
        return self._of_parameter(value[1], member, owner)

    def _of_parameter(self, name: str, member: Located, owner: Located) -> Located | None:
        facts = self._facts(owner.file)
        for method in facts.members(owner.symbol.full_name) if facts else ():
            if method.first <= member.symbol.first <= method.last:
                annotated = re.search(rf"\b{name}\s*:\s*([^=,)]+(?:\[[^\]]*\])?)", method.signature)
                return self._class_of(annotated[1], member.file) if annotated else None
        return None

    def _returned(self, made: Located | None, file: FileRef) -> Located | None:
        if made is None or made.symbol.kind == "class":
            return made
        returns = _RETURNS.search(made.symbol.signature)
        text = next(filter(None, returns.groups()), "") if returns else ""
        return self._class_of(text, made.file if made else file)

    def _is_property(self, member: Located) -> bool:
        facts = self._facts(member.file)
        return facts is not None and member.symbol.kind == "method"

    def _annotation(self, name: str) -> str:
        """What the nearest line above the cursor says about a variable or parameter."""
        snapshot, question = self._question.snapshot, self._question
        index = snapshot.index
        first = question.around[-1].first if question.around else question.line - _LINES_UP
        annotated = re.compile(rf"(?<![\w.]){re.escape(name)}\s*:\s*([\w.\"'\[\]| ]+)")
        made = re.compile(rf"(?<![\w.]){re.escape(name)}\s*:?=\s*(?:await |new )?([\w.]+\()")
        entered = re.compile(rf"\bwith ([\w.]+\().*\) as {re.escape(name)}\b")
        for line in range(question.line, max(first, 0) - 1, -1):
            text = snapshot.text[index.line_start(line) : index.line_end(line)]
            if found := annotated.search(text):
                return found[1]
            if found := made.search(text) or entered.search(text):
                return found[1] + ")"
        return ""

    def _class_of(self, annotation: str, file: FileRef) -> Located | None:
        """The class that an annotation, or a call without its arguments, stands for."""
        text = annotation.strip().strip("\"'")
        if text.endswith("()"):
            return self._called(text[:-2], file)
        while wrapped := _WRAPPERS.match(text):
            text = wrapped[1]
        for name in _NAME.findall(text.partition("[")[0].replace("|", " ")):
            if found := self._class_named(name, file):
                return found
        return None

    def _called(self, path: str, file: FileRef) -> Located | None:
        owner, _, name = path.rpartition(".")
        if owner:
            found = self.of(owner)
            return self._of_member(found, f"{name}()") if found else None
        return self._returned(self._named(name, file), file)

    def _class_named(self, name: str, file: FileRef) -> Located | None:
        found = self._named(name, file)
        return found if found is not None and found.symbol.kind == "class" else None

    def _named(self, name: str, file: FileRef) -> Located | None:
        """A top-level symbol by the name that ``file`` has for it."""
        facts = self._facts(file)
        if facts is None:
            return None
        first, _, rest = name.partition(".")
        if not rest and (own := facts.named(name)):
            return Located(file, own[0])
        for brought in facts.imports:
            if brought.alias == first:
                wanted = (
                    Import(brought.module, rest, rest) if rest and not brought.name else brought
                )
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


def _split(expression: str) -> list[str]:
    return re.findall(_LINK, expression)
