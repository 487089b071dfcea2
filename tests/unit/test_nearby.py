"""The beginning of a long document stands for all of it where a suggestion is tried."""

from __future__ import annotations

import pytest

from cornerman.context.nearby import Nearby
from cornerman.context.syntax import SyntaxTree
from cornerman.core.documents import DocumentSnapshot

FUNCTIONS = [
    f"def function_{n}(first, second):\n    total = first + {n}\n    return total * second\n"
    for n in range(1_000)
]
LONG = "\n\n".join(FUNCTIONS)
CURSOR = LONG.index("    return total", len(LONG) // 2)


def typed(line: str) -> tuple[DocumentSnapshot, int]:
    text = f"{LONG[:CURSOR]}    {line}\n{LONG[CURSOR:]}"
    return DocumentSnapshot("file:///long.py", "python", 1, text), CURSOR + 4 + len(line)


def near(nearby: Nearby, line: str) -> tuple[SyntaxTree, SyntaxTree, int]:
    snapshot, offset = typed(line)
    tree, whole = nearby.tree(snapshot, offset), SyntaxTree.of(snapshot)
    assert tree is not None
    assert whole is not None
    return tree, whole, offset


def test_a_long_document_ends_behind_the_cursor_between_two_functions() -> None:
    tree, whole, offset = near(Nearby(), "x = 1")
    assert whole.text.startswith(tree.text)
    assert whole.text[len(tree.text) :].startswith("def ")
    assert 1_000 <= len(tree.text) - offset <= 2_000


def test_while_somebody_types_it_ends_at_the_same_place() -> None:
    nearby = Nearby()
    _, whole, _ = near(nearby, "x = 1")
    first, _, _ = near(nearby, "x = 1")
    rest = whole.text[len(first.text) :]
    for line in ("x", "x = f(", 'x = f("', 'x = f("a', "x = [1,\n        2]\n    y"):
        tree, whole, _ = near(nearby, line)
        assert whole.text == tree.text + rest


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("x = ", "first"),
        ("x = ", "first +"),
        ("x = ", "first)"),
        ("x = f(", "first)"),
        ('x = f("', 'a")'),
        ("if first", " > 1:\n        return second"),
        ("", "def inner():\n        return 1"),
    ],
)
def test_errors_are_the_same_as_in_the_whole_document(line: str, text: str) -> None:
    nearby = Nearby()
    near(nearby, "x = 1")
    tree, whole, offset = near(nearby, line)
    one = tree.errors_with(offset, offset, text)
    other = whole.errors_with(offset, offset, text)
    assert (one.total > 0, one.inside > 0) == (other.total > 0, other.inside > 0)


def test_another_place_ends_elsewhere() -> None:
    nearby = Nearby()
    near(nearby, "x = 1")
    snapshot = DocumentSnapshot("file:///long.py", "python", 2, LONG)
    tree = nearby.tree(snapshot, 100)
    assert tree is not None
    assert len(tree.text) < 3_000


def test_a_short_document_and_one_without_top_level_are_used_whole() -> None:
    short = DocumentSnapshot("file:///short.py", "python", 1, LONG[:5_000])
    bracket = DocumentSnapshot("file:///bracket.py", "python", 1, "x = [\n" + "    1,\n" * 9_000)
    for snapshot in (short, bracket):
        assert Nearby().tree(snapshot, 1_000) is SyntaxTree.of(snapshot) is not None


def test_offsets_count_characters_in_any_script() -> None:
    text = "# žluťoučký 😀\n" + LONG
    snapshot = DocumentSnapshot("file:///script.py", "python", 1, text)
    tree = Nearby().tree(snapshot, 5_000)
    assert tree is not None
    assert text[len(tree.text) :].startswith("def ")


def test_while_somebody_types_the_whole_document_is_not_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nearby, (snapshot, offset) = Nearby(), typed("x = 1")
    nearby.tree(snapshot, offset)
    monkeypatch.delattr(SyntaxTree, "of")
    for line in ("x = 1", "x = 12", 'x = f("', ""):
        tree = nearby.tree(*typed(line))
        assert tree is not None
        assert tree.text.endswith(LONG[CURSOR : len(tree.text) - len(line) - 5])
