"""Where things are in a Python source, in offsets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from weakref import WeakValueDictionary

from cornerman.core.positions import LineIndex

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class PythonCode:
    """A source that parses.

    Raises:
        SyntaxError, ValueError: it does not.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.module = ast.parse(text)
        self._index = LineIndex(text)

    def offset(self, line: int, column: int) -> int:
        """Offset of what ``ast`` calls a line (from 1) and a column (in bytes of UTF-8)."""
        start, end = self._index.line_start(line - 1), self._index.line_end(line - 1)
        text = self.text[start:end]
        if text.isascii():
            return start + column
        return start + len(text.encode("utf-8")[:column].decode("utf-8", "replace"))

    def start(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """Offset where a node starts, decorators included."""
        if isinstance(node, DEFINITIONS) and node.decorator_list:
            # The @ stands before it; nothing else does.
            at = node.decorator_list[0]
            return self.text.rindex("@", 0, self.offset(at.lineno, at.col_offset))
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """Offset where a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def line_numbers(self, start: int, end: int) -> tuple[int, int]:
        """The lines, as ``ast`` counts them, where a range starts and ends."""
        return self._index.line_of(start) + 1, self._index.line_of(end) + 1

    def definition_at(self, start: int) -> Definition | None:
        """The definition that starts at an offset, decorators included."""
        return next((node for node in self._definitions if self.start(node) == start), None)

    def class_around(self, inner: Definition) -> ast.ClassDef | None:
        """The class whose body a definition stands in, None for any other place."""
        classes = (node for node in self._definitions if isinstance(node, ast.ClassDef))
        return next((node for node in classes if inner in node.body), None)

    @cached_property
    def _definitions(self) -> list[Definition]:
        return list(_definitions_in(self.module.body))

    def global_names(self) -> frozenset[str]:
        """The names that the module binds at its top level, in any branch."""
        return self._global_names

    @cached_property
    def _global_names(self) -> frozenset[str]:
        return frozenset(bound_names(self.module.body))


# Python 3.11 counts the depth of what it parses for all threads together: a parse in another thread
# can make this one fail with a SystemError.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError, SystemError)

# A source is parsed once for all who ask while one of them holds it.
_HELD: WeakValueDictionary[str, PythonCode] = WeakValueDictionary()


def parsed(text: str) -> PythonCode | None:
    """The source, or None if it does not parse; shared, so that nobody may change its tree."""
    held = _HELD.get(text)
    if held is not None:
        return held
    try:
        code = PythonCode(text)
    except UNPARSABLE:
        return None
    _HELD[text] = code
    return code


def bound_names(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements bind in their own scope, in any branch; ``*`` for an import."""
    for statement in body:
        if isinstance(statement, DEFINITIONS):
            yield statement.name
            continue
        for node in (statement, *own_nodes(statement)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name).split(".")[0]
            elif isinstance(node, DEFINITIONS):
                yield node.name


def own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's own scope; what is nested comes without its inside."""
    for child in ast.iter_child_nodes(root):
        yield child
        if not isinstance(child, (*DEFINITIONS, ast.Lambda)):
            yield from own_nodes(child)


def arguments(function: Function) -> list[ast.arg]:
    """All parameters in the order they are written in."""
    spec = function.args
    starred = [spec.vararg] if spec.vararg else []
    named = [spec.kwarg] if spec.kwarg else []
    return [*spec.posonlyargs, *spec.args, *starred, *spec.kwonlyargs, *named]


def docstring_node(node: Definition) -> ast.Expr | None:
    """The statement that is the docstring."""
    first = node.body[0] if node.body else None
    has_one = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if isinstance(first, ast.Expr) and has_one and ast.get_docstring(node, clean=False) is not None:
        return first
    return None


def _definitions_in(body: list[ast.stmt]) -> Iterator[Definition]:
    """Definitions anywhere in statements; no expression has to be looked into."""
    for statement in body:
        if isinstance(statement, DEFINITIONS):
            yield statement
        parts = [statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
        for part in parts:
            for field in ("body", "orelse", "finalbody"):
                yield from _definitions_in(getattr(part, field, []))
