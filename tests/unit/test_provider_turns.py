"""Providers that are slow, or fail, and what the others get to say meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.context.question import Provider, Question
from cornerman.core.snippets import Snippet
from cornerman.features.surroundings import Search
from support.workspaces import question_at, workspace_of

DEADLINE = 60.0


def snippet(name: str) -> Snippet:
    return Snippet(f"{name}.py", f"def {name}(): ...", "definition", 1.0, name)


@pytest.fixture
def search(tmp_path: Path) -> Search:
    workspace = workspace_of(tmp_path, {"a.py": "x = 1\n"})
    return Search(question_at(workspace, "a.py", "x = ‸\n"))


def test_one_that_hangs_keeps_no_other_waiting_and_counts_once_it_is_back(search: Search) -> None:
    is_back = threading.Event()

    def hanging(_question: Question) -> Iterator[Snippet]:
        assert is_back.wait(DEADLINE)
        yield snippet("late")

    def quick(_question: Question) -> Iterator[Snippet]:
        yield snippet("quick")

    search.begin([Provider("hanging", hanging), Provider("quick", quick)])
    assert [shown.identity for shown in search.chosen(400)] == ["quick"]
    assert not search.is_done
    is_back.set()
    search.finish()
    assert search.is_done
    assert {shown.identity for shown in search.chosen(400)} == {"quick", "late"}
    assert set(search.milliseconds) == {"hanging", "quick"}


def test_what_fails_costs_only_its_own_snippets(search: Search) -> None:
    def broken(_question: Question) -> Iterator[Snippet]:
        yield snippet("before")
        raise KeyError

    search.run([Provider("broken", broken), Provider("other", lambda _: [snippet("other")])])
    assert [found.identity for found in search.found] == ["before", "other"]
    assert search.is_done
