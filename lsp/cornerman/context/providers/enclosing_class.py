"""The class around the cursor: its other members and its bases, where they are not shown."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.context.index.facts import Located
from cornerman.context.outline import definition, outline
from cornerman.context.question import Question
from cornerman.context.types import Types
from cornerman.core.snippets import Snippet

NAME = "class"

_SCORE = 0.9
_SCORE_OF_BASES = 0.6
_MOST_MEMBERS = 16


def enclosing_class(question: Question) -> Iterator[Snippet]:
    """Outlines of the innermost class around the cursor and of its bases."""
    classes = [symbol for symbol in question.around if symbol.kind == "class"]
    if not classes:
        return
    own = Located(question.file, classes[-1])
    for holder in Types(question).family(own):
        facts = question.index.facts(holder.file)
        members = facts.members(holder.symbol.full_name) if facts else ()
        hidden = [m for m in members if not question.shows(Located(holder.file, m))]
        hidden = list({member.name: member for member in hidden}.values())[:_MOST_MEMBERS]
        if hidden:
            text = outline(holder.symbol, hidden, question.snapshot.language_id)
            is_own = holder == own
            why = "the class that you are in" if is_own else "a base of the class that you are in"
            score = _SCORE if is_own else _SCORE_OF_BASES
            language = question.snapshot.language_id
            yield definition(holder, text, language, source=NAME, score=score, why=why)
