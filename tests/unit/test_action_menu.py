from __future__ import annotations

import pytest

from cornerman.context.inventory import inventory
from cornerman.context.targets import TargetKind, definitions_in, statements_at
from cornerman.core.actions import ActionKind, Diagnostic
from cornerman.features.actions.available import available_actions
from support.actions import marked

COUNT = """\
def count(text, least=1):
    res = {}
    for x in text.split(","):‸
        if not x in res:
            res[x] = len(x)
    y = []
    for x in res:
        y.append(x)
    return y
"""


def kinds(text: str, language: str = "python") -> set[ActionKind]:
    return {one.kind for one in available_actions(*marked(text, language))}


def test_a_function_can_have_everything_done_to_it() -> None:
    assert kinds(COUNT) == {
        *(ActionKind.INSTRUCTION, ActionKind.SIMPLIFY, ActionKind.CONVERT_LOOP),
        *(ActionKind.IMPROVE_NAMES, ActionKind.ADD_TYPES, ActionKind.DOCUMENT, ActionKind.TEST),
        *(ActionKind.EXPLAIN, ActionKind.REVIEW),
    }


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        (
            COUNT.replace("text, least=1)", "text: str, least: int = 1) -> list"),
            ActionKind.ADD_TYPES,
        ),
        (COUNT.replace("\n", '\n    """Count."""\n', 1), ActionKind.DOCUMENT),
        (
            COUNT.replace("res", "counts").replace("x", "word").replace("y", "words"),
            ActionKind.IMPROVE_NAMES,
        ),
        (COUNT.replace("def count", "def _count"), ActionKind.TEST),
        ("def f(a):‸\n    for b in a:\n        b(a)\n    return b\n", ActionKind.SIMPLIFY),
        ("def f(a):‸\n    for b in a:\n        b(a)\n    return b\n", ActionKind.CONVERT_LOOP),
        ("def f(a):‸\n    for b in a:\n        b(a)\n    return b\n", ActionKind.ADD_TYPES),
        ("def f(a):‸\n    b = a\n    return b\n", ActionKind.CONVERT_LOOP),
        ("def f(a):‸\n    return f'{a}'\n", ActionKind.MODERNIZE),
        (COUNT, ActionKind.TODO),
        (COUNT, ActionKind.EXTRACT_FUNCTION),
    ],
)
def test_what_makes_no_sense_is_not_offered(text: str, absent: ActionKind) -> None:
    assert absent not in kinds(text)


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ('def f(a):‸\n    return "%s" % (a,)\n', ActionKind.MODERNIZE),
        ("def f(a):\n    # TODO: check a‸\n    return a\n", ActionKind.TODO),
        ("def f(a):\n    ‸b = a.x\n    c = a.y‸\n    return b + c\n", ActionKind.EXTRACT_FUNCTION),
        ("class A:‸\n    def f(self):\n        return g(1)\n", ActionKind.DOCUMENT),
        ("‸x = 1‸\n", ActionKind.REVIEW),
    ],
)
def test_what_makes_sense_at_a_place_is_offered(text: str, present: ActionKind) -> None:
    assert present in kinds(text)


def test_nothing_is_offered_where_there_is_nothing() -> None:
    assert kinds("‸\n\n") == set()
    assert kinds("‸just words, no code", "plaintext") == set()


def test_a_comment_says_what_to_do() -> None:
    snapshot, start, end = marked("# cornerman: use a set\n‸def f(a):\n    return a\n")
    first = available_actions(snapshot, start, end)[0]
    assert (first.title, first.instruction) == ("Refactor: use a set", "use a set")
    script, start, end = marked("function f() {\n  /* cornerman: be brief */‸\n}\n", "javascript")
    assert available_actions(script, start, end)[0].instruction == "be brief"


def test_diagnostics_are_fixed_and_explained() -> None:
    snapshot, start, end = marked("‸x‸ = y\n")
    problem = Diagnostic(start, end, "undefined name 'y'")
    first, second = available_actions(snapshot, start, end, [problem])[:2]
    assert (first.kind, first.title) == (ActionKind.FIX, "Fix: undefined name 'y'")
    assert (second.kind, second.diagnostic) == (ActionKind.EXPLAIN, problem)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("javascript", "class A {\n  go(x) {\n    ‸if (x) { return 1 }\n  }\n}\n", "go"),
        ("go", "package p\n\nfunc Go(x int) int {\n\t‸for { }\n}\n", "Go"),
        ("rust", "fn go(x: i32) -> i32 {\n    ‸if x > 1 { 1 } else { 2 }\n}\n", "go"),
        ("java", "class A {\n  int go(int x) {\n    ‸if (x > 1) return 1;\n  }\n}\n", "go"),
        ("c", "int go(int x) {\n  ‸if (x) return 1;\n  return 2;\n}\n", "go"),
        ("ruby", "def go(x)\n  ‸if x\n    1\n  end\nend\n", "go"),
    ],
)
def test_other_languages_have_a_menu_too(language: str, text: str, name: str) -> None:
    menu = available_actions(*marked(text, language))
    titles = {one.kind: one.title for one in menu}
    assert titles[ActionKind.DOCUMENT] == f"Document {name}"
    assert {ActionKind.SIMPLIFY, ActionKind.INSTRUCTION, ActionKind.EXPLAIN} <= titles.keys()
    assert ActionKind.ADD_TYPES not in titles


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def f():\n    ‸a = 1\n    b‸ = 2\n    c = 3\n", "a = 1\n    b = 2"),
        ("def f():\n    a = g(‸1‸)\n    b = 2\n", "a = g(1)"),
        ("if a:\n    b()\n‸else:\n    c()‸\n", "if a:\n    b()\nelse:\n    c()"),
        ("@d\ndef ‸f‸():\n    pass\n", "@d\ndef f():\n    pass"),
        ("x = [\n    ‸1,\n    2,‸\n]\n", "x = [\n    1,\n    2,\n]"),
    ],
)
def test_selections_grow_to_whole_statements(text: str, code: str) -> None:
    snapshot, start, end = marked(text)
    target = statements_at(snapshot, start, end)
    assert target is not None
    assert target.code(snapshot) == code


def test_definitions_of_a_document_are_listed_in_order() -> None:
    snapshot, _, _ = marked("class A:\n    @d\n    def f(self): ...\n\n\ndef g():\n    pass\n‸")
    found = [(target.name, target.kind) for target in definitions_in(snapshot)]
    function, class_ = TargetKind.FUNCTION, TargetKind.CLASS
    assert found == [("A", class_), ("f", function), ("g", function)]


def test_inventories_tell_what_is_gone() -> None:
    old = "def f(a):\n    if a:\n        g(a)  # why\n    raise E\n"
    before = inventory(old, "python")
    assert before.missing_in(inventory(old, "python")) == {}
    after = inventory("def f(a):\n    g(a)\n", "python")
    assert before.missing_in(after) == {"branch": 1, "comment": 1, "raise": 1}
    assert before.missing_in(after, "call") == {}
    assert inventory(old, "no language").missing_in(after) == {}
