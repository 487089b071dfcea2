"""Suggestions in the list of completions, and what is counted about suggestions."""

from __future__ import annotations

from pathlib import Path

from cornerman.statistics.report import report
from cornerman.statistics.store import FILE_NAME
from support.rpc import RpcClient
from support.scripted_client import (
    URI,
    ask_and_wait,
    lsp_range,
    place,
    scripted,
)
from support.scripted_server import COMMAND

POPUP = {"completion": {"popup": True}}


async def test_the_list_is_offered_only_where_the_settings_ask_for_it(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        assert "completionProvider" not in (await client.initialize())["capabilities"]
        await client.open(URI, "answer")
        assert (await client.call("textDocument/completion", place(0, 6)))["items"] == []


async def test_a_suggestion_stands_in_the_list(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        answer = await client.initialize(initializationOptions=POPUP)
        assert "completionProvider" in answer["capabilities"]
        await client.open(URI, "answer\né.wo")
        found = await client.call("textDocument/completion", place(1, 4))
        [item] = found["items"]
        assert found["isIncomplete"] is True
        assert item["textEdit"] == {"range": lsp_range(1, 2, 1, 4), "newText": "wov1@11"}
        assert (item["label"], item["filterText"]) == ("wov1@11", "wov1@11")
        assert await client.run_command("cornerman.accepted", *item["command"]["arguments"]) is None
        assert (await client.run_command("cornerman.why"))[0]["accepted"] is True
        await client.open(URI, "missing")
        assert (await client.call("textDocument/completion", place(0, 0)))["items"] == []


async def test_what_was_shown_and_accepted_is_counted_without_the_code(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer SECRET_SOURCE")
        accepted = (await ask_and_wait(client))["items"][0]["command"]["arguments"][0]
        await client.run_command("cornerman.accepted", accepted)
        await client.call("shutdown")
        await client.notify("exit")
        assert await client.exit_code() == 0
    path = tmp_path / "STATE" / FILE_NAME
    [row] = report(path, 1, 1).figures
    assert (row.language, row.shown, row.accepted, row.characters) == ("python", 1, 1, 4)
    assert b"SECRET" not in path.read_bytes()
    assert b"a.py" not in path.read_bytes()


async def test_statistics_can_be_turned_off(tmp_path: Path) -> None:
    options = {"statistics": {"enabled": False}}
    async with scripted(tmp_path, initializationOptions=options) as client:
        await client.open(URI, "answer")
        assert (await ask_and_wait(client))["items"]
        await client.call("shutdown")
        await client.notify("exit")
        assert await client.exit_code() == 0
    assert not (tmp_path / "STATE" / FILE_NAME).exists()
