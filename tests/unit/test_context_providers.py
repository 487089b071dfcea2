"""Each provider at a cursor in a small workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from cornerman.context.providers import (
    called,
    definitions,
    enclosing_class,
    installed_packages,
    members,
    problems,
    recent_edits,
    similar_code,
    visited_files,
)
from cornerman.context.question import Diff, Problem, Question
from cornerman.core.snippets import Snippet
from cornerman.features.surroundings import History
from support.workspaces import question_at, workspace_of, write

Find = Callable[[Question], Iterable[Snippet]]

FILES = {
    "shop/prices.py": '''\
class Base:
    def close(self) -> None: ...


class PriceList(Base):
    """All prices."""

    currency: str = "EUR"

    def __init__(self, path: str) -> None:
        self.path = path
        self._cache = {}

    def gross_of(self, article: str, rate: float) -> float: ...

    @property
    def base(self) -> Base: ...


def load_prices(path: str, *, strict: bool = False) -> PriceList: ...
''',
    "shop/use.py": """\
from shop.prices import load_prices


def invoice(articles, rate):
    prices = load_prices("prices.csv")
    rows = []
    for article in articles:
        rows.append(prices.gross_of(article, rate))
    return rows
""",
    "tests/test_order.py": "def test_total_of_an_order(): ...\n",
}
HEAD = "from shop.prices import PriceList, load_prices\nimport shop.prices as pr\n\n\n"


def found(find: Find, tmp_path: Path, marked: str, history: History | None = None) -> list[Snippet]:
    workspace = workspace_of(tmp_path, FILES)
    return list(find(question_at(workspace, "shop/order.py", marked, history)))


@pytest.mark.parametrize(
    ("code", "has", "lacks"),
    [
        (
            "def f(p: PriceList):\n    p.‸",
            ["def gross_of(self", "currency: str", "close"],
            "load_prices",
        ),
        ("def f(p: 'PriceList | None'):\n    p.‸", ["gross_of"], "load_prices"),
        ("def f():\n    p = load_prices('x')\n    p.‸", ["gross_of"], "load_prices"),
        (
            "def f():\n    p = PriceList('x')\n    q = p.base\n    p.base.‸",
            ["close"],
            "load_prices",
        ),
        ("def f():\n    pr.‸", ["load_prices", "class PriceList"], "gross_of"),
        (
            (
                "class Shop:\n    def __init__(self, prices: PriceList):\n"
                "        self.prices = prices\n\n    def f(self):\n        self.prices.‸"
            ),
            ["gross_of"],
            "load_prices",
        ),
        ("class Own(PriceList):\n    def f(self):\n        self.‸", ["_cache", "close"], "load"),
    ],
)
def test_members_of_what_stands_before_the_dot(
    tmp_path: Path, code: str, has: list[str], lacks: str
) -> None:
    text = "\n".join(s.text for s in found(members.members, tmp_path, HEAD + code))
    assert all(wanted in text for wanted in has), text
    assert lacks not in text


def test_what_is_private_comes_last(tmp_path: Path) -> None:
    first, *_ = found(members.members, tmp_path, HEAD + "def f(p: PriceList):\n    p.‸")
    lines = first.text.split("\n")
    assert {line.split()[0] for line in lines[-2:]} == {"def", "_cache"}
    assert "__init__" in first.text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "p = load_prices('x', ‸",
            "def load_prices(path: str, *, strict: bool = False) -> PriceList: ...",
        ),
        (
            "p = PriceList('x')\np.gross_of(‸",
            "class PriceList:\n    def gross_of(self, article: str, rate: float) -> float: ...",
        ),
        (
            "def f(unknown):\n    unknown.gross_of(\n        ‸",
            "class PriceList:\n    def gross_of(self, article: str, rate: float) -> float: ...",
        ),
        (
            "p = PriceList(‸",
            "class PriceList(Base):\n    def __init__(self, path: str) -> None: ...",
        ),
    ],
)
def test_the_signature_of_what_is_called(tmp_path: Path, code: str, expected: str) -> None:
    assert [s.text for s in found(called.called, tmp_path, HEAD + code)] == [expected]


def test_nothing_is_called_behind_a_call_or_in_a_definition(tmp_path: Path) -> None:
    for code in ("p = load_prices('x')\n‸", "def load_prices(‸", "x = (‸"):
        assert found(called.called, tmp_path, HEAD + code) == []


def test_what_is_imported_and_not_used_yet_is_likely(tmp_path: Path) -> None:
    snippets = found(definitions.definitions, tmp_path, HEAD + "PriceList\n\n\n\nx = ‸\n")
    assert max(snippets, key=lambda snippet: snippet.score).text.startswith("def load_prices")


def test_members_of_a_name_made_from_itself_end(tmp_path: Path) -> None:
    code = "def f(p):\n    p = p.next()\n    p.‸"
    assert found(members.members, tmp_path, HEAD + code) == []


def test_definitions_of_what_is_imported_the_likeliest_first(tmp_path: Path) -> None:
    code = "def f():\n    price_load = ‸\n"
    snippets = found(definitions.definitions, tmp_path, HEAD + code)
    best = max(snippets, key=lambda snippet: snippet.score)
    assert best.text == "def load_prices(path: str, *, strict: bool = False) -> PriceList: ..."
    assert best.path == "shop/prices.py"
    assert any("class PriceList(Base):\n    def __init__" in s.text for s in snippets)


def test_names_without_import_are_found_where_files_are_imported(tmp_path: Path) -> None:
    header = "int frobnicate(int count, char *name) { return 1; }\n"
    workspace = workspace_of(tmp_path, {"a.h": header})
    marked = '#include "a.h"\nint main() {\n  frobnicate(‸\n}\n'
    snippets = list(definitions.definitions(question_at(workspace, "main.c", marked)))
    assert "int frobnicate(int count, char *name)" in [s.text for s in snippets]


def test_lines_elsewhere_that_are_like_those_at_the_cursor(tmp_path: Path) -> None:
    code = (
        "def total(articles, rate):\n    prices = load_prices('p.csv')\n"
        "    for article in articles:\n        ‸"
    )
    snippets = found(similar_code.similar_code, tmp_path, HEAD + code)
    assert snippets
    assert snippets[0].path == "shop/use.py"
    assert "rows.append(prices.gross_of(article, rate))" in snippets[0].text


def test_the_class_around_the_cursor_where_it_is_not_shown(tmp_path: Path) -> None:
    body = "".join(f"    def m{n}(self): ...\n\n" for n in range(6))
    code = f"class Own(PriceList):\n{body}    def last(self):\n        x = ‸"
    snippets = found(enclosing_class.enclosing_class, tmp_path, HEAD + code)
    own = snippets[0].text
    assert own.startswith("class Own(PriceList):\n    def m0(self): ...")
    assert "last" not in own
    assert any("gross_of" in snippet.text for snippet in snippets[1:])


def test_recent_edits_as_diffs(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, FILES)
    other = workspace.locate((tmp_path / "app/shop/use.py").as_uri())
    assert other is not None
    history = History(edits=[Diff(other, "rate = 1", "rate = vat_rate()")])
    question = question_at(workspace, "shop/order.py", "rate = ‸\n", history)
    snippets = list(recent_edits.recent_edits(question))
    assert [s.text for s in snippets] == ["- rate = 1\n+ rate = vat_rate()"]


def test_the_test_of_a_file_and_the_file_of_a_test(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, FILES)
    of_source = question_at(workspace, "shop/order.py", "x = ‸\n")
    assert [s.path for s in visited_files.counterpart(of_source)] == ["tests/test_order.py"]
    of_test = question_at(workspace, "tests/test_prices.py", "x = ‸\n")
    snippets = list(visited_files.counterpart(of_test))
    assert [s.path for s in snippets] == ["shop/prices.py"]
    assert "def load_prices" in snippets[0].text


def test_what_visited_files_define(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, FILES)
    visited = workspace.locate((tmp_path / "app/shop/use.py").as_uri())
    assert visited is not None
    question = question_at(workspace, "shop/order.py", "x = ‸\n", History(visited=[visited]))
    assert [s.text for s in visited_files.visited_files(question)] == [
        "def invoice(articles, rate): ..."
    ]


def test_problems_near_the_cursor(tmp_path: Path) -> None:
    near, far = Problem(1, "Cannot find name 'rate'\nmore"), Problem(40, "far away")
    snippets = found(problems.problems, tmp_path, "a = 1\nb = ‸\n", History(problems=[near, far]))
    assert [s.text for s in snippets] == ["# Cannot find name 'rate'"]


def test_signatures_of_installed_packages(tmp_path: Path) -> None:
    site = ".venv/lib/python3.11/site-packages/"
    package = {
        f"{site}lib/__init__.py": "from .inner import Client\n",
        f"{site}lib/inner.py": "class Client:\n    def __init__(self, base: str, retries=3): ...\n",
    }
    workspace = workspace_of(tmp_path, FILES)
    write(tmp_path / "app", package)
    marked = "from lib import Client\n\nc = Client(‸)\n"
    question = question_at(workspace, "shop/order.py", marked)
    snippets = list(installed_packages.installed_packages(question))
    assert [s.text for s in snippets] == [
        "class Client:\n    def __init__(self, base: str, retries=3): ..."
    ]
