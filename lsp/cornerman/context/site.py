"""From a document and a cursor to a :class:`CompletionSite`."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from cornerman.context.languages import lexicon
from cornerman.context.nearby import Nearby
from cornerman.context.syntax import Prose, SyntaxTree
from cornerman.core.continuation import open_string, read_on
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.lexicon import Lexicon, tokens
from cornerman.core.site import CompletionSite, Extent, indentation

_MAX_STRING = 2_000
_QUOTES = "\"'`"
_IN_WORD = "The cursor is inside a word."
_IN_STRING = "The cursor is inside a string that ends on the same line."
_FINISHED = "The statement is complete."

_nearby = Nearby()


def completion_site(snapshot: DocumentSnapshot, offset: int) -> CompletionSite:
    """The site at ``offset``; decides between silence, a statement, and a block."""
    tree = _nearby.tree(snapshot, offset)
    line = snapshot.index.line_of(offset)
    site = CompletionSite(
        snapshot, offset, line, lexicon=lexicon(snapshot.language_id), syntax=tree
    )
    prose = (tree.prose_around(offset) if tree else None) or _string_on_line(site)
    silence = _silence(site, prose)
    if silence:
        return replace(site, silence=silence)
    mark, is_from_above = _open_string(site)
    if prose is not None or mark:
        is_above = prose is not None and prose.start < snapshot.index.line_start(line)
        return replace(site, is_prose=is_above or is_from_above, open_string=mark)
    return _empty_line_block(site) or _empty_bracket_block(site) or site


def _silence(site: CompletionSite, prose: Prose | None) -> str:
    right = site.line_suffix
    if right[:1].isidentifier() or right[:1].isdigit():
        return _IN_WORD
    if prose is not None:
        rest = site.snapshot.text[site.offset : prose.end]
        is_cut = prose.is_string and prose.end <= site.offset + len(right)
        return _IN_STRING if is_cut and rest.strip(_QUOTES) else ""
    left = site.line_read
    if not right.strip() and site.lexicon.is_finished(left):
        # The semicolons of a loop's head do not end a statement.
        return "" if read_on("", left, site.lexicon).opened else _FINISHED
    return ""


def _string_on_line(site: CompletionSite) -> Prose | None:
    """The string around the cursor, read from its line alone: for languages without grammar."""
    if site.syntax is not None:
        return None
    start = site.offset - len(site.line_read)
    for token in tokens(site.line_read + site.line_suffix[:_MAX_STRING], site.lexicon):
        is_string = token.is_closed and not token.is_comment and not token.is_bracket
        if is_string and start + token.start < site.offset < start + token.end:
            return Prose(start + token.start, start + token.end, is_string=True)
    return None


def _open_string(site: CompletionSite) -> tuple[str, bool]:
    """The mark of a string around the cursor that nothing ends, and if it began on a line above.

    In a document that is broken by such a string the parser takes code for strings.
    """
    mark = open_string(site.line_read, site.lexicon)
    if mark in site.lexicon.long_quotes or (site.syntax and not site.syntax.errors):
        return mark, False
    opened = _open_above(site.enclosing_code(), site.lexicon)
    if opened not in site.lexicon.long_quotes:
        return mark, False
    above = open_string(opened + site.line_read, site.lexicon)
    return (above, True) if above in site.lexicon.long_quotes else (mark, False)


# The same from key to key: what is typed on a line changes nothing above it.
@lru_cache(maxsize=8)
def _open_above(code: str, language: Lexicon) -> str:
    return open_string(code, language)


def _empty_line_block(site: CompletionSite) -> CompletionSite | None:
    """The block that the cursor's blank line is to fill, if it holds no code yet.

    A docstring and comments are not code: a function that has nothing else wants a body.
    """
    if site.line_prefix.strip() or site.line_suffix.strip():
        return None
    opener = _code_line_above(site)
    if opener is None or not site.lexicon.opens_block(opener):
        return None
    indent, cursor_indent = indentation(opener), indentation(site.line_prefix)
    if 0 < cursor_indent <= indent:
        return None
    below = site.next_code_line()
    if below and indentation(below) > indent:
        return None
    return replace(
        site, extent=Extent.BLOCK, block_indent=indent, block_is_open=_is_open(site, opener, below)
    )


def _empty_bracket_block(site: CompletionSite) -> CompletionSite | None:
    """The block between a brace left and a brace right of the cursor."""
    left, right = site.line_prefix.rstrip(), site.line_suffix.strip()
    if not left.endswith("{") or not right.startswith("}") or site.lexicon.is_indented:
        return None
    indent = indentation(left)
    return replace(site, extent=Extent.BLOCK, block_indent=indent, block_is_open=True)


def _is_open(site: CompletionSite, opener: str, below: str) -> bool:
    """True if the document lacks what closes the block that ``opener`` opens."""
    needs_closer = not site.lexicon.is_indented or opener.rstrip()[-1:] in "([{"
    is_closed = indentation(below) == indentation(opener) and site.lexicon.closes_block(below)
    return needs_closer and not is_closed


def _code_line_above(site: CompletionSite) -> str | None:
    tree = site.syntax
    index = site.snapshot.index
    for line in range(site.line - 1, -1, -1):
        text = site.line_text(line)
        code = text.lstrip()
        if not code or site.lexicon.is_comment(code):
            continue
        start = index.line_start(line) + len(text) - len(code)
        if not (isinstance(tree, SyntaxTree) and tree.is_comment_or_docstring(start)):
            return text
    return None
