"""Titles of actions and edits, short enough for a menu."""

from __future__ import annotations

from cornerman.core.actions import ActionKind, ActionRequest

_LONGEST = 60


def shortened(words: str) -> str:
    """The words in one line, cut at some length."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def title_of(request: ActionRequest) -> str:
    """What the edit of a request is called."""
    if request.kind is ActionKind.INSTRUCTION:
        return f"Refactor: {shortened(request.instruction)}"
    return request.kind.value.replace("-", " ").capitalize()
