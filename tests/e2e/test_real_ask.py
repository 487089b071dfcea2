"""Questions about a workspace with the real server, the real engine and the real model."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.real_server import real_client
from support.workspaces import write

pytestmark = pytest.mark.timeout(400)

REQUEST_CANCELLED = -32800
FILES = {
    "parcels/shipping.py": (
        "def shipping_costs(weight):\n"
        '    """What it costs to ship a parcel: four euros a kilogram."""\n'
        "    return weight * 4\n"
    ),
    "README.md": "# Parcels\n\n## Refunds\nRefunds take three days.\n",
}


async def test_a_question_is_answered_from_the_workspace_and_can_be_cancelled(
    tmp_path: Path,
) -> None:
    app = tmp_path / "app"
    write(app, FILES)
    folders = [{"uri": app.as_uri(), "name": "app"}]
    async with real_client(tmp_path, workspaceFolders=folders) as client:
        question = "What are the shipping costs of a parcel?"
        wanted = {"question": question, "partialResultToken": "words"}
        params = {"command": "cornerman.ask", "arguments": [wanted]}
        given_up = await client.request("workspace/executeCommand", params)
        await client.wait_for_method("$/progress")
        await client.notify("$/cancelRequest", {"id": given_up})
        assert (await client.answer(given_up))["error"]["code"] == REQUEST_CANCELLED
        # The engine is free again: the same question is answered to its end.
        answer = await client.run_command("cornerman.ask", {"question": question})
    assert answer["found"] is True
    assert "four" in answer["text"] or "4" in answer["text"]
    cited = {citation["path"]: citation for citation in answer["citations"]}
    assert cited["parcels/shipping.py"]["line"] == 1
    for path, citation in cited.items():
        assert citation["endLine"] <= FILES[path].count("\n") + 1
