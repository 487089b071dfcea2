"""``cornerman.explain``, ``cornerman.why`` and ``cornerman.status`` over a real wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.scripted_client import (
    CANCELLED,
    INVALID_PARAMS,
    REQUEST_FAILED,
    URI,
    ask_and_wait,
    explain_params,
    scripted,
)
from support.scripted_server import MISSING


async def test_explain_streams_and_returns_the_whole(tmp_path: Path) -> None:
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        await client.open(URI, "xyz")
        params = explain_params(partialResultToken="t")
        answer = await client.call("workspace/executeCommand", params)
        progress = [message["params"] for message in client.sent_by_server("$/progress")]
    assert answer == {"text": "m: it is y.", "definitions": []}
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
    async with scripted(tmp_path, initializationOptions={"model": "m"}) as client:
        status = await client.run_command("cornerman.status")
    assert status == {
        "state": "ready",
        "model": "m",
        "message": "",
        "tokensPerSecond": None,
        "fix": None,
        "pid": 7,
        "backend": "scripted",
        "version": "1.2.3",
    }
