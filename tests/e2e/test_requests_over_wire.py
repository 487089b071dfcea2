"""Completions, commands and settings over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cornerman.settings import STARTER_MODEL
from cornerman.statistics.report import report
from cornerman.statistics.store import FILE_NAME
from support.rpc import RpcClient, encode
from support.scripted_server import COMMAND, MISSING

URI, OTHER_URI = "file:///a.py", "file:///b.py"
CANCELLED, REQUEST_FAILED, INTERNAL_ERROR, INVALID_PARAMS = -32800, -32803, -32603, -32602
EMPTY: dict[str, Any] = {"items": []}

DYNAMIC = {"textDocument": {"inlineCompletion": {"dynamicRegistration": True}}}
PULL = {"workspace": {"configuration": True}}


@asynccontextmanager
async def scripted(
    folder: Path, capabilities: dict[str, Any] | None = None, **params: object
) -> AsyncGenerator[RpcClient]:
    """An initialized server; see ``support.scripted_server`` for what documents make it do."""
    async with await RpcClient.start(folder, (*COMMAND, str(folder / "log"))) as client:
        await client.initialize(capabilities, **params)
        yield client


async def result(client: RpcClient, request_id: int) -> Any:
    response = await client.answer(request_id)
    assert "error" not in response, response
    return response["result"]


async def ask_and_wait(client: RpcClient, uri: str = URI) -> Any:
    return await result(client, await client.ask_completion(uri))


def place(line: int, character: int) -> dict[str, Any]:
    position = {"line": line, "character": character}
    return {"textDocument": {"uri": URI}, "position": position}


def inline_params(
    line: int = 0, character: int = 0, kind: int = 2, **context: object
) -> dict[str, Any]:
    return {**place(line, character), "context": {"triggerKind": kind, **context}}


def lsp_range(*numbers: int) -> dict[str, Any]:
    line, character, end_line, end_character = numbers
    return {
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end_character},
    }


async def latest_reason(client: RpcClient) -> str:
    return (await client.run_command("cornerman.why"))[0]["reason"]


# Inline completion


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


# The list of completions

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


# Statistics


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


# Commands


def explain_params(uri: str = URI, **more: object) -> dict[str, object]:
    arguments = {"uri": uri, "position": {"line": 0, "character": 1}, **more}
    return {"command": "cornerman.explain", "arguments": [arguments]}


async def test_explain_streams_and_returns_the_whole(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        await client.open(URI, "xyz")
        params = explain_params(partialResultToken="t")
        answer = await client.call("workspace/executeCommand", params)
        progress = [message["params"] for message in client.sent_by_server("$/progress")]
    assert answer == {"text": "m: it is y."}
    assert progress == [
        {"token": "t", "value": {"text": "m: it "}},
        {"token": "t", "value": {"text": "is y."}},
    ]


async def test_explain_without_a_token_does_not_stream(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "xyz")
        assert await client.call("workspace/executeCommand", explain_params())
        assert client.sent_by_server("$/progress") == []


async def test_explain_can_be_cancelled(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "never")
        params = explain_params(partialResultToken=7)
        request = await client.request("workspace/executeCommand", params)
        await client.wait_for_method("$/progress", count=2)
        await client.notify("$/cancelRequest", {"id": request})
        assert (await client.answer(request))["error"]["code"] == CANCELLED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "The document is not open; open it in the editor first."), ("missing", MISSING)],
    ids=["not open", "no model"],
)
async def test_explain_fails_with_a_sentence(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    async with scripted(tmp_path) as client:
        if text is not None:
            await client.open(URI, text)
        error = await client.error("workspace/executeCommand", explain_params())
        assert error == {"code": REQUEST_FAILED, "message": sentence}


START = {"line": 0, "character": 0}
BAD_ARGUMENTS: dict[str, list[object]] = {
    "none": [],
    "a number": [5],
    "no position": [{"uri": URI}],
    "uri is a number": [{"uri": 5, "position": START}],
    "two": [{"uri": URI, "position": START}, 5],
    "line is negative": [{"uri": URI, "position": {**START, "line": -1}}],
    "line is text": [{"uri": URI, "position": {**START, "line": "0"}}],
    "line is a fraction": [{"uri": URI, "position": {**START, "line": 0.5}}],
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
async def test_explain_checks_its_argument(tmp_path: Path, case: str) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "xyz")
        params = {"command": "cornerman.explain", "arguments": BAD_ARGUMENTS[case]}
        assert (await client.error("workspace/executeCommand", params))["code"] == INVALID_PARAMS


async def test_why_tells_how_requests_ended_and_what_was_accepted(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer SECRET")
        accepted = (await ask_and_wait(client))["items"][0]["command"]["arguments"][0]
        await ask_and_wait(client)
        assert await client.run_command("cornerman.accepted", accepted) is None
        assert await client.run_command("cornerman.accepted", "long ago") is None
        latest, first = await client.run_command("cornerman.why")
    assert (latest["accepted"], first["accepted"]) == (False, True)
    assert first["suggested"]
    assert first["uri"] == URI
    assert first["timings"]["generated"] == 3
    assert "SECRET" not in str(latest)


async def test_status_tells_what_serves_this_window(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        status = await client.run_command("cornerman.status")
    expected = {"model": STARTER_MODEL, "pid": 7, "backend": "scripted", "version": "1.2.3"}
    assert status == expected


# Settings and registration


async def test_turned_off_means_empty_answers(tmp_path: Path) -> None:
    options = {"completion": {"enabled": False}}
    async with scripted(tmp_path, initializationOptions=options) as client:
        await client.open(URI, "answer")
        assert await ask_and_wait(client) == EMPTY
        assert "turned off" in await latest_reason(client)


async def test_problems_of_the_settings_are_shown_once(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": 5}) as client:
        settings = {"cornerman": {"model": 5}}
        await client.notify("workspace/didChangeConfiguration", {"settings": settings})
        await client.run_command("cornerman.why")
        shown = [message["params"] for message in client.sent_by_server("window/showMessage")]
    assert [message["type"] for message in shown] == [2]
    assert shown[0]["message"].startswith("Setting model: ")


async def test_a_client_with_dynamic_registration_is_asked_to_register(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        capabilities = (await client.initialize(DYNAMIC))["capabilities"]
        assert "inlineCompletionProvider" not in capabilities
        registration = (await client.wait_for_method("client/registerCapability"))["params"]
    assert [item["method"] for item in registration["registrations"]] == [
        "textDocument/inlineCompletion"
    ]


async def test_the_registration_follows_the_setting(tmp_path: Path) -> None:
    async def enable(client: RpcClient, *, is_enabled: bool) -> None:
        settings = {"completion": {"enabled": is_enabled}}
        await client.notify("workspace/didChangeConfiguration", {"settings": settings})

    async with scripted(tmp_path, DYNAMIC) as client:
        first = await client.wait_for_method("client/registerCapability")
        await client.send({"jsonrpc": "2.0", "id": first["id"], "result": None})
        await enable(client, is_enabled=False)
        gone = await client.wait_for_method("client/unregisterCapability")
        await client.send({"jsonrpc": "2.0", "id": gone["id"], "result": None})
        await enable(client, is_enabled=False)
        await enable(client, is_enabled=True)
        again = await client.wait_for_method("client/registerCapability", count=2)
        assert len(client.sent_by_server("client/unregisterCapability")) == 1
    ids = {item["id"] for item in first["params"]["registrations"]}
    ids |= {item["id"] for item in again["params"]["registrations"]}
    ids |= {item["id"] for item in gone["params"]["unregisterations"]}
    assert len(ids) == 1


async def test_a_refused_registration_does_no_harm(tmp_path: Path) -> None:
    async with scripted(tmp_path, DYNAMIC) as client:
        asked = await client.wait_for_method("client/registerCapability")
        error = {"code": -32601, "message": "SECRET"}
        await client.send({"jsonrpc": "2.0", "id": asked["id"], "error": error})
        await client.open(URI, "answer")
        assert (await ask_and_wait(client))["items"]
    assert "SECRET" not in (tmp_path / "log").read_text()


async def test_settings_are_asked_for_and_used_on_top_of_the_options(tmp_path: Path) -> None:
    options = {"model": "from options", "completion": {"enabled": False}}
    async with scripted(tmp_path, PULL, initializationOptions=options) as client:
        await client.open(URI, "xyz")
        asked = await client.wait_for_method("workspace/configuration")
        assert asked["params"] == {"items": [{"section": "cornerman"}]}
        await client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [{"model": "pulled"}]})
        assert (await client.call("workspace/executeCommand", explain_params()))["text"] == (
            "pulled: it is y."
        )
        await client.notify("workspace/didChangeConfiguration", {"settings": None})
        asked = await client.wait_for_method("workspace/configuration", count=2)
        await client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [None]})
        assert (await client.call("workspace/executeCommand", explain_params()))["text"] == (
            "from options: it is y."
        )


async def test_a_client_that_reports_changes_is_asked_to(tmp_path: Path) -> None:
    capabilities = {"workspace": {"didChangeConfiguration": {"dynamicRegistration": True}}}
    async with scripted(tmp_path, capabilities) as client:
        asked = await client.wait_for_method("client/registerCapability")
    [registration] = asked["params"]["registrations"]
    assert registration["method"] == "workspace/didChangeConfiguration"
    assert registration["registerOptions"] == {"section": "cornerman"}
