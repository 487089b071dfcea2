"""Where a suggestion ends: the stream is closed as soon as this can tell."""

from __future__ import annotations

from cornerman.core.site import CompletionSite, Extent, indentation
from cornerman.postprocess.filter import Rejected


def complete_length(text: str, site: CompletionSite) -> int | None:
    """Length of the finished suggestion at the start of ``text``; None if it may go on."""
    return _line_length(text) if site.extent is Extent.LINE else _block_length(text, site)


def cut_short(text: str, site: CompletionSite) -> str | Rejected:
    """The best complete suggestion in text that ran into the token limit: its whole lines."""
    if site.extent is Extent.LINE:
        return text
    whole_lines, _, _ = text.rpartition("\n")
    return whole_lines or Rejected("The suggestion did not end within the token limit.")


def _line_length(text: str) -> int | None:
    """A line ends at its line break; line breaks before its first character belong to it."""
    blank = len(text) - len(text.lstrip())
    end = text.find("\n", blank)
    return end if end >= 0 else None


def _block_length(text: str, site: CompletionSite) -> int | None:
    """A block ends before the first line that is not indented deeper than its opener.

    It also ends before a line that stands below it in the document already: the model has
    reached the suffix.
    """
    below = site.next_code_line()
    start = 0
    for number, line in enumerate(text.split("\n")):
        is_first_with_indent = number == 0 and bool(site.line_prefix)
        is_whole = start + len(line) < len(text)
        outside = not is_first_with_indent and indentation(line) <= site.block_indent
        if line.strip() and (outside or (is_whole and line == below)):
            return max(start - 1, 0)
        start += len(line) + 1
    return None
