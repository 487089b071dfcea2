"""Sources that Python itself cannot take in are sources that do not parse."""

from __future__ import annotations

import ast

import pytest

from cornerman.features.actions.checks.undefined import complaints
from cornerman.features.actions.python_code import UNPARSABLE, parsed

DEEP = f"x = {'-' * 20_000}1\n"


def test_a_source_nested_too_deep_does_not_parse() -> None:
    with pytest.raises(UNPARSABLE):
        ast.parse(DEEP)
    assert parsed(DEEP) is None
    assert complaints(DEEP) is None


def test_a_parser_disturbed_by_another_thread_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def disturbed(_text: str) -> ast.Module:
        raise SystemError

    monkeypatch.setattr(ast, "parse", disturbed)
    assert parsed("undisturbed = 1\n") is None
    assert complaints("undisturbed = 1\n") is None
