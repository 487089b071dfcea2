"""Expressions like ``self.rows[0].style()``, read from text: as half a line has no tree.

The links of a chain are names in order; ``()`` stands behind one that is called, ``[]`` behind one
that is subscripted, whatever is between the brackets.
"""

from __future__ import annotations

import re

_DOT = re.compile(r"\??(?:\.|->|::)\w*$")
_JOINT = re.compile(r"\s*\??(?:\.|->|::)$")
_FORWARD_JOINT = re.compile(r"\??(?:\.|->|::)")
_NAME = re.compile(r"[^\W\d]\w*")
_NAME_AT_END = re.compile(r"[^\W\d]\w*$")
_BEFORE_VALUE = re.compile(r"(?:(?:await|new)\s+)*")
_DEFINES = re.compile(r"\b(?:def|class|function|func|fn|fun|struct|interface)\s+$")
_CLOSERS = ")]"
# An argument list that begins further back than this is none, or no help.
_LONGEST_CALL = 800
_LONGEST_NAME = 100


def receiver(line_prefix: str) -> str:
    """The expression before the dot that the cursor stands behind, "" if there is none."""
    dot = _DOT.search(line_prefix)
    return _ending_at(line_prefix, dot.start()) if dot else ""


def callee(text: str) -> str:
    """The expression whose arguments are written at the end of ``text``, "" if there is none."""
    opened = _open_bracket(text)
    if opened is None or text[opened] != "(":
        return ""
    found = _ending_at(text, opened)
    return "" if _DEFINES.search(text, 0, opened - len(found)) else found


def links(expression: str) -> tuple[str, ...]:
    """The links of the chain at the start of ``expression``; none if it starts with none."""
    start = _BEFORE_VALUE.match(expression)
    at, found = start.end() if start else 0, list[str]()
    while name := _NAME.match(expression, at):
        link, at = name[0], name.end()
        while at < len(expression) and expression[at] in "([":
            link += "()" if expression[at] == "(" else "[]"
            at = _behind(expression, at)
        found.append(link)
        joint = _FORWARD_JOINT.match(expression, at)
        if joint is None:
            break
        at = joint.end()
    return tuple(found)


def _ending_at(text: str, end: int) -> str:
    """The chain that ends at offset ``end``; "" where something else than a name begins it."""
    at = end
    while True:
        while at and text[at - 1] in _CLOSERS:
            at = _matching(text, at - 1)
        name = _NAME_AT_END.search(text, max(at - _LONGEST_NAME, 0), at)
        if name is None:
            return ""
        joint = _JOINT.search(text, max(name.start() - 3, 0), name.start())
        if joint is None:
            return text[name.start() : end]
        at = joint.start()


def _matching(text: str, closer: int) -> int:
    """Where the bracket is opened that is closed at ``closer``; 0 if it is not."""
    depth = 0
    for at in range(closer, max(closer - _LONGEST_CALL, 0) - 1, -1):
        depth += (text[at] in ")]") - (text[at] in "([")
        if not depth:
            return at
    return 0


def _open_bracket(text: str) -> int | None:
    """Where the innermost bracket is that is still open at the end of ``text``."""
    depth = 0
    for at in range(len(text) - 1, max(len(text) - _LONGEST_CALL, 0) - 1, -1):
        depth += (text[at] in ")]}") - (text[at] in "([{")
        if depth < 0:
            return at
    return None


def _behind(text: str, opener: int) -> int:
    """The offset behind the bracket that is opened at ``opener``; the end if it stays open."""
    depth = 0
    for at in range(opener, len(text)):
        depth += (text[at] in "([") - (text[at] in ")]")
        if not depth:
            return at + 1
    return len(text)
