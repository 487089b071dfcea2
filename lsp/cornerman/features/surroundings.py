"""What is shown to the model of other files: providers asked, the best of their snippets chosen."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cornerman.context.providers import definitions, members, similar_code
from cornerman.context.question import ContextProvider, Provider, Question
from cornerman.context.select import select
from cornerman.core.snippets import Snippet, Surroundings

logger = logging.getLogger(__name__)

PROVIDERS: Sequence[ContextProvider] = (
    Provider(members.NAME, members.members),
    Provider(definitions.NAME, definitions.definitions),
    Provider(similar_code.NAME, similar_code.similar_code),
)


def found_by(provider: ContextProvider, question: Question) -> list[Snippet]:
    """A provider's snippets. What fails in it costs its snippets, not the suggestion."""
    try:
        return list(provider.snippets(question))
    except Exception as error:
        logger.warning("no snippets from %s: %s", provider.name, type(error).__name__)
        return []


def surroundings(
    question: Question, budget: int, providers: Sequence[ContextProvider] = PROVIDERS
) -> Surroundings:
    """The best snippets that fit into ``budget`` characters."""
    found = [snippet for provider in providers for snippet in found_by(provider, question)]
    return Surroundings(
        repository=question.file.folder.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1],
        path=question.file.path,
        snippets=select(found, budget, shown_text(question)),
    )


def shown_text(question: Question) -> str:
    """The part of the document that is in the prompt anyway."""
    index = question.snapshot.index
    first, last = question.shown
    start, end = index.line_start(first), index.line_end(min(last, index.line_count - 1))
    return question.snapshot.text[start:end]
