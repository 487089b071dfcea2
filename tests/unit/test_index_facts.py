"""What the index notes about a file, language by language."""

from __future__ import annotations

import pytest

from cornerman.context.index.extract import facts_of
from cornerman.context.index.facts import Import
from cornerman.context.languages import LANGUAGES

PYTHON = '''
import os.path as p
from .models import User as U, Group
from app import *

LIMIT = 3


class Account(Base, mixin.Named):
    """An account.

    With more to say.
    """

    kind: str = "plain"

    def __init__(self, owner: U) -> None:
        self.owner = owner
        self.total: float = 0

    @property
    def balance(
        self,
        currency: str = "EUR",
    ) -> float:
        return compute(self.total)  # not_mentioned


async def load(path): ...
'''


def test_python_symbols_have_kind_container_signature_and_doc() -> None:
    facts = facts_of(PYTHON, "python")
    found = {s.full_name: s for s in facts.symbols}
    assert {name: s.kind for name, s in found.items()} == {
        "LIMIT": "variable",
        "Account": "class",
        "Account.kind": "attribute",
        "Account.__init__": "method",
        "Account.owner": "attribute",
        "Account.total": "attribute",
        "Account.balance": "method",
        "load": "function",
    }
    assert found["Account"].signature == "class Account(Base, mixin.Named):"
    assert found["Account"].doc == "An account."
    balance = found["Account.balance"]
    assert balance.signature == 'def balance( self, currency: str = "EUR", ) -> float:'
    assert PYTHON.split("\n")[balance.first].strip() == "@property"
    assert PYTHON.split("\n")[balance.last].startswith("        return compute")


def test_values_of_either_case_are_the_modules_own() -> None:
    code = (
        "try:\n    FAST = load()\nexcept ImportError:\n    FAST, SLOW = None, 1\n    PLAIN = 2\n"
        "if FAST:\n    MODE = 1\nelse:\n    OTHER = 2\n\n\ndef f():\n    inner = 1\n"
    )
    found = {symbol.full_name: symbol.kind for symbol in facts_of(code, "python").symbols}
    names = dict.fromkeys(("FAST", "PLAIN", "MODE", "OTHER"), "variable")
    assert found == {**names, "f": "function"}


def test_of_an_attribute_the_first_value_that_says_something_counts() -> None:
    code = (
        "class A:\n    def __init__(self):\n        self.b = None\n        self.c: int = None\n\n"
        "    def m(self):\n        self.b = B()\n        self.b = C()\n        self.c = 1\n"
    )
    found = {symbol.name: symbol.signature for symbol in facts_of(code, "python").symbols}
    assert found["b"] == "self.b = B()"
    assert found["c"] == "self.c: int = None"


def test_python_imports_keep_dots_and_aliases() -> None:
    assert facts_of(PYTHON, "python").imports == (
        Import("os.path", "", "p"),
        Import(".models", "User", "U"),
        Import(".models", "Group", "Group"),
        Import("app", "*", "*"),
    )


def test_names_are_of_code_only() -> None:
    names = facts_of(PYTHON, "python").names
    assert {"compute", "Account", "LIMIT"} <= names
    assert not {"not_mentioned", "With", "plain"} & names


@pytest.mark.parametrize(
    ("language", "text", "symbols", "imports"),
    [
        (
            "typescript",
            (
                "import { a as b } from './x';\n/** Doc. */\nexport class K extends F {\n"
                "  size = 3;\n  m(x: string) { return x; }\n}\nexport const f = 1;\n"
            ),
            {"K", "K.size", "K.m", "f"},
            {Import("./x", "a", "b")},
        ),
        (
            "go",
            (
                'package x\nimport u "a/url"\ntype T struct {\n A int\n}\n'
                'func (t *T) M(a int) string { return "" }\n'
            ),
            {"T", "T.A", "M"},
            {Import("a/url", "", "url")},
        ),
        (
            "rust",
            "use crate::a::{B, C as D};\nstruct S { a: i32 }\nimpl S { fn new() -> S { S {} } }\n",
            {"S", "S.a", "S.new"},
            {Import("crate::a", "B", "B"), Import("crate::a", "C", "D")},
        ),
        (
            "java",
            "import a.b.C;\nclass K { int f; int m(String s) { return 1; } }",
            {"K", "K.f", "K.m"},
            {Import("a.b", "C", "C")},
        ),
        (
            "c",
            '#include "a/b.h"\n#define N 3\nstruct S { int a; };\nint f(int *b) { return 1; }\n',
            {"N", "S", "S.a", "f"},
            {Import("a/b.h", "", "h")},
        ),
        (
            "ruby",
            "require 'a/b'\nX = 3\nclass K < J\n  def m(a)\n    1\n  end\nend\n",
            {"X", "K", "K.m"},
            {Import("a/b", "", "b")},
        ),
    ],
)
def test_other_languages(language: str, text: str, symbols: set[str], imports: set[Import]) -> None:
    facts = facts_of(text, language)
    assert {s.full_name for s in facts.symbols} == symbols
    assert set(facts.imports) == imports


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_takes_broken_text(language: str) -> None:
    facts = facts_of("class }{ ( def x \x00 'unended\n", language)
    assert facts.language_id == language
