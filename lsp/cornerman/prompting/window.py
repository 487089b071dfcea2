"""What of a document stands in a prompt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The text around a cursor: ``prefix`` + ``typed`` is left of it, ``suffix`` right of it.

    ``typed`` is what stands left of the cursor on its own line. ``anchor`` is an offset in
    ``prefix``, at the start of a line, that stays where it is while lines are typed behind it.
    """

    prefix: str
    typed: str
    suffix: str
    language_id: str = ""
    anchor: int = 0
