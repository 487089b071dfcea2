"""From a document and a cursor to a :class:`CompletionSite`."""

from __future__ import annotations

from cornerman.context.syntax import SyntaxTree
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.site import CompletionSite, Extent, indentation

_BLOCK_OPENERS = (":", "{")


def completion_site(snapshot: DocumentSnapshot, offset: int) -> CompletionSite:
    """The site at ``offset``; decides between silence, the rest of the line, and a block."""
    line = snapshot.index.line_of(offset)
    site = CompletionSite(snapshot, offset, line)
    if site.line_suffix[:1].isidentifier() or site.line_suffix[:1].isdigit():
        return CompletionSite(snapshot, offset, line, silence="The cursor is inside a word.")
    if not site.line_prefix.strip() and not site.line_suffix.strip():
        opener_indent = _empty_block_around(snapshot, line, indentation(site.line_prefix))
        if opener_indent is not None:
            return CompletionSite(snapshot, offset, line, Extent.BLOCK, opener_indent)
    return site


def _empty_block_around(snapshot: DocumentSnapshot, line: int, cursor_indent: int) -> int | None:
    """Indentation of the line that opens the block at blank ``line``, if it holds no code yet.

    A docstring and comments are not code: a function that has nothing else wants a body.
    """
    tree = SyntaxTree.of(snapshot)
    above = _next_code_line(snapshot, tree, range(line - 1, -1, -1))
    if above is None or not above.rstrip().endswith(_BLOCK_OPENERS):
        return None
    opener_indent = indentation(above)
    if 0 < cursor_indent <= opener_indent:
        return None
    below = _next_code_line(snapshot, None, range(line + 1, snapshot.index.line_count))
    if below is not None and indentation(below) > opener_indent:
        return None
    return opener_indent


def _next_code_line(
    snapshot: DocumentSnapshot, tree: SyntaxTree | None, lines: range
) -> str | None:
    index = snapshot.index
    for line in lines:
        start = index.line_start(line)
        text = snapshot.text[start : index.line_end(line)]
        code = text.lstrip()
        if not code:
            continue
        if tree is None or not tree.is_comment_or_docstring(start + len(text) - len(code)):
            return text
    return None
