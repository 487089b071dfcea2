"""What editors tell of suggestions on show, over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from cornerman.statistics.store import FILE_NAME
from support.rpc import RpcClient
from support.scripted_client import URI, ask_and_wait, scripted


def counted(folder: Path) -> list[tuple[int, int]]:
    """Characters shown and accepted, of each suggestion in the journal."""
    with sqlite3.connect(folder / "STATE" / FILE_NAME) as database:
        return database.execute("SELECT characters, accepted FROM suggestions").fetchall()


async def suggested(client: RpcClient, text: str) -> dict[str, Any]:
    await client.open(URI, text)
    return (await ask_and_wait(client))["items"][0]


async def finish(client: RpcClient) -> None:
    await client.request("shutdown", None)
    await client.notify("exit", None)
    await client.process.wait()


async def test_a_part_that_was_taken_is_counted_in_utf_16_units(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        item = await suggested(client, "answer\nx")
        for length in (2, 3):
            params = {"item": item, "acceptedLength": length}
            await client.notify("textDocument/didPartiallyAcceptCompletion", params)
        await finish(client)
    assert counted(tmp_path) == [(len(item["insertText"]), 3)]


async def test_once_an_editor_tells_what_it_draws_nothing_else_counts(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        first = await suggested(client, "answer\nx")
        await client.notify("textDocument/didShowCompletion", {"item": first})
        await client.open("file:///b.py", "answer\nxyz")
        await ask_and_wait(client, "file:///b.py")
        await finish(client)
    assert counted(tmp_path) == [(len(first["insertText"]), 0)]


async def test_anything_else_is_ignored(tmp_path: Path) -> None:
    not_ours = {"item": {"command": {"command": "other", "arguments": ["1"]}}}
    junk: list[object] = [None, [], {}, {"item": 3}, {"item": {}}, not_ours]
    async with scripted(tmp_path) as client:
        item = await suggested(client, "answer\nx")
        for params in junk:
            for name in ("didShowCompletion", "didPartiallyAcceptCompletion"):
                await client.notify(f"textDocument/{name}", params)
        await finish(client)
    assert counted(tmp_path) == [(len(item["insertText"]), 0)]
