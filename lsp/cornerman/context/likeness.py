"""Guesses at the class of an expression whose type nothing tells: by its name, and by its use."""

from __future__ import annotations

import re
from collections import Counter

from cornerman.context.index.facts import FileRef, Located
from cornerman.context.question import Question

# Names that values of built-in types have as well, whoever else defines them.
_BUILT_IN = frozenset(
    name for kind in (str, bytes, list, dict, set, tuple, int) for name in dir(kind)
)
_WORD = re.compile(r"[^\W_]+")
_INSIDE = re.compile(r"[\w.]")
_LEAST_NAME = 3
_MOST_USES = 12
# A name that more classes have says little about any of them.
_MOST_OWNERS = 4


def likely_class(question: Question, expression: str, name: str) -> Located | None:
    """The class that has what is taken from ``expression`` in the document, or is called so.

    ``name`` is the last one in the expression: ``console`` is taken for a ``Console``. What one
    use alone suggests counts less than that.
    """
    found, uses = _class_by_use(question, expression)
    return found if found and uses > 1 else _class_by_name(question, name) or found


def _class_by_name(question: Question, name: str) -> Located | None:
    words = _WORD.findall(name)
    if not words or len(words[-1]) < _LEAST_NAME:
        return None
    for wanted in ("".join(map(_capital, words)), _capital(words[-1]), words[-1].upper()):
        found = [one for one in _same_language(question, wanted) if one.symbol.kind == "class"]
        if len(found) == 1:
            return found[0]
    return None


def _class_by_use(question: Question, expression: str) -> tuple[Located | None, int]:
    """The one class that has most of the names taken from an expression, and how many."""
    counts: Counter[tuple[FileRef, str]] = Counter()
    for name in _taken_from(expression, question.snapshot.text):
        owners = {(one.file, one.symbol.container) for one in members_named(question, name)}
        counts.update(owners if len(owners) <= _MOST_OWNERS else ())
    (best, uses), *others = [*counts.most_common(2), (None, 0)]
    if best is None or others[0][1] == uses:
        return None, 0
    file, container = best
    facts = question.index.facts(file)
    classes = facts.named(container) if facts else ()
    return (Located(file, classes[0]), uses) if classes else (None, 0)


def _taken_from(expression: str, text: str) -> list[str]:
    """The first names behind ``expression`` and a dot."""
    # A pattern that began with what must not stand before it would be much slower to look for.
    taken = re.finditer(re.escape(expression) + r"\.([^\W\d]\w*)", text)
    whole = (match for match in taken if not _INSIDE.match(text[match.start() - 1 : match.start()]))
    return list(dict.fromkeys(match[1] for match in whole))[:_MOST_USES]


def members_named(question: Question, name: str) -> list[Located]:
    """The methods and attributes of that name, unless built-in types have it."""
    if name in _BUILT_IN:
        return []
    found = _same_language(question, name)
    return [one for one in found if one.symbol.kind in ("method", "attribute")]


def _same_language(question: Question, name: str) -> list[Located]:
    """The symbols of that name in the language of the document."""
    return [one for one in question.index.named(name) if question.may_use(one.file)]


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
