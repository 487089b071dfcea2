"""Parts of files that may answer a question, and answers with citations."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines ``first`` to ``last`` (from 1, both included) of a file of the workspace.

    ``path`` is relative to the folder, ``uri`` names the file. ``score`` compares the passages of
    one question: higher is better.
    """

    path: str
    uri: str
    first: int
    last: int
    text: str
    score: float

    @property
    def place(self) -> str:
        """``path:line``, as it can be opened."""
        return f"{self.path}:{self.first}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question, the best first. ``is_weak`` says that it is no answer."""

    passages: tuple[Passage, ...] = ()
    is_weak: bool = True


NOT_FOUND = "This was not found in this workspace."
"""What is said where nothing was found that could answer a question."""
