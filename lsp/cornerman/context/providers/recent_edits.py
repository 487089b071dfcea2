"""What was edited a moment ago, here and in other files: the next edit is often like it."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.context.question import Diff, Question
from cornerman.core.secrets import masked
from cornerman.core.snippets import Snippet

NAME = "edit"

_SCORE = 1.0
_SMALLER_WITH_AGE = 0.8
_MOST_EDITS = 4


def recent_edits(question: Question) -> Iterator[Snippet]:
    """The latest edits as small diffs; those in lines that are shown anyway are left out."""
    score = _SCORE
    for diff in list(question.edits)[:_MOST_EDITS]:
        text = masked(as_diff(diff))
        may_be_read = diff.file == question.file or question.index.text(diff.file) is not None
        if may_be_read and not _is_shown(diff, question):
            yield Snippet(
                diff.file.path,
                text,
                NAME,
                score,
                f"{diff.file.path}:edit:{diff.before}",
                question.snapshot.language_id,
                "edited lately",
            )
        score *= _SMALLER_WITH_AGE


def as_diff(diff: Diff) -> str:
    """The lines that went, marked with ``-``, and those that came, with ``+``."""
    gone = [f"- {line}" for line in diff.before.split("\n") if line.strip()]
    new = [f"+ {line}" for line in diff.after.split("\n") if line.strip()]
    return "\n".join([*gone, *new])


def _is_shown(diff: Diff, question: Question) -> bool:
    if diff.file != question.file:
        return not (diff.before.strip() or diff.after.strip())
    index, (first, last) = question.snapshot.index, question.shown
    end = index.line_end(min(last, index.line_count - 1))
    return (
        not diff.before.strip()
        or diff.after in question.snapshot.text[index.line_start(first) : end]
    )
