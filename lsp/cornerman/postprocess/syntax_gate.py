"""A suggestion never makes the document parse worse."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cornerman.core.continuation import read_on
from cornerman.core.lexicon import CLOSER_OF, OPENER_OF
from cornerman.core.site import CompletionSite, Syntax, indentation
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.suffix_overlap import replaced_length

_MAX_CUTS = 12
_MAX_OPEN_BRACKETS = 4
_MAX_LINES_UP = 400


def syntax_gate(text: str, site: CompletionSite) -> str | Rejected:
    """Cut the text to its longest beginning of whole lines that parses; reject it otherwise.

    A line that closes more brackets than are open may lose the last of them instead.
    """
    if site.syntax is None:
        return text
    gate = _Gate(site, site.syntax)
    for candidate in _candidates(text):
        if gate.passes(candidate):
            return candidate
    return Rejected("The suggestion would break the syntax of the file.")


def _candidates(text: str) -> Iterator[str]:
    yield text
    shorter = text
    while shorter[-1:] in OPENER_OF and len(text) - len(shorter) < 3:
        shorter = shorter[:-1]
        if shorter.strip():
            yield shorter
    lines = text.split("\n")
    for count in range(len(lines) - 1, max(len(lines) - _MAX_CUTS, 0), -1):
        beginning = "\n".join(lines[:count]).rstrip()
        if beginning:
            yield beginning


class _Gate:
    """Counts the errors of a document with a text at the cursor against those it has without."""

    def __init__(self, site: CompletionSite, syntax: Syntax) -> None:
        self._site = site
        self._syntax = syntax

    def passes(self, text: str) -> bool:
        """True if the document has no more errors with ``text`` in it.

        What is typed half is an error by itself, so the document without the cursor's line is
        the measure, too. And behind a bracket that is still open the parser is lost: there, both
        are measured with the bracket closed.
        """
        errors = self._errors(text)
        if errors <= self._bound:
            return True
        if not self._closers:
            return False
        return self._errors(text, self._closers) <= self._errors("", self._closers)

    def _errors(self, text: str, closers: str = "") -> int:
        start = self._site.offset
        end = start + replaced_length(text, self._site)
        return self._syntax.errors_with(start, end, text + closers)

    @cached_property
    def _bound(self) -> int:
        errors = self._syntax.errors
        site = self._site
        if errors == 0 or not site.lexicon.is_strict:
            return errors
        start = site.offset - len(site.line_prefix.lstrip())
        end = site.offset + len(site.line_suffix)
        return min(errors, self._syntax.errors_with(start, end, ""))

    @cached_property
    def _closers(self) -> str:
        """What closes the brackets left open above the cursor, if that mends the document."""
        fewest, best = self._syntax.errors, ""
        closers = ""
        for bracket in reversed(_open_above(self._site)[-_MAX_OPEN_BRACKETS:]):
            closers += CLOSER_OF[bracket]
            errors = self._errors("", closers)
            if errors < fewest:
                fewest, best = errors, closers
        return best


def _open_above(site: CompletionSite) -> list[str]:
    """The brackets that lines above leave open for the cursor's line, outermost first.

    Only the lines that the cursor's stands below by its indentation are read: the others are
    complete, and strings over several lines do not mislead.
    """
    found: list[str] = []
    limit = indentation(site.line_prefix)
    for line in range(site.line - 1, max(site.line - _MAX_LINES_UP, 0) - 1, -1):
        text = site.line_text(line)
        if not text.strip() or indentation(text) >= limit > 0:
            continue
        opened = read_on("", text, site.lexicon).opened
        found[:0] = [bracket.bracket for bracket in opened]
        limit = indentation(text)
        if limit == 0:
            break
    return found
