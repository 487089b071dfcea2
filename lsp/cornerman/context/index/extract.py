"""From a file's text to its :class:`FileFacts`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Query, QueryCursor

from cornerman.context.index.facts import FileFacts, Import, Symbol
from cornerman.context.index.imports import imports_in
from cornerman.context.index.queries import EXTRA
from cornerman.context.languages import LanguageSpec, grammar, spec
from cornerman.context.parsing import ParsedSource, encoded
from cornerman.core.lexicon import Lexicon, tokens
from cornerman.core.secrets import masked

_MAX_SIGNATURE = 1_200
_MAX_DOC = 120
_MAX_SYMBOLS = 5_000
_NAME = re.compile(r"[^\W\d]\w{2,}")
# The first value of what gets its true one later.
_SAYS_LITTLE = re.compile(r"^[^:]*=\s*(?:None|\[\]|\{\}|\"\"|'')$")
_SPACES = re.compile(r"\s+")
_COMMENT_MARKS = re.compile(r"^[\s/*#!\"'-]+|[\s/*\"']+$")
_TYPE_WORDS = ("class", "struct", "interface", "trait", "enum", "impl", "type", "module", "record")


def facts_of(text: str, language_id: str) -> FileFacts:
    """What can be said about a file; of a language without a grammar, only its names.

    Secrets are masked before anything is noted.
    """
    text = masked(text)
    language = spec(language_id)
    if language is None:
        return FileFacts(language_id, names=frozenset(_NAME.findall(text)))
    parsed = ParsedSource.of(language, encoded(text))
    lines = text.split("\n")
    symbols = tuple(_symbols(parsed, language_id, lines))[:_MAX_SYMBOLS]
    imports = tuple(_imports(parsed, language_id))
    return FileFacts(language_id, symbols, imports, names_in(text, language.lexicon))


def names_in(text: str, lexicon: Lexicon) -> frozenset[str]:
    """The names in the code of ``text``, apart from its comments and strings."""
    code: list[str] = []
    end = 0
    for token in tokens(text, lexicon):
        if not token.is_bracket:
            code.append(text[end : token.start])
            end = token.end
    code.append(text[end:])
    return frozenset(_NAME.findall(" ".join(code)))


def _symbols(parsed: ParsedSource, language_id: str, lines: list[str]) -> list[Symbol]:
    """Symbols in the order of their places; an outer one comes before what it holds.

    A value that is empty at first stands in the place of its first assignment with a later one.
    """
    around: list[tuple[int, str, bool]] = []
    symbols: list[Symbol] = []
    values: dict[tuple[str, str], int] = {}
    for node, is_definition in _found(parsed, language_id):
        name = _name(node) if is_definition else _text(node)
        if not name:
            continue
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        in_class = bool(around) and around[-1][2]
        is_own = not is_definition and node.parent is not None and node.parent.type == "attribute"
        if is_own:  # ``self.name``: it belongs to the class, not to the method.
            while around and not around[-1][2]:
                around.pop()
        container = ".".join(outer[1] for outer in around)
        if is_definition:
            is_type = any(word in node.type for word in _TYPE_WORDS)
            kind = "class" if is_type else "method" if in_class else "function"
            around.append((node.end_byte, name, is_type))
            symbols.append(_definition(parsed, node, name, kind, container, lines))
            continue
        row = node.start_point.row
        kind = "attribute" if container else "variable"
        value = Symbol(name, kind, container, _shortened(lines[row]), "", row, row)
        known = values.setdefault((container, name), len(symbols))
        if known == len(symbols):
            symbols.append(value)
        elif _SAYS_LITTLE.search(symbols[known].signature):
            symbols[known] = value
    return symbols


def _found(parsed: ParsedSource, language_id: str) -> list[tuple[Node, bool]]:
    """Definitions and names of values, sorted by where they start."""
    definitions, values, _ = _queries(parsed.language, language_id)
    found: list[tuple[Node, bool]] = []
    for query, is_definition in ((definitions, True), (values, False)):
        if query is not None:
            captured = QueryCursor(query).captures(parsed.tree.root_node)
            key = "definition" if is_definition else "name"
            found += [(node, is_definition) for node in captured.get(key, ())]
    found.sort(key=lambda item: (item[0].start_byte, -item[0].end_byte))
    return found


def _imports(parsed: ParsedSource, language_id: str) -> Iterator[Import]:
    query = _queries(parsed.language, language_id)[2]
    if query is not None:
        nodes = QueryCursor(query).captures(parsed.tree.root_node).get("import", [])
        for node in sorted(nodes, key=lambda node: node.start_byte):
            yield from imports_in(node, language_id)


@cache
def _queries(
    language: LanguageSpec, language_id: str
) -> tuple[Query | None, Query | None, Query | None]:
    extra = EXTRA.get(language_id)
    tree = grammar(language)
    # Related languages share a row of definitions, of which each grammar has some.
    known = (kind for kind in sorted(language.definitions) if tree.id_for_node_kind(kind, True))
    kinds = " ".join(f"({kind})" for kind in known)
    sources = (
        f"[{kinds}] @definition" if kinds else "",
        extra.values if extra else "",
        extra.imports if extra else "",
    )
    made = [Query(tree, source) if source else None for source in sources]
    return made[0], made[1], made[2]


def _definition(
    parsed: ParsedSource, node: Node, name: str, kind: str, container: str, lines: list[str]
) -> Symbol:
    body = node.child_by_field_name("body")
    end = body.start_byte if body is not None else node.end_byte
    head = parsed.source[node.start_byte : end].decode("utf-8", "replace")
    if body is None:
        head = head.partition("\n")[0]
    first = node.start_point.row
    while first and lines[first - 1].lstrip().startswith("@"):
        first -= 1
    doc = _doc(body) or _comment_above(lines, first, parsed.language.lexicon)
    return Symbol(name, kind, container, _shortened(head), doc, first, node.end_point.row)


def _doc(body: Node | None) -> str:
    """The first line of a docstring."""
    statements = body.named_children[:1] if body is not None else []
    if statements and statements[0].type == "expression_statement":
        statements = statements[0].named_children[:1]
    if not statements or statements[0].type != "string":
        return ""
    return _first_line(_text(statements[0]).lstrip("rRbBuUfF"))


def _comment_above(lines: list[str], first: int, lexicon: Lexicon) -> str:
    start = first
    while start and first - start < 20 and _is_comment(lines[start - 1], lexicon):
        start -= 1
    return _first_line("\n".join(lines[start:first]))


def _is_comment(line: str, lexicon: Lexicon) -> bool:
    return lexicon.is_comment(line) or line.lstrip().startswith("*")


def _first_line(prose: str) -> str:
    for line in prose.split("\n"):
        bare = _COMMENT_MARKS.sub("", line)
        if bare:
            return bare[:_MAX_DOC]
    return ""


def _name(node: Node) -> str:
    """The name of a definition, wherever its grammar has put it."""
    named: Node | None = node.child_by_field_name("name")
    inner: Node | None = node.child_by_field_name("declarator")
    while inner is not None:  # As in C, where the name is at the heart of its declarators.
        named, inner = inner, inner.child_by_field_name("declarator")
    named = named or node.child_by_field_name("type")
    if named is not None:
        return _text(named)
    if node.type == "type_declaration" and node.named_children:
        return _name(node.named_children[0])
    return ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _shortened(text: str) -> str:
    return _SPACES.sub(" ", text).strip()[:_MAX_SIGNATURE]
