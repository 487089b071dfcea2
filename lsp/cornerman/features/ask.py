"""Answer a question about the workspace from what was found in it, with citations."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence

from cornerman.core.generation import Chunk, GenerationRequest, Priority, SamplingParams
from cornerman.core.passages import Passage
from cornerman.engine.stream import Engine
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates

_MAX_TOKENS = 220
_CITED = re.compile(r"\[(\d{1,2})\]")
# Where the model names none of its sources, the best ones are told.
_UNCITED = 2


def ask(
    question: str, passages: Sequence[Passage], model: ModelSpec, engine: Engine
) -> AsyncGenerator[Chunk, None]:
    """The model's answer in pieces; ``[1]`` stands for the first of ``passages``, and so on.

    The stream raises ``CornermanError`` when the engine fails; closing it cancels.
    """
    shown = (f"[{n}] {p.place}\n```\n{p.text}\n```" for n, p in enumerate(passages, 1))
    messages = templates.load("ask").render(passages="\n\n".join(shown), question=question)
    return engine.stream(
        GenerationRequest(
            model=model.name,
            prompt=messages,
            sampling=SamplingParams(max_tokens=_MAX_TOKENS),
            session="action:ask",
            priority=Priority.ACTION,
        )
    )


def cited(text: str, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that an answer names, in its order, each once; the best ones if it names none.

    What an answer cannot have seen is no citation.
    """
    numbers = dict.fromkeys(int(match[1]) for match in _CITED.finditer(text))
    named = [passages[n - 1] for n in numbers if 0 < n <= len(passages)]
    return named or list(passages[:_UNCITED])


def with_places(text: str, passages: Sequence[Passage]) -> str:
    """An answer with ``path:line`` in the place of the numbers of its sources."""

    def place(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"`{passages[number - 1].place}`" if 0 < number <= len(passages) else ""

    return _CITED.sub(place, text)
