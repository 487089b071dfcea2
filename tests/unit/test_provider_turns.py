"""Providers that are slow, or fail, and what the others get to say meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.context.question import Provider, Question
from cornerman.core.snippets import Snippet
from cornerman.features import surroundings
from cornerman.features.surroundings import Search
from support.workspaces import question_at, workspace_of


def snippet(name: str) -> Snippet:
    return Snippet(f"{name}.py", f"def {name}(): ...", "definition", 1.0, name)


@pytest.fixture
def search(tmp_path: Path) -> Search:
    workspace = workspace_of(tmp_path, {"a.py": "x = 1\n"})
    return Search(question_at(workspace, "a.py", "x = ‸\n"))


def test_a_slow_provider_goes_on_after_all_others(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "_TURN_SECONDS", 0.0)

    def slow(_question: Question) -> Iterator[Snippet]:
        yield snippet("first")
        yield snippet("second")
        assert not search.is_done

    def quick(_question: Question) -> Iterator[Snippet]:
        yield snippet("quick")

    search.run([Provider("slow", slow), Provider("quick", quick)])
    assert [found.identity for found in search.found] == ["first", "quick", "second"]
    assert search.is_done
    assert set(search.milliseconds) == {"slow", "quick"}


def test_what_fails_costs_only_its_own_snippets(search: Search) -> None:
    def broken(_question: Question) -> Iterator[Snippet]:
        yield snippet("before")
        raise KeyError

    search.run([Provider("broken", broken), Provider("other", lambda _: [snippet("other")])])
    assert [found.identity for found in search.found] == ["before", "other"]
    assert search.is_done
