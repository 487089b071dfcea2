"""Indent as the file does, and only where the language allows it."""

from __future__ import annotations

import re

from cornerman.core.continuation import read_on
from cornerman.core.site import CompletionSite, indentation
from cornerman.postprocess.filter import Rejected
from cornerman.postprocess.open_brackets import brackets_above

_LINES_LOOKED_AT = 60
_DEFAULT_UNIT = "    "
_INDENT = re.compile(r"[ \t]*")


def file_indentation(text: str, site: CompletionSite) -> str | Rejected:
    """Write the indentation of new lines in the file's own tabs or spaces."""
    unit = _unit_of([*site.code_lines_above(_LINES_LOOKED_AT), site.line_prefix])
    unit = unit or _unit_of(site.code_lines_below(_LINES_LOOKED_AT))
    if unit is None or "\n" not in text:
        return text
    first, *lines = text.split("\n")
    foreign = " " if unit == "\t" else "\t"
    if not any(line.startswith(foreign) for line in lines):
        return text
    own_unit = _unit_of(lines) or _DEFAULT_UNIT
    return "\n".join([first, *(_rewritten(line, own_unit, unit) for line in lines)])


def possible_indentation(text: str, site: CompletionSite) -> str | Rejected:
    """End the text before the first line whose indentation cannot be, as Python sees it.

    A line may be indented deeper only behind one that opens a block, and must be then; and it
    can return only to the indentation of a line that it stands below.
    """
    if not site.lexicon.has_strict_indents or site.is_prose:
        return text
    code = _first_line_fitted(text.rstrip(), site)
    breaks = site.read_on(code).breaks
    if not breaks:
        return code
    starts = [0, *(offset + 1 for offset in breaks)]
    ends = [*breaks, len(code)]
    levels = _levels_above(site)
    previous: str | None = None
    for start, end in zip(starts, ends, strict=True):
        logical = (site.line_prefix if start == 0 else "") + code[start:end]
        if not logical.strip() or site.lexicon.is_comment(logical):
            continue
        if previous is not None and not _may_follow(logical, previous, levels, site):
            kept = code[: start - 1].rstrip()
            return kept or Rejected("The model's indentation does not fit here.")
        levels = [level for level in levels if level < indentation(logical)]
        levels.append(indentation(logical))
        previous = logical
    return code


def next_line_indentation(text: str, site: CompletionSite) -> str | Rejected:
    """Reject text that opens no block where the line below the cursor is indented deeper."""
    if not site.lexicon.has_strict_indents or site.is_prose or site.open_string:
        return text
    line = (site.line_prefix + text).rpartition("\n")[2]
    below = site.next_code_line()
    if indentation(below) <= indentation(line) or site.line_suffix.strip():
        return text
    reading = read_on(site.line_read, text, site.lexicon)
    left_open = read_on("", site.line_read + text, site.lexicon).opened
    goes_on = bool(left_open or reading.open_string) or line.endswith("\\")
    is_free = any(map(site.lexicon.is_comment, (line, below))) or site.lexicon.opens_block(line)
    if goes_on or is_free or brackets_above(site):
        return text
    return Rejected("The suggestion does not fit the indentation of the next line.")


def _first_line_fitted(text: str, site: CompletionSite) -> str:
    """The text without white space that indents the cursor's line deeper than it can be."""
    if not text[:1].isspace() or text.startswith("\n") or site.line_prefix.strip():
        return text
    above = next(iter(site.code_lines_above(1)), "")
    own, typed = indentation(site.line_prefix + text), indentation(site.line_prefix)
    is_body = site.lexicon.opens_block(above) and typed <= indentation(above) < own
    is_level = not site.line_prefix and own in _levels_above(site)
    return text if is_body or is_level or brackets_above(site) else text.lstrip(" \t")


def _may_follow(line: str, previous: str, levels: list[int], site: CompletionSite) -> bool:
    indent, before = indentation(line), indentation(previous)
    # The last of several lines tells whether a block follows, the first how deep they stand.
    if site.lexicon.opens_block(previous.rpartition("\n")[2]):
        return indent > before
    return indent == before or (indent < before and indent in levels)


def _levels_above(site: CompletionSite) -> list[int]:
    """The indentations that a line at the cursor may return to, from the outermost on."""
    levels: list[int] = []
    limit = indentation(site.line_prefix) if site.line_prefix.strip() else None
    for line in range(site.line - 1, -1, -1):
        text = site.line_text(line)
        indent = indentation(text)
        if text.strip() and (limit is None or indent < limit):
            levels.append(indent)
            limit = indent
        if limit == 0:
            break
    return [*reversed(levels), 0] if 0 not in levels else levels[::-1]


def _unit_of(lines: list[str]) -> str | None:
    """One level of indentation as these lines write it; None if none of them is indented."""
    widths: set[int] = set()
    for line in lines:
        if line.startswith("\t"):
            return "\t"
        width = len(line) - len(line.lstrip(" "))
        # A single column is the inside of a block comment.
        if width > 1:
            widths.add(width)
    return " " * min(widths) if widths else None


def _rewritten(line: str, own_unit: str, unit: str) -> str:
    indent = _INDENT.match(line)
    width = indent.end() if indent else 0
    columns = indentation(line, tab_width=len(own_unit) if own_unit != "\t" else len(unit))
    size = len(own_unit) if own_unit != "\t" else len(unit)
    levels, rest = divmod(columns, size)
    return unit * levels + " " * rest + line[width:]
