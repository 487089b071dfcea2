"""What a piece of code is made of, counted from its syntax tree.

Two inventories are compared to see whether a rewrite has silently lost something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from cornerman.context.languages import LanguageSpec, spec
from cornerman.context.parsing import ParsedSource, encoded

# Node types of all grammars, by what they stand for.
_PARTS = {
    "branch": r"(if|elif|unless)(_statement|_expression|_clause|_let_expression)?|else_clause"
    r"|conditional_expression|ternary_expression|case(_clause|_statement)|switch_case"
    r"|match_arm|expression_case|when",
    "loop": r"(for|while|do|foreach|loop|enhanced_for|for_in)(_statement|_expression|_clause)?"
    r"|until|for_in_clause",
    "return": r"return(_statement|_expression)?",
    "raise": r"raise_statement|throw(_statement|_expression)",
    "yield": r"yield(_expression|_statement)?",
    "await": r"await(_expression)?",
    "handler": r"except(_group)?_clause|catch_clause|finally_clause|rescue|ensure|defer_statement",
    "assertion": r"assert_statement",
    "resource": r"with_statement|using_statement",
    "jump": r"(break|continue)(_statement|_expression)?",
    "import": r"import(_from)?_statement|import_declaration|use_declaration",
}
_PART_OF = re.compile("|".join(f"(?P<{name}>{types})" for name, types in _PARTS.items()))
_CALLS = re.compile(
    r"call|call_expression|method_invocation|invocation_expression|function_call"
    r"|macro_invocation|new_expression|object_creation_expression|command"
)


@dataclass(frozen=True, slots=True)
class Inventory:
    """How often each thing occurs, by what it is and, for calls and the like, its text."""

    counts: Counter[tuple[str, str]]

    def missing_in(self, other: Inventory, *parts: str) -> dict[str, int]:
        """How many of each of ``parts`` (all, if none is named) the other one has fewer of."""
        missing: Counter[str] = Counter()
        for (part, _), count in (self.counts - other.counts).items():
            if not parts or part in parts:
                missing[part] += count
        return dict(missing)

    def total(self, part: str) -> int:
        """How many there are of one part."""
        return sum(count for (name, _), count in self.counts.items() if name == part)


def inventory(code: str, language_id: str) -> Inventory:
    """The inventory of ``code``; empty for a language without a grammar."""
    language = spec(language_id)
    if language is None:
        return Inventory(Counter())
    parsed = ParsedSource.of(language, encoded(code))
    return Inventory(Counter(_things(parsed.tree.root_node, language)))


def identifiers(code: str, language_id: str) -> Counter[tuple[str, str]]:
    """How often each leaf of the tree occurs that is a name, by node type and text."""
    language = spec(language_id)
    if language is None:
        return Counter()
    parsed = ParsedSource.of(language, encoded(code))
    names = (node for node in _nodes(parsed.tree.root_node) if "identifier" in node.type)
    return Counter((node.type, _text(node)) for node in names if not node.child_count)


def _things(root: Node, language: LanguageSpec) -> Iterator[tuple[str, str]]:
    for node in _nodes(root):
        if not node.is_named:
            continue
        if match := _PART_OF.fullmatch(node.type):
            yield match.lastgroup or "", ""
        elif _CALLS.fullmatch(node.type):
            yield "call", _callee(node)
        elif node.type in language.definitions:
            name = node.child_by_field_name("name")
            yield "definition", _text(name) if name else ""
        elif node.type in language.comments:
            yield "comment", " ".join(_text(node).split())
        elif node.type in language.strings or "string_content" in node.type:
            yield "string", _text(node) if not node.named_child_count else ""
        elif "number" in node.type or node.type in ("integer", "float"):
            yield "number", _text(node)


def _callee(call: Node) -> str:
    """The last name of what is called."""
    fields = ("function", "name", "method", "constructor", "macro", "type")
    named = (call.child_by_field_name(field) for field in fields)
    callee = next((node for node in named if node is not None), None)
    return re.split(r"[.:>\s]", _text(callee))[-1] if callee is not None else ""


def _nodes(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.children)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
