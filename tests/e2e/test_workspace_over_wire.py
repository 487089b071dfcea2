"""Questions about the workspace, its folders and its files, over a real wire."""

from __future__ import annotations

from pathlib import Path

from support.scripted_client import INVALID_PARAMS, scripted
from support.workspaces import write

FILES = {
    "shop/prices.py": "def load_prices(path):\n    return open(path)\n",
    "README.md": "# Shop\n\n## Refunds\nRefunds take three days.\n",
}
WATCHING = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}


def folder(path: Path) -> dict[str, str]:
    return {"uri": path.as_uri(), "name": path.name}


async def test_an_answer_cites_places_that_exist_and_streams(tmp_path: Path) -> None:
    write(tmp_path / "app", FILES)
    async with scripted(tmp_path, workspaceFolders=[folder(tmp_path / "app")]) as client:
        wanted = {"question": "Where are prices loaded?", "partialResultToken": "t"}
        answer = await client.run_command("cornerman.ask", wanted)
        pieces = [m["params"]["value"]["text"] for m in client.sent_by_server("$/progress")]
    assert answer["found"] is True
    assert answer["text"].endswith("`shop/prices.py:1`.")
    assert "".join(pieces) == answer["text"]
    (citation,) = answer["citations"]
    assert citation == {
        "path": "shop/prices.py",
        "uri": (tmp_path / "app/shop/prices.py").as_uri(),
        "line": 1,
        "endLine": 2,
    }


async def test_what_is_not_in_the_workspace_is_not_answered(tmp_path: Path) -> None:
    write(tmp_path / "app", FILES)
    async with scripted(tmp_path, workspaceFolders=[folder(tmp_path / "app")]) as client:
        wanted = {"question": "Which quantum teleporter is configured?"}
        answer = await client.run_command("cornerman.ask", wanted)
        wrong = {"command": "cornerman.ask", "arguments": [{"question": ""}]}
        error = await client.error("workspace/executeCommand", wrong)
    assert answer == {
        "text": "This was not found in this workspace.",
        "found": False,
        "citations": [],
    }
    assert error["code"] == INVALID_PARAMS


async def test_folders_and_files_are_followed_while_the_server_runs(tmp_path: Path) -> None:
    write(tmp_path / "app", FILES)
    async with scripted(tmp_path, capabilities=WATCHING) as client:
        registered = await client.wait_for_method("client/registerCapability")
        methods = [r["method"] for r in registered["params"]["registrations"]]
        assert methods == ["workspace/didChangeWatchedFiles"]
        wanted = {"question": "How long do refunds take?"}
        assert not (await client.run_command("cornerman.ask", wanted))["found"]
        event = {"added": [folder(tmp_path / "app")], "removed": []}
        await client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        assert (await client.run_command("cornerman.ask", wanted))["found"]
        (tmp_path / "app/README.md").unlink()
        change = {"uri": (tmp_path / "app/README.md").as_uri(), "type": 3}
        await client.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
        assert not (await client.run_command("cornerman.ask", wanted))["found"]
