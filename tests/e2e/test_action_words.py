"""Commands that end in words, and where the words are shown, over a real wire."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest

from cornerman.statistics.store import FILE_NAME, LocalJournal
from support.journal import suggested
from support.rpc import RpcClient
from support.scripted_client import (
    CANCELLED,
    INVALID_PARAMS,
    REQUEST_FAILED,
    URI,
    ask_and_wait,
    explain_params,
    lsp_range,
    scripted,
)

SHOWS_FILES = {"window": {"showDocument": {"support": True}}}
DIAGNOSTICS = "textDocument/publishDiagnostics"
CODE = """answer

def helper(x):
    return x

def caller(y):
    return helper(y)
"""
CALLER = lsp_range(5, 0, 6, 20)
WHERE = lsp_range(0, 0, 1, 0)


def command(name: str, **argument: object) -> dict[str, Any]:
    return {"command": f"cornerman.{name}", "arguments": [{"uri": URI, **argument}]}


# Explain


async def test_explain_takes_a_range_and_tells_what_the_code_relies_on(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        await client.open(URI, CODE)
        answer = await client.call("workspace/executeCommand", command("explain", range=CALLER))
    assert answer["text"] == "m: it is d."
    helper = {"name": "helper", "uri": URI, "range": lsp_range(2, 0, 3, 12)}
    assert answer["definitions"] == [helper]


async def test_explain_takes_a_diagnostic(tmp_path: Path) -> None:
    diagnostic = {"range": CALLER, "message": "undefined"}
    async with scripted(tmp_path) as client:
        await client.open(URI, CODE)
        params = command("explain", diagnostic=diagnostic)
        assert (await client.call("workspace/executeCommand", params))["text"].endswith("it is d.")


async def test_explain_needs_a_place(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, CODE)
        error = await client.error("workspace/executeCommand", command("explain"))
    assert error["code"] == INVALID_PARAMS


# Where it is shown


async def shown_file(client: RpcClient, *, succeeds: bool, **argument: Any) -> Path:
    """The file the server had opened with an explanation."""
    asked = await client.request("workspace/executeCommand", explain_params(show=True, **argument))
    show = await client.wait_for_method("window/showDocument")
    reply = {"jsonrpc": "2.0", "id": show["id"], "result": {"success": succeeds}}
    await client.send(reply)
    assert "result" in await client.answer(asked)
    assert show["params"]["takeFocus"] is False
    uri = str(show["params"]["uri"])
    return Path(url2pathname(urlparse(uri).path))


async def test_an_explanation_is_opened_as_a_private_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
    texts = tmp_path / "cache" / "texts"
    texts.mkdir(parents=True)
    ancient = texts / "cornerman-1-1.md"
    ancient.write_text("old")
    os.utime(ancient, (1, 1))
    async with scripted(tmp_path, SHOWS_FILES, initializationOptions={"model": "m"}) as client:
        await client.open(URI, CODE)
        path = await shown_file(client, succeeds=True, range=CALLER)
        assert client.sent_by_server("window/showMessage") == []
    expected = f"m: it is d.\n\nSee [`helper`]({URI}#L3).\n"
    assert path.read_text(encoding="utf-8") == expected
    assert path.suffix == ".md"
    assert [file.name for file in texts.iterdir()] == [path.name]
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


async def test_an_explanation_is_a_message_where_no_file_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
    async with scripted(tmp_path, SHOWS_FILES, initializationOptions={"model": "m"}) as client:
        await client.open(URI, "xyz")
        await shown_file(client, succeeds=False)
        told = await client.wait_for_method("window/showMessage")
    assert told["params"] == {"type": 3, "message": "m: it is y."}


async def test_an_editor_with_nothing_optional_gets_a_message(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        await client.open(URI, "xyz")
        await client.call("workspace/executeCommand", explain_params(show=True))
        told = await client.wait_for_method("window/showMessage")
    assert told["params"] == {"type": 3, "message": "m: it is y."}


# Review


async def reviewed(client: RpcClient) -> dict[str, Any]:
    """The hints published for a document with one remark."""
    await client.open(URI, "answer\nx = 1\n")
    answer = await client.call("workspace/executeCommand", command("review", range=WHERE))
    assert answer == {"comments": [{"range": WHERE, "message": "Say what it returns."}]}
    return (await client.wait_for_method(DIAGNOSTICS))["params"]


async def test_remarks_are_hints(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        published = await reviewed(client)
    hint = {"range": WHERE, "message": "Say what it returns.", "severity": 4, "source": "cornerman"}
    assert published == {"uri": URI, "version": 1, "diagnostics": [hint]}


@pytest.mark.parametrize("way", ["didChange", "didClose", "review"])
async def test_remarks_go_with_what_they_are_about(tmp_path: Path, way: str) -> None:
    async with scripted(tmp_path) as client:
        await reviewed(client)
        document = {"uri": URI, "version": 2}
        if way == "review":
            await client.open(URI, "refuse\n")
            answer = await client.run_command("cornerman.review", {"uri": URI, "range": WHERE})
            assert answer == {"comments": []}
        else:
            changes = {"contentChanges": [{"text": "y"}]} if way == "didChange" else {}
            await client.notify(f"textDocument/{way}", {"textDocument": document, **changes})
        gone = (await client.wait_for_method(DIAGNOSTICS, count=2))["params"]
    assert gone == {"uri": URI, "diagnostics": []}


async def test_a_review_can_be_cancelled_and_names_what_fails(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never\n")
        params = command("review", range=WHERE, workDoneToken="t")
        asked = await client.request("workspace/executeCommand", params)
        await client.wait_for_method("$/progress")
        await client.notify("window/workDoneProgress/cancel", {"token": "t"})
        assert (await client.answer(asked))["error"]["code"] == CANCELLED
        params = command("review", range=WHERE, version=9)
        assert (await client.error("workspace/executeCommand", params))["code"] == REQUEST_FAILED
        assert client.sent_by_server(DIAGNOSTICS) == []


# Statistics


async def test_the_figures_have_no_code_in_them(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        empty: dict[str, object] = {"figures": [], "days": [], "endings": [], "bands": []}
        empty["threshold"] = None
        assert await client.run_command("cornerman.stats") == empty
        await client.open(URI, "answer SECRET")
        accepted = (await ask_and_wait(client))["items"][0]["command"]["arguments"][0]
        await client.run_command("cornerman.accepted", accepted)
        await client.call("shutdown")
        await client.notify("exit")
        assert await client.exit_code() == 0
    async with scripted(tmp_path) as client:
        found = await client.run_command("cornerman.stats", {"days": 2})
        bad = {"command": "cornerman.stats", "arguments": [{"days": 0}]}
        assert (await client.error("workspace/executeCommand", bad))["code"] == INVALID_PARAMS
    [row] = found["figures"]
    assert (row["language"], row["shown"], row["accepted"]) == ("python", 1, 1)
    assert [(day["shown"], day["accepted"]) for day in found["days"]] == [(1, 1)]
    assert "SECRET" not in str(found)


async def test_the_figures_tell_from_where_on_suggestions_are_taken(tmp_path: Path) -> None:
    (tmp_path / "STATE").mkdir()
    journal = LocalJournal(tmp_path / "STATE" / FILE_NAME)
    suggested(journal, 0.07, taken=1, of=40)
    suggested(journal, 0.3, taken=12, of=40)
    await journal.aclose()
    async with scripted(tmp_path) as client:
        found = await client.run_command("cornerman.stats")
    assert found["bands"] == [
        {"low": 0.05, "high": 0.1, "shown": 40, "accepted": 1},
        {"low": 0.2, "high": 0.35, "shown": 40, "accepted": 12},
    ]
    assert found["threshold"] == 0.2
