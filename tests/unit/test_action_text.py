"""Explanations, reviews and tests: what the model is shown and what becomes of its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.actions import ActionKind, ActionRequest, DefinitionLink, Offer, OfferStatus
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.core.generation import Message
from cornerman.core.snippets import Snippet
from cornerman.features.actions.placement import placement_of
from cornerman.features.actions.testing import write_tests
from cornerman.features.explain import definitions_used, explain
from cornerman.features.review import review
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, ActionSettings
from support.actions import Answers, fenced, marked, request_in

MODEL = find(STARTER_MODEL)
SHOP = """\
class Cart:
    def total(self):
        return sum(self.prices)


def label(cart):
    return f"{cart.total()}"


def show(cart: Cart):‸
    print(label(cart))
    print(unknown)
"""


async def question_about(text: str, problem: str = "", **more: tuple[Snippet, ...]) -> str:
    """What the model is asked by an explanation of ``text``."""
    engine = Answers(("It shows a cart.\n",))
    request = request_in(text, ActionKind.EXPLAIN, problem=problem)
    stream = explain(request, ActionSettings(), MODEL, engine, **more)
    assert "".join([chunk.text async for chunk in stream]) == "It shows a cart.\n"
    prompt = engine.requests[0].prompt
    assert isinstance(prompt, tuple)
    assert isinstance(prompt[-1], Message)
    return prompt[-1].content


async def test_the_definition_around_the_cursor_is_explained() -> None:
    question = await question_about(SHOP)
    assert question.startswith("Explain `show` from `sample.py`:")
    assert "print(label(cart))" in question
    assert "sum(self.prices)" not in question
    assert question.endswith("It uses: `class Cart`; `def label(cart)`")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def pay(cart):\n    return cart‸", "`pay`"),
        ("def pay(cart):\n    return cart\n‸", "`pay`"),
        ("def pay(cart):\n    return cart\n\n\n    ‸", "`pay`"),
        ("class Cart:\n    def a(self):\n        return 1‸\n\n    def b(self): ...\n", "`a`"),
        ("def pay(cart):\n    return cart\n‸\nx = 1\n", "`this code`"),
        ("def pay(cart):\n    return cart\n\nx = 1‸", "`this code`"),
        ("‸", "`this code`"),
    ],
)
async def test_a_cursor_behind_code_belongs_to_it(text: str, name: str) -> None:
    assert (await question_about(text)).startswith(f"Explain {name} from")


async def test_a_selection_or_a_diagnostic_is_explained() -> None:
    selected = SHOP.replace("‸", "").replace("print(unknown)", "‸print(unknown)‸")
    question = await question_about(selected)
    assert "Explain `this code`" in question
    assert "print(label(cart))" not in question
    question = await question_about(selected, problem="undefined name")
    assert "Explain `show` from `sample.py`, above all why there is: undefined name:" in question


async def test_definitions_of_other_files_can_be_added() -> None:
    snippet = Snippet("cart.py", "def unknown():\n    pass\n", "index", 1.0, "cart.unknown")
    question = await question_about(SHOP, surroundings=(snippet,))
    assert question.endswith("; def unknown():")


def test_definitions_that_were_used_can_be_found() -> None:
    snapshot, start, _ = marked(SHOP)
    assert definitions_used(snapshot, start, start) == (
        DefinitionLink("Cart", snapshot.uri, 0, 2),
        DefinitionLink("label", snapshot.uri, 5, 6),
    )
    line = snapshot.text.index("print(unknown)")
    assert definitions_used(snapshot, line, line + 14) == ()


async def reviewed(text: str, answer: str) -> list[tuple[str, str]]:
    """The lines with remarks, and the remarks."""
    request = request_in(text, ActionKind.REVIEW)
    remarks = await review(
        request, ActionSettings(), MODEL, Answers((answer,)), on_progress=lambda _progress: None
    )
    return [(request.snapshot.text[one.start : one.end], one.message) for one in remarks]


async def test_remarks_stand_at_the_lines_they_name() -> None:
    answer = "3: This name is not defined anywhere.\n- Line 2: label is called for each cart\n"
    assert await reviewed(SHOP, answer) == [
        ("print(label(cart))", "label is called for each cart"),
        ("print(unknown)", "This name is not defined anywhere."),
    ]


@pytest.mark.parametrize(
    "answer",
    ["none", "99: Out of reach of the code.", "0: Before the first line of it.", "2: Bad.", "Hm?"],
)
async def test_what_is_no_remark_about_a_line_is_left_out(answer: str) -> None:
    assert await reviewed(SHOP, answer) == []


async def test_reviews_need_code_of_a_reasonable_length() -> None:
    with pytest.raises(BadInputError, match="no code"):
        await reviewed("‸\n\n", "")
    with pytest.raises(BadInputError, match="80 lines"):
        await reviewed("‸" + "x = 1\n" * 90 + "‸", "")


SOURCE = "def double(a):\n    return 2 * a\n"
TESTS = """
def test_double():
    assert double(2) == 4


def test_nothing():
    assert True
"""


def saved(path: Path, text: str = SOURCE) -> ActionRequest:
    """A request for tests of the function in a file, which is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    snapshot = DocumentSnapshot(path.as_uri(), "python", 1, text)
    return ActionRequest(ActionKind.TEST, snapshot, 4, 4)


async def offer_for(request: ActionRequest, *answers: str) -> Offer:
    return await write_tests(
        request,
        ActionSettings(candidates=len(answers)),
        MODEL,
        Answers(answers),
        on_progress=lambda _progress: None,
    )


async def test_tests_go_into_a_new_file_beside_their_siblings(tmp_path: Path) -> None:
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "unit" / "test_other.py").write_text("", encoding="utf-8")
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text("", encoding="utf-8")
    offer = await offer_for(saved(tmp_path / "src" / "shop" / "cart.py"), fenced(TESTS))
    edit = offer.edits[0]
    assert (offer.status, edit.creates) == (OfferStatus.OFFERED, True)
    assert edit.uri == (tmp_path / "tests" / "unit" / "test_cart.py").as_uri()
    body = "def test_double():\n    assert double(2) == 4\n"
    assert edit.applied() == f"from shop.cart import double\n\n\n{body}"


async def test_tests_are_added_to_the_file_that_exists(tmp_path: Path) -> None:
    existing = "import pytest\n\n\ndef test_old():\n    assert pytest\n"
    (tmp_path / "cart_test.py").write_text(existing, encoding="utf-8")
    offer = await offer_for(saved(tmp_path / "cart.py"), fenced(TESTS))
    edit = offer.edits[0]
    assert (edit.creates, edit.snapshot.text) == (False, existing)
    assert edit.applied() == (
        "import pytest\nfrom cart import double\n\n\ndef test_old():\n    assert pytest\n\n\n"
        "def test_double():\n    assert double(2) == 4\n"
    )
    compile(edit.applied(), "tests", "exec")


def test_unsaved_text_of_an_open_test_file_counts(tmp_path: Path) -> None:
    path = tmp_path / "test_cart.py"
    opened = DocumentSnapshot(path.as_uri(), "python", 5, "unsaved = 1\n")
    source = DocumentSnapshot((tmp_path / "cart.py").as_uri(), "python", 1, SOURCE)
    found = placement_of(source, {opened.uri: opened})
    assert (found.snapshot, found.exists) == (opened, True)


@pytest.mark.parametrize(
    "answer",
    [
        "def test_double(:",
        "def test_double():\n    assert True\n",
        "def test_double():\n    double(2)\n",
        "def test_double():\n    assert double(two) == 4\n",
    ],
)
async def test_tests_that_test_nothing_are_refused(answer: str, tmp_path: Path) -> None:
    offer = await offer_for(saved(tmp_path / "cart.py"), fenced(answer), fenced(answer))
    assert (offer.status, offer.edits) == (OfferStatus.REFUSED, ())


async def test_private_functions_get_no_tests(tmp_path: Path) -> None:
    private = saved(tmp_path / "cart.py", "def _f():\n    return 1\n")
    offer = await offer_for(private, "")
    assert "public functions" in offer.reason
