"""What the import statements of a file bring in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from cornerman.context.index.facts import Import

_QUOTED = re.compile(r"[\"'<]([^\"'<>\n]+)[\"'>]")
_BRACES = re.compile(r"\{([^{}]*)\}")
_RENAMED = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")
_DEFAULT = re.compile(r"import\s+(?:type\s+)?([\w$]+)\s*(?:,|from)")
_NAMESPACE = re.compile(r"\*\s+as\s+([\w$]+)")
_PATH = re.compile(r"[\w$][\w$.:\\*]*")
_KEYWORDS = frozenset({"import", "static", "use", "using", "pub", "global", "function", "const"})
_SEPARATOR = re.compile(r"::|[.\\]")


def imports_in(node: Node, language_id: str) -> tuple[Import, ...]:
    """The names that one import of the language's syntax brings in."""
    if language_id == "python":
        return tuple(_python(node))
    text = _text(node)
    if language_id.startswith(("javascript", "typescript")):
        return tuple(_script(text))
    quoted = _QUOTED.search(text)
    if quoted is not None:
        return (Import(quoted[1], "", re.split(r"[/.]", quoted[1])[-1]),)
    return tuple(_by_path(text))


def _python(node: Node) -> Iterator[Import]:
    module = node.child_by_field_name("module_name")
    source = _text(module) if module is not None else ""
    for child in node.children_by_field_name("name"):
        name_node, alias_node = child, None
        if child.type == "aliased_import":
            name_node = child.child_by_field_name("name") or child
            alias_node = child.child_by_field_name("alias")
        name = _text(name_node)
        alias = _text(alias_node) if alias_node is not None else ""
        if source:
            yield Import(source, name, alias or name)
        else:
            yield Import(name, "", alias or name)
    if source and any(child.type == "wildcard_import" for child in node.children):
        yield Import(source, "*", "*")


def _script(text: str) -> Iterator[Import]:
    quoted = _QUOTED.search(text)
    if quoted is None:
        return
    module = quoted[1]
    if default := _DEFAULT.match(text):
        yield Import(module, "default", default[1])
    if namespace := _NAMESPACE.search(text):
        yield Import(module, "", namespace[1])
    if braces := _BRACES.search(text):
        for part in _RENAMED.finditer(braces[1].replace("type ", "")):
            yield Import(module, part[1], part[2] or part[1])


def _by_path(text: str) -> Iterator[Import]:
    """Imports that spell a path of names, as in Java, Rust, C# and PHP."""
    head = text.partition("{")[0]
    paths = [part for part in _PATH.findall(head) if part not in _KEYWORDS]
    if not paths:
        return
    path = paths[0].strip(":.\\")
    braces = _BRACES.search(text)
    if braces is not None:
        for part in _RENAMED.finditer(braces[1]):
            yield Import(path, part[1], part[2] or part[1])
        return
    names = _SEPARATOR.split(path)
    alias = paths[2] if len(paths) > 2 and paths[1] == "as" else names[-1]
    module = path[: -len(names[-1])].rstrip(":.\\")
    yield Import(module or path, names[-1] if module else "", alias)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
