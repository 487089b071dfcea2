"""How text of a language is read without parsing it: comments, strings, brackets.

Good enough for half a line that is still being typed, where a parser only sees an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

OPENER_OF = {")": "(", "]": "[", "}": "{"}
CLOSER_OF = {opener: closer for closer, opener in OPENER_OF.items()}
# Lines longer than this are generated text, of which only the end is read.
_MAX_LINE_READ = 2_000
_BRACKET_CLOSER = r"[)\]}]"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The marks of a language; the defaults suit a language nothing is known about.

    ``quotes`` delimit strings within a line, ``long_quotes`` strings that may span lines, and
    ``character`` is a pattern of character literals. ``block_opener`` is a pattern that matches
    at the end of a line of code after which a block or list follows, ``block_closer`` one that
    matches at the start of the line that closes it, or "" where the dedent alone does.
    ``finished`` matches at the end of a line of code to which nothing can be added.
    ``is_strict`` says that a statement must parse by itself, as an opening tag does not, and
    ``has_strict_indents`` that only a line behind a block's opener may be indented deeper.
    """

    line_comments: tuple[str, ...] = ()
    block_comments: tuple[tuple[str, str], ...] = ()
    quotes: str = '"'
    long_quotes: tuple[str, ...] = ()
    character: str = ""
    has_brackets: bool = True
    block_opener: str = r"[:{(\[]"
    block_closer: str = _BRACKET_CLOSER
    finished: str = ""
    is_strict: bool = True
    has_strict_indents: bool = False

    @property
    def is_indented(self) -> bool:
        """True if indentation is syntax: a block is closed by the dedent alone."""
        return not self.block_closer

    def opens_block(self, line: str) -> bool:
        """True if a block or a list follows ``line``."""
        return _ends_with(self.block_opener, self.code(line))

    def closes_block(self, line: str) -> bool:
        """True if ``line`` starts with what closes a block or a list."""
        return re.match(rf"\s*(?:{self.block_closer or _BRACKET_CLOSER})", line) is not None

    def is_finished(self, line: str) -> bool:
        """True if nothing can be added to the statement at the end of ``line``."""
        return bool(self.finished) and _ends_with(self.finished, self.code(line))

    def is_comment(self, line: str) -> bool:
        """True if ``line`` starts with a comment."""
        starts = (*self.line_comments, *(start for start, _ in self.block_comments))
        return line.lstrip().startswith(starts)

    def code(self, line: str) -> str:
        """The end of ``line``, without the comment and the white space there."""
        line = line[-_MAX_LINE_READ:]
        for token in tokens(line, self):
            if token.is_comment and not line[token.end :].strip():
                return line[: token.start].rstrip()
        return line.rstrip()


@dataclass(frozen=True, slots=True)
class Token:
    """A bracket, a string or a comment at offsets ``start`` to ``end`` of the text read.

    ``is_closed`` is False for a string or comment without the mark that ends it.
    """

    start: int
    end: int
    text: str
    is_comment: bool
    is_closed: bool

    @property
    def is_bracket(self) -> bool:
        """True for one bracket of code."""
        return self.text in OPENER_OF or self.text in CLOSER_OF


def tokens(text: str, lexicon: Lexicon) -> Iterator[Token]:
    """The brackets, strings and comments in ``text``, which starts in plain code."""
    for match in _pattern(lexicon).finditer(text):
        kind = match.lastgroup or ""
        is_closed = not kind.startswith("open")
        yield Token(match.start(), match.end(), match.group(), "comment" in kind, is_closed)


def _ends_with(pattern: str, line: str) -> bool:
    return re.search(rf"(?:{pattern})$", line) is not None


@cache
def _pattern(lexicon: Lexicon) -> re.Pattern[str]:
    """Alternatives in order; what lacks its end comes right after the same with its end."""
    kinds: list[tuple[str, str]] = []
    for start, end in lexicon.block_comments:
        opening = re.escape(start)
        kinds.append(("comment", rf"{opening}.*?{re.escape(end)}"))
        kinds.append(("open_comment", rf"{opening}.*"))
    kinds += [("open_comment", rf"{re.escape(mark)}[^\n]*") for mark in lexicon.line_comments]
    for mark in lexicon.long_quotes:
        quote = re.escape(mark)
        kinds.append(("string", rf"{quote}(?:\\.|[^\\])*?{quote}"))
        kinds.append(("open_string", rf"{quote}.*"))
    if lexicon.character:
        kinds.append(("string", lexicon.character))
    for mark in lexicon.quotes:
        quote = re.escape(mark)
        body = rf"{quote}(?:\\.|[^{quote}\\\n])*"
        kinds.append(("string", body + quote))
        kinds.append(("open_string", body))
    if lexicon.has_brackets:
        kinds.append(("bracket", r"[()\[\]{}]"))
    numbered = (f"(?P<{kind}{number}>{pattern})" for number, (kind, pattern) in enumerate(kinds))
    return re.compile("|".join(numbered) or r"(?!)", re.DOTALL)
