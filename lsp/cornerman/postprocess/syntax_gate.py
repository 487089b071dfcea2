"""A suggestion never makes the document parse worse."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cornerman.core.lexicon import OPENER_OF
from cornerman.core.site import CompletionSite, Syntax, SyntaxErrors
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.open_brackets import brackets_above, closers_behind
from cornerman.postprocess.suffix_overlap import replaced_length

_MAX_CUTS = 12
_MAX_OPEN_BRACKETS = 4


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
        """True if the document has no more errors with ``text`` in it, and none within it.

        What is typed half is an error by itself, so the document without the cursor's line is
        the measure, too. And behind a bracket or quote that is still open the parser is lost:
        there, both are measured with it closed.
        """
        errors = self._errors(text)
        if errors.total == 0 or (errors.total <= self._bound and not errors.inside):
            return True
        for above in self._open_above:
            errors = self._errors(text, closers_behind(text, above, self._site))
            if errors.total <= self._closed_bound and not errors.inside:
                return True
        return False

    def _errors(self, text: str, closers: str = "") -> SyntaxErrors:
        start = self._site.offset
        end = start + replaced_length(text, self._site)
        return self._syntax.errors_with(start, end, text + closers)

    @cached_property
    def _bound(self) -> int:
        errors = self._syntax.errors
        site = self._site
        start = site.offset - len(site.line_prefix.lstrip())
        end = site.offset + len(site.line_suffix)
        # An opening tag or a decorator is an error as long as nothing follows it.
        is_strict = site.lexicon.is_strict and not site.line_prefix.lstrip().startswith("@")
        if errors == 0 or not is_strict:
            return errors
        return min(errors, self._syntax.errors_with(start, end, "").total)

    @cached_property
    def _closed_bound(self) -> int:
        return min(self._bound, min(self._closed.values(), default=self._bound))

    @cached_property
    def _open_above(self) -> list[list[str]]:
        """The brackets above that help the parser most if they are closed, or one fewer.

        One fewer because the text may close the innermost of them itself.
        """
        if not self._closed:
            return []
        count = min(self._closed, key=lambda count: (self._closed[count], count))
        return [self._above[len(self._above) - n :] for n in range(count, max(count - 2, -1), -1)]

    @cached_property
    def _closed(self) -> dict[int, int]:
        """Errors of the document with what is open at the cursor closed, if that mends it.

        By the number of brackets closed that are open above the cursor's line.
        """
        errors: dict[int, int] = {}
        for count in range(min(len(self._above), _MAX_OPEN_BRACKETS) + 1):
            above = self._above[len(self._above) - count :]
            closers = closers_behind("", above, self._site)
            total = self._errors("", closers).total if closers else self._syntax.errors
            if total < self._syntax.errors:
                errors[count] = total
        return errors

    @cached_property
    def _above(self) -> list[str]:
        return brackets_above(self._site)
