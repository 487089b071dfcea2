"""The progress of an action, its cancel button and its end, over a real wire."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.rpc import RpcClient
from support.scripted_client import CANCELLED, URI, lsp_range, scripted

OWN_PROGRESS = {"window": {"workDoneProgress": True}}
WHERE = lsp_range(0, 0, 0, 0)


async def begin(client: RpcClient, script: str, token: object = None) -> int:
    """Ask for an edit that ends as ``script`` says."""
    await client.open(URI, f"{script}\n")
    arguments = [{"uri": URI, "range": WHERE, "apply": False}]
    params: dict[str, Any] = {"command": "cornerman.todo", "arguments": arguments}
    if token is not None:
        params["workDoneToken"] = token
    return await client.request("workspace/executeCommand", params)


def shown(client: RpcClient, token: object) -> list[dict[str, Any]]:
    messages = [message["params"] for message in client.sent_by_server("$/progress")]
    return [params["value"] for params in messages if params["token"] == token]


async def test_with_the_clients_token_it_is_shown_from_begin_to_end(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.answer(await begin(client, "answer", "t"))
        first, *others, last = shown(client, "t")
    assert first == {"kind": "begin", "title": "Completing", "cancellable": True}
    assert [value["message"] for value in others] == ["attempt 1, 12 tokens, 34 tokens/s"]
    assert last == {"kind": "end"}


@pytest.mark.parametrize("way", ["the progress", "the request"])
async def test_cancelling_ends_the_work_and_the_progress(tmp_path: Path, way: str) -> None:
    async with scripted(tmp_path) as client:
        asked = await begin(client, "never", 5)
        await client.wait_for_method("$/progress")
        if way == "the progress":
            await client.notify("window/workDoneProgress/cancel", {"token": 5})
        else:
            await client.notify("$/cancelRequest", {"id": asked})
        assert (await client.answer(asked))["error"]["code"] == CANCELLED
        assert [value["kind"] for value in shown(client, 5)][-1] == "end"


async def test_a_token_that_is_over_cancels_nothing(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.answer(await begin(client, "answer", 5))
        await client.notify("window/workDoneProgress/cancel", {"token": 5})
        again = await client.answer(await begin(client, "answer", 5))
    assert again["result"]["status"] == "offered"


async def test_what_takes_long_gets_a_progress_of_the_server(tmp_path: Path) -> None:
    async with scripted(tmp_path, OWN_PROGRESS) as client:
        asked = await begin(client, "never")
        create = await client.wait_for_method("window/workDoneProgress/create")
        token = create["params"]["token"]
        assert shown(client, token) == []
        await client.send({"jsonrpc": "2.0", "id": create["id"], "result": None})
        await client.wait_for_method("$/progress")
        [value] = shown(client, token)
        assert value["message"] == "attempt 1, 12 tokens, 34 tokens/s"
        await client.notify("window/workDoneProgress/cancel", {"token": token})
        assert (await client.answer(asked))["error"]["code"] == CANCELLED
        assert shown(client, token)[1:] == [{"kind": "end"}]


async def test_what_is_quick_gets_none(tmp_path: Path) -> None:
    async with scripted(tmp_path, OWN_PROGRESS) as client:
        assert "result" in await client.answer(await begin(client, "answer"))
        assert client.sent_by_server("window/workDoneProgress/create") == []


async def test_a_client_that_refuses_a_progress_has_its_answer_all_the_same(
    tmp_path: Path,
) -> None:
    async with scripted(tmp_path, OWN_PROGRESS) as client:
        asked = await begin(client, "never")
        create = await client.wait_for_method("window/workDoneProgress/create")
        error = {"code": -32601, "message": "SECRET"}
        await client.send({"jsonrpc": "2.0", "id": create["id"], "error": error})
        await client.run_command("cornerman.why")
        await client.notify("$/cancelRequest", {"id": asked})
        assert (await client.answer(asked))["error"]["code"] == CANCELLED
        assert client.sent_by_server("$/progress") == []
    assert "SECRET" not in (tmp_path / "log").read_text()
