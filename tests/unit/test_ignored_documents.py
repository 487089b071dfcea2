"""A document that is open and ignored: nothing of it is shown beside others, nor in answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.snippets import Snippet
from cornerman.features.surroundings import History, Search
from cornerman.features.workspace import Workspace, retrieve
from support.workspaces import question_at, workspace_of, write

PRIVATE = "def total_of_private_prices(prices): ...\n"
USE = "from private import total_of_private_prices\n\nprices = [1]\ntotal_of_private_prices(‸"
QUESTION = "Where is the total of private prices?"


def shown_beside(workspace: Workspace, history: History) -> tuple[Snippet, ...]:
    search = Search(question_at(workspace, "use.py", USE, history))
    search.run()
    return search.chosen(4000)


@pytest.mark.parametrize("is_ignored_at_first", [True, False])
def test_it_is_in_no_other_prompt_and_no_answer(tmp_path: Path, is_ignored_at_first: bool) -> None:
    ignored = {".gitignore": "private.py\n"}
    workspace = workspace_of(tmp_path, ignored if is_ignored_at_first else {"readme.md": "# A\n"})
    private = question_at(workspace, "private.py", PRIVATE + "‸").file
    history = History(visited=[private])
    if not is_ignored_at_first:
        assert "total_of_private_prices" in str(shown_beside(workspace, history))
        assert not retrieve(workspace, QUESTION).is_weak
        write(tmp_path / "app", ignored)
        workspace.refresh([tmp_path / "app/.gitignore"])
    assert "def total_of_private_prices" not in str(shown_beside(workspace, history))
    assert retrieve(workspace, QUESTION).is_weak
    assert workspace.index.named("total_of_private_prices") == []
    assert private not in workspace.index.all_files()
