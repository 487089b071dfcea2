"""Explanations and edits from the command line, with a real engine and the starter model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.cli import main
from support.engine import private_folders

SHOP = """\
def price_with_tax(net, rate=0.2):
    return round(net * (1 + rate), 2)


def total(prices):
    x = 0
    for p in prices:
        x += price_with_tax(p)
    return x
"""


@pytest.fixture(scope="module", autouse=True)
def own_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with private_folders(tmp_path_factory.mktemp("engine")):
        yield


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_bytes(("\ufeff" + SHOP.replace("\n", "\r\n")).encode("utf-8"))
    return path


def test_code_is_explained_with_what_it_relies_on(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", f"{shop}:7"]) == 0
    text, _, links = capsys.readouterr().out.partition("\nRelies on:\n")
    assert len(text.split()) > 10
    assert links == f"- price_with_tax ({shop}:1)\n"


def test_an_edit_is_shown_and_the_file_stays(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shop.read_bytes()
    assert main(["refactor", f"{shop}:5", "--kind", "document"]) == 0
    said = capsys.readouterr()
    added = [line for line in said.out.splitlines() if line.startswith("+") and '"""' in line]
    assert added
    assert "behaviour passed: Nothing but the docstring changes." in said.err
    assert shop.read_bytes() == before


def test_an_edit_is_made_and_the_rest_of_the_file_stays(shop: Path) -> None:
    assert main(["refactor", f"{shop}:1", "--kind", "add-types", "--apply"]) == 0
    after = shop.read_bytes().decode("utf-8")
    assert after.startswith("\ufeffdef price_with_tax(net")
    assert after.count("\r\n") == after.count("\n") == SHOP.count("\n")
    function = ast.parse(after.removeprefix("\ufeff")).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert any(argument.annotation for argument in function.args.args)
    assert after.endswith(SHOP.partition("\n\n\n")[2].replace("\n", "\r\n"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["refactor", "{}:99", "--kind", "simplify"], "no line 99"),
        (["refactor", "{}", "--kind", "simplify"], "no place"),
        (["refactor", "{}:1", "--instruction", " "], "say what to do"),
        (["refactor", "{}:3", "--kind", "test", "--candidates", "9"], "1 to 8"),
        (["refactor", "{}:1", "--kind", "improve-names"], "telling names"),
        (["explain", "{}:0"], "no place"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    arguments: list[str], told: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([argument.format(shop) for argument in arguments]) == 1
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
