"""Syntax trees: what they tell, and that an incremental one tells the same as a new one."""

from __future__ import annotations

import random

import pytest

from cornerman.context.languages import LANGUAGES
from cornerman.context.parsing import ParsedSource, encoded
from cornerman.context.syntax import SyntaxTree
from cornerman.core.documents import DocumentSnapshot
from support.golden import at_cursor

MODULE = '''\
import os

@decorated
class A:
    """A docstring ü 漢 😀."""

    def f(self, x):  # a comment
        return f"{x} {self.g(x)}"

    def g(self, x):
        return "ü"
'''


def tree_of(text: str, uri: str = "file:///a.py", language: str = "python") -> SyntaxTree:
    tree = SyntaxTree.of(DocumentSnapshot(uri, language, 1, text))
    assert tree is not None
    return tree


def nodes(parsed: ParsedSource) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    pending = [parsed.tree.root_node]
    while pending:
        node = pending.pop()
        found.append((node.type, node.start_byte, node.end_byte))
        pending.extend(node.children)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_an_edited_tree_equals_a_new_one(seed: int) -> None:
    """Edits keep the code sound: the parser may recover from errors in more than one way."""
    rng = random.Random(seed)
    pieces = ["x = 1\n", "y = f(x, 'ü')\n", "def g(a):\n    return a\n", "# 漢😀\n", "z = [1]\n"]
    lines = [rng.choice(pieces) for _ in range(40)]
    parsed = ParsedSource.of(LANGUAGES["python"], encoded("".join(lines)))
    for _ in range(60):
        at = rng.randrange(len(lines))
        if rng.random() < 0.4 and len(lines) > 5:
            del lines[at : at + rng.randrange(3)]
        else:
            lines.insert(at, rng.choice(pieces))
        source = encoded("".join(lines))
        parsed = parsed.changed_to(source)
        assert parsed.source == source
        assert nodes(parsed) == nodes(ParsedSource.of(LANGUAGES["python"], source))


def test_typing_reuses_the_tree_and_ends_with_the_same_errors() -> None:
    text = ""
    for char in MODULE:
        text += char
        tree_of(text, "file:///typed.py")
    tree = tree_of(MODULE, "file:///typed.py")
    assert tree.errors == 0
    assert tree_of(MODULE, "file:///typed.py") is tree


def test_a_document_of_endless_lines_has_no_tree() -> None:
    text = "x = 1; " * 10_000
    assert SyntaxTree.of(DocumentSnapshot("file:///a.py", "python", 1, text)) is None


def test_documents_do_not_share_trees() -> None:
    assert tree_of("x = 1\n", "file:///one.py").errors == 0
    assert tree_of("x = = 1\n", "file:///two.py").errors > 0
    assert tree_of("x = 1\n", "file:///one.py").errors == 0
    assert tree_of("{}", "file:///one.py", "json").errors == 0


def test_many_documents_are_forgotten_again() -> None:
    first = tree_of("x = 1\n", "file:///first.py")
    for number in range(20):
        tree_of("x = 1\n", f"file:///{number}.py")
    assert tree_of("x = 1\n", "file:///first.py") is not first


def test_a_document_that_is_too_long_has_no_tree() -> None:
    text = "x = 1\n" * 300_000
    assert SyntaxTree.of(DocumentSnapshot("file:///a.py", "python", 1, text)) is None


def test_errors_with_counts_the_document_as_it_would_be() -> None:
    snapshot, offset = at_cursor("y = 'ü'\nx = ‸\n")
    tree = SyntaxTree.of(snapshot)
    assert tree is not None
    assert tree.errors == 1
    assert tree.errors_with(offset, offset, "1").total == 0
    broken = tree.errors_with(offset, offset, "a b c")
    assert broken.total > 0
    assert broken.inside > 0
    assert tree.errors == 1


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        (MODULE.replace("return f", "‸return f"), "f"),
        (MODULE.replace('"ü"', '"ü"‸'), "g"),
        (MODULE.replace("@deco", "@‸deco"), "A"),
        (MODULE.replace("😀", "😀‸"), "A"),
        (MODULE.replace("import", "‸import"), None),
    ],
)
def test_enclosing_definition(marked: str, name: str | None) -> None:
    snapshot, offset = at_cursor(marked)
    tree = SyntaxTree.of(snapshot)
    assert tree is not None
    found = tree.enclosing_definition(offset)
    assert (found.name if found else None) == name
    if found and name == "A":
        assert snapshot.text[found.start : found.end] == MODULE[MODULE.index("@") :].rstrip()


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ('x = "ü‸b" + y\n', '"üb"'),
        ('x = "ab"‸ + y\n', None),
        ('x = ‸"ab" + y\n', None),
        ('x = f"a {b‸} c"\n', None),
        ('x = f"a‸ {b} c"\n', 'f"a {b} c"'),
        ("# a‸ b\nx\n", "# a b"),
    ],
)
def test_prose_around(marked: str, expected: str | None) -> None:
    snapshot, offset = at_cursor(marked)
    tree = SyntaxTree.of(snapshot)
    assert tree is not None
    prose = tree.prose_around(offset)
    assert (snapshot.text[prose.start : prose.end] if prose else None) == expected
