"""Where a suggestion ends: the stream is closed as soon as this can tell."""

from __future__ import annotations

import re

from cornerman.core.site import CompletionSite, Extent, indentation
from cornerman.postprocess.filter import Rejected

# A statement that is not over by then is more than one wants to read at once.
_MAX_STATEMENT_LINES = 16
_ENDLESS = "The suggestion did not end within the limit."


def complete_length(text: str, site: CompletionSite) -> int | None:
    """Length of the finished suggestion at the start of ``text``; None if it may go on."""
    end = _statement_end(text, site) if site.extent is Extent.LINE else _block_end(text, site)
    suffix = _suffix_reached(text, site)
    return min((known for known in (end, suffix) if known is not None), default=None)


def cut_short(text: str, site: CompletionSite) -> str | Rejected:
    """The best complete suggestion in text that ran into a limit: its whole lines."""
    whole_lines, _, last_line = text.rpartition("\n")
    reading = site.read_on(text)
    is_in_line_string = bool(reading.open_string) and (
        reading.open_string not in site.lexicon.long_quotes
    )
    if site.extent is Extent.BLOCK or reading.opened or is_in_line_string or "\n" in text.strip():
        return _without_heads(whole_lines, site) or Rejected(_ENDLESS)
    # The last word may be half a word.
    words = re.sub(r"\w+$", "", last_line).rstrip()
    return text[: len(text) - len(last_line)] + words if words else Rejected(_ENDLESS)


def _without_heads(lines: str, site: CompletionSite) -> str:
    """``lines`` without those at the end that open a block and leave it empty."""
    kept = lines.rstrip()
    while kept and site.lexicon.opens_block(kept.rpartition("\n")[2]):
        kept = kept.rpartition("\n")[0].rstrip()
    return kept


def _statement_end(text: str, site: CompletionSite) -> int | None:
    """A statement ends at the line break at which no bracket or string of its own is open.

    Line breaks before its first character belong to it. It also ends where it closes a bracket
    that stands to the right of the cursor and has more than closers behind it.
    """
    reading = site.read_on(text)
    blank = len(text) - len(text.lstrip())
    right = site.line_suffix.strip()
    is_code = any(char.isalnum() for char in right)
    if is_code and reading.outward is not None and right[0] == text[reading.outward]:
        return reading.outward
    for offset in reading.breaks:
        if offset >= blank:
            return offset
    if text.count("\n", blank) >= _MAX_STATEMENT_LINES:
        return text.rindex("\n")
    return _bracket_abandoned(text, reading.inner_breaks, site)


def _bracket_abandoned(text: str, breaks: tuple[int, ...], site: CompletionSite) -> int | None:
    """Where text goes on below an open bracket as if it were closed: in the next statement."""
    first = text.lstrip("\n") if text.startswith("\n") else site.line_prefix + text
    for offset in breaks:
        line = text[offset + 1 :].partition("\n")[0]
        is_below = bool(line.strip()) and indentation(line) <= indentation(first)
        if is_below and not site.lexicon.closes_block(line):
            return offset
    return None


def _block_end(text: str, site: CompletionSite) -> int | None:
    """A block ends before the first line that is not indented deeper than its opener.

    If the document does not close the block yet, such a line's closing bracket belongs to it.
    """
    start = 0
    for number, line in enumerate(text.split("\n")):
        is_first_with_indent = number == 0 and bool(site.line_prefix)
        if line.strip() and not is_first_with_indent and indentation(line) <= site.block_indent:
            closer = _closer(line, site) if site.block_is_open else None
            if closer is None:
                return max(start - 1, 0)
            is_whole = start + len(line) < len(text) or len(closer) < len(line.rstrip())
            return start + len(closer) if is_whole else None
        start += len(line) + 1
    return None


def _closer(line: str, site: CompletionSite) -> str | None:
    """What closes the block at the start of ``line``, indentation included."""
    if indentation(line) != site.block_indent:
        return None
    closer = site.lexicon.block_closer or r"[)\]}]"
    match = re.match(rf"\s*(?:{closer})[)\]}};,:]*", line)
    return match.group() if match else None


def _suffix_reached(text: str, site: CompletionSite) -> int | None:
    """Where a whole line of the text is the line that stands below the cursor already."""
    below = site.next_code_line()
    if "\n" not in text or not any(char.isalnum() for char in below):
        return None
    start = 0
    for line in text.split("\n")[:-1]:
        if start and line == below:
            return start - 1
        start += len(line) + 1
    return None
