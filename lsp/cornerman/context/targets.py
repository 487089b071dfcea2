"""What an action at a place works on: a function, a class or whole statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from tree_sitter import Node

from cornerman.context.languages import LanguageSpec, spec
from cornerman.context.syntax import SyntaxTree
from cornerman.core.documents import DocumentSnapshot

# Parts of a compound statement that are no statements of their own.
_CLAUSES = re.compile(r"(elif|else|except|finally|case|catch|when|rescue|ensure)\w*")
# What has parts on lines of their own that are no statements.
_NO_BLOCKS = re.compile(
    r"decorated_definition|list|array|object|dictionary|tuple|set|arguments|.*parameters|.*_literal"
    r"|(argument|expression|pattern|initializer|field_initializer)_list|call|.*comprehension"
    r"|parenthesized_.*|.*operator|binary_expression|call_expression|concatenated_string|literal.*"
)
_CLASSES = re.compile(r"class|interface|struct|enum|impl|trait|module|record|type_declaration")
_LAMBDAS = frozenset({"arrow_function", "function_expression", "func_literal"})
_REST_OF_LINE = re.compile(r"[;,]?[ \t]*(#|//|/\*|--|$)")


class TargetKind(str, Enum):
    """What the code of a target is."""

    FUNCTION = "function"
    CLASS = "class"
    STATEMENTS = "statements"


FUNCTIONS = frozenset({TargetKind.FUNCTION})
DEFINITIONS = frozenset({TargetKind.FUNCTION, TargetKind.CLASS})


@dataclass(frozen=True, slots=True)
class Target:
    """Whole statements at offsets ``start`` to ``end``, decorators included.

    ``start`` stands behind the indentation of the first line. ``name`` is "" for statements.
    """

    kind: TargetKind
    name: str
    start: int
    end: int

    def code(self, snapshot: DocumentSnapshot) -> str:
        """The text of the target; its first line lacks its indentation."""
        return snapshot.text[self.start : self.end]


def definition_at(
    snapshot: DocumentSnapshot, start: int, end: int, *, kinds: frozenset[TargetKind]
) -> Target | None:
    """The innermost named definition of one of ``kinds`` that holds ``start`` to ``end``."""
    tree, language = SyntaxTree.of(snapshot), spec(snapshot.language_id)
    if tree is None or language is None:
        return None
    start, end = _trimmed(snapshot.text, start, end)
    path = tree.nodes_around(start)
    for outer, node in reversed(list(zip([None, *path], path, strict=False))):
        if tree.span(node)[1] < end:
            continue
        is_decorated = outer is not None and outer.type == "decorated_definition"
        found = _definition(tree, language, node, outer if outer and is_decorated else node)
        if found is not None and found.kind in kinds:
            return found
    return None


def statements_at(snapshot: DocumentSnapshot, start: int, end: int) -> Target | None:
    """The fewest whole statements that cover ``start`` to ``end``; a definition if it is one.

    None where there is no code, and for a language without a grammar.
    """
    tree, language = SyntaxTree.of(snapshot), spec(snapshot.language_id)
    start, end = _trimmed(snapshot.text, start, end)
    if tree is None or language is None or not snapshot.text[start:].strip():
        return None
    for node in reversed(tree.nodes_around(start)):
        children = [child for child in node.children if _overlaps(tree, child, start, end)]
        if not children or tree.span(node)[1] < end or _NO_BLOCKS.fullmatch(node.type):
            continue
        if _CLAUSES.fullmatch(children[0].type):
            continue
        first, last = tree.span(children[0])[0], tree.span(children[-1])[1]
        if first > start or last < end or not _is_whole_lines(snapshot.text, first, last):
            continue
        if len(children) == 1:
            whole = _definition(tree, language, children[0], children[0])
            if whole is not None:
                return whole
        return Target(TargetKind.STATEMENTS, "", first, last)
    return None


def definitions_in(snapshot: DocumentSnapshot) -> list[Target]:
    """Every named function and class of a document, in order, nested ones included."""
    tree, language = SyntaxTree.of(snapshot), spec(snapshot.language_id)
    if tree is None or language is None:
        return []
    found: list[Target] = []
    stack = tree.nodes_around(0)[:1]
    while stack:
        node = stack.pop()
        target = _definition(tree, language, node, node)
        last = found[-1] if found else None
        is_again = target and last and (target.name, target.end) == (last.name, last.end)
        if target is not None and not is_again:
            found.append(target)
        stack += reversed(node.children)
    return found


def _definition(tree: SyntaxTree, language: LanguageSpec, node: Node, whole: Node) -> Target | None:
    if node.type == "decorated_definition":
        node = node.child_by_field_name("definition") or node
    name = node.child_by_field_name("name") or _declared_name(node)
    if node.type not in language.definitions or node.type in _LAMBDAS or name is None:
        return None
    kind = TargetKind.CLASS if _CLASSES.search(node.type) else TargetKind.FUNCTION
    start, end = tree.span(whole)
    name_start, name_end = tree.span(name)
    return Target(kind, tree.text[name_start:name_end], start, end)


def _declared_name(node: Node) -> Node | None:
    """The name inside of a C declarator."""
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.child_by_field_name("declarator") is not None:
        inner = inner.child_by_field_name("declarator")
    return inner


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without the white space at its ends; a cursor in indentation moves to the code."""
    selected = text[start:end]
    if selected.strip():
        start += len(selected) - len(selected.lstrip())
        return start, start + len(selected.strip())
    while start < len(text) and text[start] in " \t":
        start += 1
    return start, start


def _overlaps(tree: SyntaxTree, node: Node, start: int, end: int) -> bool:
    first, last = tree.span(node)
    return first < max(end, start + 1) and last > start


def _is_whole_lines(text: str, start: int, end: int) -> bool:
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    rest = text[end:].split("\n", 1)[0].split("\r", 1)[0]
    return not text[line_start:start].strip() and _REST_OF_LINE.match(rest) is not None
