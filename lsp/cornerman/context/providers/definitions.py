"""Definitions of the names in use around the cursor, from other files of the workspace."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.context.index.facts import Import, Located
from cornerman.context.index.resolve import modules
from cornerman.context.outline import brief, constructor, definition, head, outline
from cornerman.context.question import Question
from cornerman.core.snippets import Snippet

NAME = "definition"

# What is imported and not mentioned nearby may be what comes next, all the more if its name is
# about the same things as the cursor's line.
_ONLY_IMPORTED = 0.25
_AFFINITY = 2.0
# Somebody has imported it for something that is still to be written.
_NOT_YET_USED = 1.0
_BY_NAME_ALONE = 0.5
_MAX_BY_NAME = 3
_MIN_NAME = 4


def definitions(question: Question) -> Iterator[Snippet]:
    """Signatures of what the document imports, and of what it names without an import."""
    for brought in question.facts.imports:
        weight = question.names.get(brought.alias, 0.0)
        if brought.name and brought.name != "*":
            for located in question.resolve(brought)[:2]:
                likely = max(weight, _likelihood(question, brought))
                yield from _shown(question, located, likely, brought.alias)
        elif weight or brought.name == "*":
            yield from _of_module(question, brought)
    yield from _by_name(question)


def _likelihood(question: Question, brought: Import) -> float:
    """How likely it is that what an import brings in comes next."""
    is_used = question.snapshot.text.count(brought.alias) > 1
    likely = _ONLY_IMPORTED + _AFFINITY * question.affinity(brought.alias)
    return likely if is_used else likely + _NOT_YET_USED


def _of_module(question: Question, brought: Import) -> Iterator[Snippet]:
    """What a mentioned module defines under a name that is mentioned, too."""
    language = question.snapshot.language_id
    for file in modules(question.index, question.file, brought.module, language)[:1]:
        facts = question.index.facts(file)
        for symbol in facts.symbols if facts else ():
            weight = question.names.get(symbol.name, 0.0)
            if weight and not symbol.container:
                yield from _shown(question, Located(file, symbol), weight, symbol.name)


def _by_name(question: Question) -> Iterator[Snippet]:
    """Names that the document neither defines nor imports, as in languages that import files."""
    if question.snapshot.language_id == "python":
        return  # Where everything is imported by name, other names are variables.
    own = {symbol.name for symbol in question.facts.symbols} | set(question.imported)
    for name, weight in question.names.items():
        if name in own or len(name) < _MIN_NAME:
            continue
        found = [
            located
            for located in question.index.named(name)
            if located.symbol.kind != "attribute"
            and located.file != question.file
            and question.may_use(located.file)
        ]
        if 0 < len(found) <= _MAX_BY_NAME:
            for located in found:
                yield from _shown(question, located, weight * _BY_NAME_ALONE, name)


def _shown(question: Question, located: Located, weight: float, name: str) -> Iterator[Snippet]:
    if question.shows(located) or located.file == question.file:
        return
    symbol, language = located.symbol, question.snapshot.language_id
    text = (head if weight > _ONLY_IMPORTED else brief)(symbol, language)
    if symbol.kind == "class" and weight > _ONLY_IMPORTED:
        facts = question.index.facts(located.file)
        members = facts.members(symbol.full_name) if facts else ()
        made = constructor(members)
        fields = [m for m in members if m.kind == "attribute" and m.first <= symbol.last][:8]
        text = outline(symbol, [made] if made else fields, language)
    why = f"{name} is " + ("used here" if name in question.names else "imported here")
    yield definition(located, text, language, source=NAME, score=weight, why=why)
