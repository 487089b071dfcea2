"""What a completion on the command line knows of its project: what has been indexed before."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.cli.workspace_folder import indexed_context, open_workspace
from cornerman.settings import ContextSettings
from support.workspaces import room_at, write

FILES = {
    "pyproject.toml": "",
    "prices.py": "def load_prices(path: str) -> int: ...\n",
    "order.py": "from prices import load_prices\n\n\nprice = \n",
}
MARKED = "from prices import load_prices\n\n\nprice = load_prices(‸\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CORNERMAN_STATE_DIR", str(tmp_path / "state"))
    write(tmp_path / "app", FILES)
    return tmp_path / "app"


async def test_an_index_that_is_there_is_used(app: Path) -> None:
    open_workspace(app, ContextSettings())
    context = indexed_context(app / "order.py", ContextSettings())
    assert context is not None
    shown = await context.surroundings(room_at(app, "order.py", MARKED))
    await context.aclose()
    assert [snippet.path for snippet in shown.snippets] == ["prices.py"]


def test_nothing_is_indexed_for_one_completion(app: Path, tmp_path: Path) -> None:
    assert indexed_context(app / "order.py", ContextSettings()) is None
    assert not (tmp_path / "state").exists()
    open_workspace(app, ContextSettings())
    assert indexed_context(app / "order.py", ContextSettings(enabled=False)) is None
