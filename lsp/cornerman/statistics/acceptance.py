"""Was a suggestion taken? Told from how the document changed: not every editor says so."""

from __future__ import annotations

from dataclasses import dataclass

from cornerman.core.completions import Completion

# Shorter insertions may be keys: an editor adds a closing bracket to an opening one.
_FEWEST_CHARACTERS = 3
_LINE_TAIL = 40


@dataclass(frozen=True, slots=True)
class OnShow:
    """A completion and the text of the document it was shown in."""

    suggestion_id: str
    text: str
    completion: Completion

    @property
    def accepted_text(self) -> str:
        """The document once all of it is taken."""
        where = self.completion
        return self.text[: where.start] + where.text + self.text[where.end :]

    def accepted_part(self, characters: int) -> str:
        """What to look for later: so many accepted characters, and their line before them."""
        start = self.completion.start
        line = self.text.rfind("\n", 0, start) + 1
        tail = self.text[max(line, start - _LINE_TAIL) : start]
        return (tail + self.completion.text[:characters]).strip()


def accepted_characters(on_show: OnShow, before: str, after: str) -> int:
    """How much of ``on_show`` stands in ``after`` because of the step from ``before``.

    0 when the step is none that accepts: keys typed by hand insert one character at a time.
    """
    completion = on_show.completion
    inserted = len(after) - len(before)
    if inserted != 1 and after != before and after == on_show.accepted_text:
        return len(completion.text)
    if inserted < _FEWEST_CHARACTERS:
        return 0
    taken = len(after) - len(on_show.text)
    rest = on_show.text[completion.start :]
    is_part = 0 < taken < len(completion.text) and after == (
        on_show.text[: completion.start] + completion.text[:taken] + rest
    )
    return taken if is_part else 0


def is_kept(part: str, text: str) -> bool:
    """True if the accepted ``part`` still stands in ``text``."""
    return part in text
