"""From the first message of a connection to the last, in every order."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from support.bad_messages import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    MARKER,
    NOT_INITIALIZED,
    URI,
    assert_error,
    notification,
    request,
)
from support.rpc import ConnectionEndedError, RpcClient, encode


@pytest.mark.parametrize("method", ["shutdown", "textDocument/inlineCompletion", "no/such"])
async def test_requests_before_initialize(tmp_path: Path, method: str) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.open(URI, MARKER)
        await client.send(request(method, {"x": MARKER}, "early"))
        assert_error(await client.answer("early"), NOT_INITIALIZED, "early")
        await client.initialize()


@pytest.mark.parametrize(
    "params", [None, [], {"capabilities": 5}, {"capabilities": {}, "processId": MARKER}], ids=str
)
async def test_initialize_can_be_repeated_after_malformed_params(
    tmp_path: Path, params: object
) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.send(request("initialize", params))
        assert_error(await client.answer("r"), INVALID_PARAMS, "r")
        await client.initialize()


async def test_unheard_of_capabilities_do_not_matter(tmp_path: Path) -> None:
    capabilities = {
        "textDocument": {"completion": {"completionItemKind": {"valueSet": [1, 99]}}, "new": {}},
        "general": {"positionEncodings": ["utf-7", "utf-8"]},
    }
    async with await RpcClient.start(tmp_path) as client:
        result = await client.initialize(capabilities, clientInfo={"name": 5}, trace="loud")
        assert result["capabilities"]["positionEncoding"] == "utf-8"


@pytest.mark.parametrize("method", ["initialize", "shutdown", "no/such"])
async def test_requests_after_shutdown(tmp_path: Path, method: str) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        assert await client.call("shutdown") is None
        assert_error(
            await client.answer(await client.request(method, {"capabilities": {}})),
            INVALID_REQUEST,
            2 + 1,
        )
        await client.notify("exit")
        assert await client.exit_code() == 0


INITIALIZE = request("initialize", {"processId": None, "capabilities": {}}, "i")
SHUTDOWN = request("shutdown", None, "s")
EXIT = notification("exit", None)

ENDINGS: dict[str, tuple[list[dict[str, object]], int]] = {
    "exit first": ([EXIT], 1),
    "exit before initialized": ([INITIALIZE, EXIT], 1),
    "exit without shutdown": ([INITIALIZE, notification("initialized", {}), EXIT], 1),
    "shutdown, then exit": ([INITIALIZE, SHUTDOWN, EXIT], 0),
    "shutdown before initialize": ([SHUTDOWN, EXIT], 1),
    "messages after exit": ([INITIALIZE, SHUTDOWN, EXIT, SHUTDOWN, INITIALIZE], 0),
    "end of input first": ([], 1),
    "end of input without shutdown": ([INITIALIZE], 1),
    "end of input after shutdown": ([INITIALIZE, SHUTDOWN], 0),
}


@pytest.mark.parametrize("case", ENDINGS)
async def test_exit_in_every_order(tmp_path: Path, case: str) -> None:
    messages, code = ENDINGS[case]
    async with await RpcClient.start(tmp_path) as client:
        await client.send_bytes(b"".join(encode(message) for message in messages))
        if EXIT not in messages:
            await client.close_input()
        assert await client.exit_code() == code
        asked = [message["id"] for message in messages if "id" in message]
        with pytest.raises(ConnectionEndedError):
            await client.answer("nothing more comes")
        answered = [message["id"] for message in client.received]
        assert answered == asked[: 2 if "after exit" in case else None]
    assert (tmp_path / "stderr").read_bytes() == b""


@pytest.mark.parametrize("data", [b"Content-Len", b"Content-Length: 100\r\n\r\n{"], ids=str)
async def test_end_of_input_inside_a_message(tmp_path: Path, data: bytes) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        await client.send_bytes(data)
        await client.close_input()
        assert await client.exit_code() == 1
    assert "inside a message" in (tmp_path / "STATE" / "log" / "server.log").read_text()


async def test_it_leaves_when_the_editor_has_died(tmp_path: Path) -> None:
    editor = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize(processId=editor.pid)
        editor.kill()
        await editor.wait()
        assert await client.exit_code() == 1


async def test_it_stays_when_the_editor_lives_where_it_cannot_be_seen(tmp_path: Path) -> None:
    finished = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await finished.wait()
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize(processId=finished.pid)
        assert await client.run_command("cornerman.why") == []
