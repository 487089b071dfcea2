"""Inline completion over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from support.rpc import encode
from support.scripted_client import (
    CANCELLED,
    EMPTY,
    INTERNAL_ERROR,
    OTHER_URI,
    URI,
    ask_and_wait,
    explain_params,
    inline_params,
    latest_reason,
    lsp_range,
    result,
    scripted,
)
from support.scripted_server import MISSING


async def test_an_answer_is_a_list_with_an_explicit_range_and_a_command(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer\né😋x")
        answer = await result(client, await client.ask_completion(URI, 1, 3))
    place = {"line": 1, "character": 3}
    command = {"title": "Accept the suggestion", "command": "cornerman.accepted"}
    item = {
        "insertText": "v1@9",
        "range": {"start": place, "end": place},
        "command": {**command, "arguments": ["1"]},
    }
    assert answer == {"items": [item]}


async def test_a_request_sees_the_document_as_it_was_sent_or_is_not_answered(
    tmp_path: Path,
) -> None:
    def change(version: int) -> bytes:
        document = {"uri": URI, "version": version}
        changes = [{"text": "answer\n" + "x" * version}]
        params = {"textDocument": document, "contentChanges": changes}
        return encode({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})

    def ask(request_id: str) -> bytes:
        params = {
            "textDocument": {"uri": URI},
            "position": {"line": 9, "character": 0},
            "context": {"triggerKind": 1},
        }
        method = "textDocument/inlineCompletion"
        return encode({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})

    async with scripted(tmp_path) as client:
        await client.open(URI, "answer\nx")
        await client.send_bytes(change(2) + ask("a"))
        assert (await client.answer("a"))["result"]["items"][0]["insertText"] == "v2@9"
        await client.send_bytes(change(4) + ask("b") + change(5))
        assert (await client.answer("b"))["result"] == EMPTY
        assert "the document changed" in await latest_reason(client)


@pytest.mark.parametrize("script", ["never", "stubborn"])
async def test_a_newer_request_for_the_document_ends_the_older_one(
    tmp_path: Path, script: str
) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, script)
        older = await client.ask_completion(URI)
        newer = await client.ask_completion(URI)
        assert await result(client, older) == EMPTY
        assert await latest_reason(client) == "superseded by a newer request"
        await client.notify("$/cancelRequest", {"id": newer})
        assert (await client.answer(newer))["error"]["code"] == CANCELLED


async def test_requests_for_different_documents_leave_each_other_alone(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never")
        await client.open(OTHER_URI, "answer")
        waiting = await client.ask_completion(URI)
        assert (await ask_and_wait(client, OTHER_URI))["items"]
        assert [m for m in client.received if m.get("id") == waiting] == []
        await client.notify("$/cancelRequest", {"id": waiting})
        assert (await client.answer(waiting))["error"]["code"] == CANCELLED


async def test_an_id_that_is_in_use_is_refused(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never")
        waiting = await client.ask_completion(URI)
        again = {"jsonrpc": "2.0", "id": waiting, "method": "workspace/executeCommand"}
        replies = await client.replies_to(encode({**again, "params": {"command": "cornerman.why"}}))
        assert [(reply["id"], reply["error"]["code"]) for reply in replies] == [(waiting, -32600)]


async def test_closing_the_document_ends_its_request(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never")
        waiting = await client.ask_completion(URI)
        await client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert await result(client, waiting) == EMPTY
        assert await latest_reason(client) == "the document was closed"
        assert await ask_and_wait(client) == EMPTY


@pytest.mark.parametrize("script", ["never", "stubborn"])
async def test_a_request_is_answered_by_its_deadline(tmp_path: Path, script: str) -> None:
    options = {"completion": {"deadline_ms": 100}}
    async with scripted(tmp_path, initializationOptions=options) as client:
        await client.open(URI, script)
        assert await ask_and_wait(client) == EMPTY
        assert await latest_reason(client) == "the deadline passed"


async def test_shutdown_answers_what_is_open_and_exit_leaves_at_once(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never")
        await client.open(OTHER_URI, "stubborn")
        waiting = [await client.ask_completion(uri) for uri in (URI, OTHER_URI)]
        shutdown = await client.request("shutdown")
        answers = await asyncio.gather(*(client.answer(request) for request in waiting))
        assert [answer["error"]["code"] for answer in answers] == [CANCELLED, CANCELLED]
        assert await result(client, shutdown) is None
        await client.notify("exit")
        assert await client.exit_code() == 0


async def test_an_expected_failure_is_told_once_in_its_own_words(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "missing")
        assert await ask_and_wait(client) == EMPTY
        assert await ask_and_wait(client) == EMPTY
        assert await latest_reason(client) == MISSING
        shown = [message["params"] for message in client.sent_by_server("window/showMessage")]
    assert shown == [{"type": 2, "message": MISSING}]
    assert MISSING in (tmp_path / "log").read_text()


@pytest.mark.parametrize("what", ["completion", "explanation"])
async def test_a_bug_is_answered_and_tells_nothing(tmp_path: Path, what: str) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "bug\nSECRET_SOURCE_4711")
        if what == "completion":
            request = await client.ask_completion(URI)
        else:
            request = await client.request("workspace/executeCommand", explain_params())
        error = (await client.answer(request))["error"]
        assert error == {"code": INTERNAL_ERROR, "message": "Internal error."}
        await client.open(URI, "answer")
        assert (await ask_and_wait(client))["items"]
    log = (tmp_path / "log").read_text()
    assert "ValueError at session/" in log
    assert "SECRET" not in log
    assert "Traceback" not in log
    assert (tmp_path / "stderr").read_bytes() == b""


async def test_what_is_typed_as_suggested_is_answered_from_memory(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "once\n")
        await result(client, await client.ask_completion(URI, 1, 0))
        await client.open(URI, "once\nhello")
        answer = await result(client, await client.ask_completion(URI, 1, 5))
        assert answer["items"][0]["insertText"] == "()"
        assert (await client.run_command("cornerman.why"))[0]["fromMemory"] is True
        await client.open(URI, "once\nhello()\n")
        assert await ask_and_wait(client) == EMPTY


async def test_asked_by_hand_there_are_several_items_to_cycle_through(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer")
        answer = await client.call("textDocument/inlineCompletion", inline_params(kind=1))
    assert [item["insertText"] for item in answer["items"]] == ["v1@0", "v1@0#1", "v1@0#2"]


async def test_an_item_extends_what_is_selected_in_a_list(tmp_path: Path) -> None:
    chosen = {"range": lsp_range(1, 2, 1, 4), "text": "append"}
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer\nx.ap()")
        params = inline_params(1, 4, selectedCompletionInfo=chosen)
        [item] = (await client.call("textDocument/inlineCompletion", params))["items"]
    assert item["insertText"] == "appendv1@15"
    assert item["range"] == chosen["range"]


async def test_a_selection_away_from_the_cursor_is_ignored(tmp_path: Path) -> None:
    chosen = {"range": lsp_range(0, 0, 0, 2), "text": "append"}
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer\nx.ap()")
        params = inline_params(1, 4, selectedCompletionInfo=chosen)
        [item] = (await client.call("textDocument/inlineCompletion", params))["items"]
    assert item["insertText"] == "v1@11"
