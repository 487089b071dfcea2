"""The signature of what is called at the cursor: what its arguments have to be."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.context.chains import callee, links
from cornerman.context.index.facts import Located, Symbol
from cornerman.context.likeness import members_named
from cornerman.context.outline import constructor, definition, head
from cornerman.context.question import Question
from cornerman.context.types import Types
from cornerman.core.snippets import Snippet

NAME = "called"

_SCORE = 10.0
_SCORE_OF_GUESSES = 5.0
_MAX_GUESSES = 2
_MAX_FIELDS = 12
_LONG = 160


def called(question: Question) -> Iterator[Snippet]:
    """The function, method or class whose arguments the cursor is in.

    Where nobody knows what it belongs to: the methods of that name, if there are few.
    """
    expression = callee(question.snapshot.text[: question.offset])
    if not expression:
        return
    types = Types(question)
    meant = types.meant(expression)
    if meant is not None:
        yield from _shown(question, types, meant, _SCORE)
        return
    *path, name = links(expression) or ("",)
    guesses = members_named(question, name) if path else []
    for guess in guesses if len(guesses) <= _MAX_GUESSES else ():
        yield from _shown(question, types, guess, _SCORE_OF_GUESSES)


def _shown(question: Question, types: Types, meant: Located, score: float) -> Iterator[Snippet]:
    symbol, language = meant.symbol, question.snapshot.language_id
    if question.shows(meant):
        return
    lines = [_whole(symbol, language)]
    if symbol.kind == "class":
        members = [member.symbol for member in types.members(meant)]
        made = constructor(members)
        fields = [member for member in members if member.kind == "attribute"][:_MAX_FIELDS]
        lines += [f"    {_whole(inner, language)}" for inner in ([made] if made else fields)]
    elif symbol.container:
        lines = [f"class {symbol.container}:", f"    {lines[0]}"]
    why = f"{symbol.name} is called here"
    yield definition(meant, "\n".join(lines), language, source=NAME, score=score, why=why)


def _whole(symbol: Symbol, language: str) -> str:
    """A signature with all that it says about parameters, unless that is too much."""
    if len(symbol.signature) > _LONG or symbol.kind not in ("function", "method"):
        return head(symbol, language)
    return f"{symbol.signature} ..." if language == "python" else symbol.signature
