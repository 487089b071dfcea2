"""A suggestion closes the brackets and strings it opens."""

from __future__ import annotations

from cornerman.core.continuation import Continuation, Opened, open_string, read_on
from cornerman.core.lexicon import CLOSER_OF
from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_UNFINISHED = (",", "=", "+", "-", "*", "/", ".", "&", "|", "<", ">", "?", "(", "[")


def bracket_balance(text: str, site: CompletionSite) -> str | Rejected:
    """Close what the text leaves open and nothing right of the cursor closes.

    Text that ends in the middle of an expression, or of a string within a line, cannot be
    closed; it is rejected.
    """
    text = text.rstrip()
    if _leaves_string_open(text, site):
        return Rejected("The suggestion ends in the middle of a string.")
    reading = site.read_on(text)
    if reading.open_string:
        return text + _closing(reading.open_string, "\n" in text, site.line_prefix)
    opened = _missing(reading, site)
    if not opened:
        return text
    closed = text + "".join(_closer(bracket, text, site) for bracket in reversed(opened))
    if _parses_better(text, closed, site):
        return text
    last_line = text.rpartition("\n")[2]
    if last_line.endswith(_UNFINISHED) and not _is_list_item(opened[-1], text):
        return Rejected("The suggestion ends in the middle of an expression.")
    return closed


def _leaves_string_open(text: str, site: CompletionSite) -> bool:
    """True if a string that must end on its line does not.

    The parser may know better: quotes in a regular expression are none.
    """
    mark = "" if site.is_prose else open_string(site.line_read + text, site.lexicon)
    if not mark or mark in site.lexicon.long_quotes or mark in site.line_suffix:
        return False
    offset = site.offset
    return site.syntax is None or site.syntax.errors_with(offset, offset, text).total > 0


def _parses_better(text: str, closed: str, site: CompletionSite) -> bool:
    """True if the document parses better without the closers: they stand below already."""
    if site.syntax is None:
        return False
    offset = site.offset
    without = site.syntax.errors_with(offset, offset, text).total
    return without < site.syntax.errors_with(offset, offset, closed).total


def _missing(reading: Continuation, site: CompletionSite) -> list[Opened]:
    """The open brackets of the text, without those that the rest of the line closes."""
    spare = _spare_closers(site)
    opened = list(reading.opened)
    while opened and spare and CLOSER_OF[opened[-1].bracket] == spare[0]:
        opened.pop()
        spare.pop(0)
    return opened


def _spare_closers(site: CompletionSite) -> list[str]:
    """Closers at the start of the rest of the line that nothing left of the cursor opens."""
    right = site.line_suffix.strip()
    closers = list(right[: len(right) - len(right.lstrip(")]}"))])
    left = read_on("", site.line_read, site.lexicon).opened
    waiting = [CLOSER_OF[bracket.bracket] for bracket in reversed(left)]
    needed = 0
    while needed < min(len(closers), len(waiting)) and closers[needed] == waiting[needed]:
        needed += 1
    # What stands right was inserted for what stands left, as far as it fits.
    return closers[needed:] if needed < len(closers) else []


def _is_list_item(innermost: Opened, text: str) -> bool:
    """True if the text ends with an item of a list that is written one item a line."""
    return text.rstrip().endswith(",") and _ends_line(innermost, text)


def _ends_line(opened: Opened, text: str) -> bool:
    rest_of_line = text[opened.offset + 1 :].partition("\n")
    return bool(rest_of_line[1]) and not rest_of_line[0].strip()


def _closer(opened: Opened, text: str, site: CompletionSite) -> str:
    line = (site.line_prefix + text[: opened.offset]).rpartition("\n")[2]
    return _closing(CLOSER_OF[opened.bracket], _ends_line(opened, text), line)


def _closing(mark: str, is_own_line: bool, opening_line: str) -> str:
    """``mark``, or a new line with it below the one that it closes."""
    indent = opening_line[: len(opening_line) - len(opening_line.lstrip())]
    return f"\n{indent}{mark}" if is_own_line else mark
