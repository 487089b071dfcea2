"""The class of an expression at a cursor, as far as a workspace tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.context.chains import receiver
from cornerman.context.types import Types
from support.workspaces import question_at, workspace_of

FILES = {
    "shop/stock.py": """\
from contextlib import contextmanager
from typing import Callable, Iterator, Optional


class Article:
    def price_with_tax(self) -> float: ...

    def sell_at_auction(self) -> "Receipt": ...


class Receipt:
    def signed_by(self) -> str: ...


class Stock:
    articles: dict[str, list[Article]]

    def __init__(self, first: Optional[Article] = None, **others: object) -> None:
        self.first = first
        self.receipt = None
        self.newest = self.find("newest")

    def load(self) -> None:
        self.receipt = Receipt()

    def find(self, name: str) -> "Article | None": ...

    def copy(self) -> "Stock": ...

    def __getitem__(self, name: str) -> Article: ...


class ColdStock(Stock):
    maker: Callable[[int], Receipt]


DEFAULT_STOCK = ColdStock()


@contextmanager
def opened(path: str) -> Iterator[Stock]: ...
""",
    "shop/__init__.py": "from .stock import Stock as Store\n",
}
HEAD = """\
import shop.stock
from shop import stock as st, Store
from shop.stock import Article, ColdStock, DEFAULT_STOCK, opened


"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a: Article | None = None):\n    a.‸", "Article"),
        ("def f(a: Article):\n    def g():\n        a.‸", "Article"),
        ("def f(rows: list[Article]):\n    rows[0].‸", "Article"),
        ("def f(rows: list[Article]):\n    for row in rows:\n        row.‸", "Article"),
        ("def f(s: Store):\n    s.articles['x'][0].‸", "Article"),
        ("def f(s: Store):\n    s.first.‸", "Article"),
        ("def f(s: Store):\n    s.receipt.‸", "Receipt"),
        ("def f(s: Store):\n    s.newest.sell_at_auction().‸", "Receipt"),
        ("def f(s: ColdStock):\n    s.copy().find(g('x')).‸", "Article"),
        ("def f(s: ColdStock):\n    s.maker(1).‸", "Receipt"),
        ("def f(x):\n    if isinstance(x, Article):\n        x.‸", "Article"),
        ("def f():\n    with opened('x') as stock:\n        stock.‸", "Stock"),
        ("def f():\n    s = st.ColdStock()\n    s.‸", "ColdStock"),
        ("def f():\n    s = shop.stock.ColdStock()\n    s.‸", "ColdStock"),
        ("DEFAULT_STOCK.‸", "ColdStock"),
        ("class Own(Store):\n    def f(self):\n        super().‸", "Stock"),
        ("class Own(Store):\n    def f(self):\n        self.find('x').‸", "Article"),
    ],
)
def test_what_code_says(tmp_path: Path, code: str, expected: str) -> None:
    assert class_at(tmp_path, HEAD + code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(receipt):\n    receipt.‸", "Receipt"),
        ("def f(self):\n    self._cold_stock.‸", "ColdStock"),
        ("def f(x):\n    x.price_with_tax()\n    x.sell_at_auction()\n    x.‸", "Article"),
        ("def f(x):\n    x.signed_by()\n    x.‸", "Receipt"),
        ("def f(x):\n    x.copy()\n    x.‸", ""),
        ("def f(unknown):\n    unknown.‸", ""),
        ("def f():\n    x = x.find()\n    x.‸", ""),
    ],
)
def test_what_names_and_uses_suggest_where_nothing_says_it(
    tmp_path: Path, code: str, expected: str
) -> None:
    assert class_at(tmp_path, code) == expected


def class_at(tmp_path: Path, marked: str) -> str:
    """The name of the class of what stands before the dot at the cursor."""
    question = question_at(workspace_of(tmp_path, FILES), "shop/order.py", marked)
    found = Types(question).of(receiver(question.line_prefix))
    return found.symbol.name if found else ""
