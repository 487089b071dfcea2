"""Pieces of Python source to make edits of."""

from __future__ import annotations

import ast
import re

from cornerman.core.actions import TextEdit
from cornerman.features.actions.python_code import PythonCode

WIDTH = 88
_LOOSE = (ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)
_NOT_JOINED = ("#", '"""', "'''", "\\")
_OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


class NotWritableError(Exception):
    """Some source cannot be put elsewhere without a change of its layout."""


class Source:
    """The text of the nodes of a file, as one line each."""

    def __init__(self, code: PythonCode) -> None:
        self.code = code

    def of(self, node: ast.stmt | ast.expr) -> str:
        """The source of a node; raises ``NotWritableError``."""
        text = self.code.text[self.code.start(node) : self.code.end(node)]
        if "\n" not in text and "\r" not in text:
            return text
        if any(mark in text for mark in _NOT_JOINED):
            raise NotWritableError
        return re.sub(r"([(\[{]) ", r"\1", re.sub(r"\s*[\r\n]\s*", " ", text))

    def part(self, node: ast.expr) -> str:
        """The source of an expression as part of a larger one; raises ``NotWritableError``."""
        text = self.of(node)
        is_open = isinstance(node, ast.Tuple) and not text.startswith("(")
        return f"({text})" if is_open or isinstance(node, _LOOSE) else text

    def operand(self, node: ast.expr) -> str:
        """The source of an expression as it can stand beside ``and`` or behind ``not``."""
        return f"({self.of(node)})" if isinstance(node, ast.BoolOp) else self.part(node)

    def opposite(self, node: ast.expr) -> str:
        """The source of ``not node`` as one would write it."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.operand(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPPOSITE:
            sides = self.operand(node.left), self.operand(node.comparators[0])
            return f"{sides[0]} {_OPPOSITE[type(node.ops[0])]} {sides[1]}"
        return f"not {self.operand(node)}"

    def indent(self, node: ast.stmt) -> str:
        """The white space that the statement's line starts with; raises ``NotWritableError``."""
        start = self.code.start(node)
        line = max(self.code.text.rfind("\n", 0, start), self.code.text.rfind("\r", 0, start)) + 1
        indent = self.code.text[line:start]
        if indent.strip():
            raise NotWritableError
        return indent

    def fits(self, node: ast.stmt, text: str) -> bool:
        """Whether ``text`` fits into a line in the place of the statement."""
        return len(self.indent(node).expandtabs(4)) + len(text) <= WIDTH

    def replacing(
        self, first: ast.stmt | ast.expr, last: ast.stmt | ast.expr, text: str
    ) -> TextEdit:
        """The edit that puts ``text`` where ``first`` to ``last`` are."""
        return TextEdit(self.code.start(first), self.code.end(last), text)

    def dedented(self, body: list[ast.stmt], indent: str) -> str:
        """The lines of a body with ``indent`` instead of their own; raises ``NotWritableError``."""
        start, end = self.code.start(body[0]), self.code.end(body[-1])
        text, own = self.code.text[start:end], self.indent(body[0])
        lines = text.split("\n")
        is_deep = all(not line.strip() or line.startswith(own) for line in lines[1:])
        if not is_deep or '"""' in text or "'''" in text or "\\\n" in text:
            raise NotWritableError
        rest = [indent + line[len(own) :] if line.strip() else line for line in lines[1:]]
        return "\n".join([lines[0], *rest])
