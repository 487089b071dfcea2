"""Questions about the workspace: what is found in it, and what the model makes of that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cornerman.core.passages import NOT_FOUND, Passage

if TYPE_CHECKING:
    from cornerman.session.context import WorkspaceContext
    from cornerman.session.pipelines import Features
    from cornerman.settings import Settings


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in Markdown. ``is_found`` is False where the workspace does not tell."""

    text: str
    is_found: bool
    citations: tuple[Passage, ...] = ()


class _Places:
    """Text as it comes, with places for the numbers of sources; a number is never cut in two."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._passages = passages
        self._held = ""

    def take(self, text: str, *, is_last: bool = False) -> str:
        """What can be told now, of ``text`` and of what was held back before."""
        from cornerman.features.ask import with_places

        whole = self._held + text
        opened = -1 if is_last else whole.rfind("[")
        is_open = opened >= 0 and "]" not in whole[opened:] and len(whole) - opened < 4
        cut = opened if is_open else len(whole)
        self._held = whole[cut:]
        return with_places(whole[:cut], self._passages)


async def answer(
    question: str,
    context: WorkspaceContext,
    features: Features,
    settings: Settings,
    on_text: Callable[[str], None],
) -> Answer:
    """The answer to ``question``; ``on_text`` is told each piece of it as it comes.

    Where too little is found no model is asked. Raises ``CornermanError``; cancelling the task
    cancels the generation.
    """
    findings = await context.retrieve(question)
    if findings.is_weak:
        on_text(NOT_FOUND)
        return Answer(NOT_FOUND, is_found=False)
    from cornerman.features.ask import cited

    raw, told, places = "", "", _Places(findings.passages)
    async with aclosing(features.ask(question, findings.passages, settings)) as chunks:
        async for chunk in chunks:
            raw += chunk.text
            if piece := places.take(chunk.text):
                told += piece
                on_text(piece)
    if rest := places.take("", is_last=True):
        told += rest
        on_text(rest)
    return Answer(told, is_found=True, citations=tuple(cited(raw, findings.passages)))
