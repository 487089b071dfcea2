"""What can stand behind a dot: the members of the type before it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from cornerman.context.chains import receiver
from cornerman.context.index.facts import Located
from cornerman.context.index.resolve import modules
from cornerman.context.outline import definition, heads, outline
from cornerman.context.question import Question
from cornerman.context.types import Types, is_public
from cornerman.core.snippets import Snippet

NAME = "members"

_AT_DOT = 10.0
_NEARBY = 1.2
_MAX_AT_DOT = 40
_MAX_NEARBY = 6
_MAX_WHOLE = 3
_RECEIVERS = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\.[^\W\d]\w*")


def members(question: Question) -> Iterator[Snippet]:
    """Members of what is before the cursor's dot, and of what is used so in the lines above."""
    types = Types(question)
    here = receiver(question.line_prefix)
    nearby = [name for name in _used_nearby(question) if name != here]
    for expression in dict.fromkeys([here, *nearby]):
        is_here = expression == here
        owner = types.of(expression) if expression else None
        if owner is not None:
            yield from _of_type(question, types, owner, expression, is_here=is_here)
        elif expression in question.imported:
            yield from _of_module(question, expression, is_here=is_here)


def _of_type(
    question: Question, types: Types, owner: Located, expression: str, *, is_here: bool
) -> Iterator[Snippet]:
    """One outline for the class and one for each of its bases, of the members likeliest here."""
    is_own = expression in ("self", "cls", "this")
    inner: dict[str, Located] = {}
    for member in types.members(owner):
        inner.setdefault(member.symbol.name, member)
    most = _MAX_AT_DOT if is_here else _MAX_NEARBY
    likely = _likeliest(question, inner, most, is_own=is_own)
    for holder in types.family(owner):
        named = (inner[name] for name in likely if _is_of(inner[name], holder))
        own = [member.symbol for member in named if not question.shows(member)]
        if own:
            language = question.snapshot.language_id
            text = outline(holder.symbol, own, language, likely[:_MAX_WHOLE])
            yield _snippet(question, holder, text, expression, is_here=is_here)


def _of_module(question: Question, expression: str, *, is_here: bool) -> Iterator[Snippet]:
    """What an imported module defines at its top level."""
    module = question.imported[expression].as_module
    language = question.snapshot.language_id
    for file in modules(question.index, question.file, module, language)[:1]:
        facts = question.index.facts(file)
        defined = facts.members("") if facts else ()
        inner = {symbol.name: Located(file, symbol) for symbol in defined}
        likely = _likeliest(question, inner, _MAX_AT_DOT if is_here else _MAX_NEARBY)
        if likely:
            symbols = [inner[name].symbol for name in likely]
            text = "\n".join(heads(symbols, language, likely[:_MAX_WHOLE]))
            yield _snippet(question, inner[likely[0]], text, expression, is_here=is_here)


def _likeliest(
    question: Question, inner: Mapping[str, Located], limit: int, *, is_own: bool = False
) -> list[str]:
    """Names by what the line is about, and by how much they are used in the workspace."""
    spread = question.index.spread(sorted(inner))

    def rank(name: str) -> tuple[float, int]:
        is_hidden = name.startswith("__") or (not is_own and not is_public(inner[name].symbol))
        used = math.log2(1 + spread.get(name, 0)) / 4
        near = question.names.get(name, 0.0)
        return -(2 * question.affinity(name) + used + near - 2 * is_hidden), len(name)

    return sorted(inner, key=rank)[:limit]


def _snippet(
    question: Question, holder: Located, text: str, expression: str, *, is_here: bool
) -> Snippet:
    return definition(
        holder,
        text,
        question.snapshot.language_id,
        source=NAME,
        score=_AT_DOT if is_here else _NEARBY,
        why=f"what {expression.partition('(')[0]} has",
        aspect=":all" if is_here else ":some",
    )


def _is_of(member: Located, holder: Located) -> bool:
    return member.file == holder.file and member.symbol.container == holder.symbol.full_name


def _used_nearby(question: Question) -> list[str]:
    """Expressions before a dot in the lines around the cursor, the nearest first."""
    index, text = question.snapshot.index, question.snapshot.text
    first = max(question.line - 8, 0)
    above = text[index.line_start(first) : question.offset]
    found = [match[1] for match in _RECEIVERS.finditer(above)]
    parameters = _parameters(question)
    return list(dict.fromkeys([*reversed(found), *parameters]))[:6]


def _parameters(question: Question) -> list[str]:
    """The annotated parameters of the function around the cursor."""
    functions = [s for s in question.around if s.kind in ("function", "method")]
    return re.findall(r"(\w+)\s*:", functions[-1].signature) if functions else []
