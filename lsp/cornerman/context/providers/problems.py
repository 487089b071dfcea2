"""What other tools say about the lines at the cursor."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.context.question import Question
from cornerman.core.secrets import masked
from cornerman.core.snippets import Snippet

NAME = "problem"

_SCORE = 1.5
_LINES_AWAY = 2
_MOST = 3
_LONGEST = 160


def problems(question: Question) -> Iterator[Snippet]:
    """The messages of diagnostics within two lines of the cursor."""
    near = [p for p in question.problems if abs(p.line - question.line) <= _LINES_AWAY]
    for problem in near[:_MOST]:
        message = masked(problem.message.partition("\n")[0])[:_LONGEST]
        yield Snippet(
            question.file.path,
            f"{_mark(question)} {message}",
            NAME,
            _SCORE,
            f"{question.file.path}:problem:{message}",
            question.snapshot.language_id,
            "a problem here",
        )


def _mark(question: Question) -> str:
    return "#" if question.snapshot.language_id in ("python", "ruby", "shellscript") else "//"
