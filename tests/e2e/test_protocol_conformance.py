"""The real ``cornerman serve`` on the wire: every way a client can speak, or misspeak."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from support.rpc import SERVE, ConnectionEndedError, RpcClient, encode

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Stands in documents and in malformed messages; must not come back in any error or log.
MARKER = "SECRET_SOURCE_4711"
URI = "file:///project/app.py"

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    """An initialized server, shared by the tests that leave it running."""
    async with await RpcClient.start(tmp_path_factory.mktemp("running")) as client:
        await client.initialize()
        await client.open(URI, f"# {MARKER}\n")
        yield client


def request(method: object, params: object, msg_id: object = "r") -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params}


def notification(method: object, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def with_body(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def assert_error(message: dict[str, Any], code: int, msg_id: object) -> None:
    assert message["jsonrpc"] == "2.0"
    assert message["id"] == msg_id
    assert message["error"]["code"] == code
    assert set(message["error"]) == {"code", "message"}
    sentence = message["error"]["message"]
    assert sentence.endswith(".")
    assert MARKER not in sentence
    assert "Traceback" not in sentence
    assert "\n" not in sentence


# Malformed messages


MALFORMED_PARAMS = {
    "no params": ("textDocument/inlineCompletion", None),
    "params are a string": ("textDocument/inlineCompletion", MARKER),
    "params are an array": ("textDocument/inlineCompletion", [MARKER]),
    "document is a number": ("textDocument/inlineCompletion", {"textDocument": 5}),
    "position is missing": ("textDocument/inlineCompletion", {"textDocument": {"uri": MARKER}}),
    "position is negative": (
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": MARKER},
            "position": {"line": -1, "character": 0},
            "context": {"triggerKind": 1},
        },
    ),
    "position is text": (
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": MARKER},
            "position": {"line": MARKER, "character": 0},
            "context": {"triggerKind": 1},
        },
    ),
    "command is a number": ("workspace/executeCommand", {"command": 5}),
    "arguments are text": ("workspace/executeCommand", {"command": "x", "arguments": 3}),
    "unknown command": ("workspace/executeCommand", {"command": MARKER}),
    "command without its argument": ("workspace/executeCommand", {"command": "cornerman.accepted"}),
    "command with a wrong argument": (
        "workspace/executeCommand",
        {"command": "cornerman.explain", "arguments": [{"uri": MARKER, "position": MARKER}]},
    ),
}


@pytest.mark.parametrize("case", MALFORMED_PARAMS)
async def test_malformed_params(running: RpcClient, case: str) -> None:
    replies = await running.replies_to(encode(request(*MALFORMED_PARAMS[case])))
    assert len(replies) == 1
    assert_error(replies[0], INVALID_PARAMS, "r")


@pytest.mark.parametrize(
    "method", ["textDocument/hover", "no/such", "$/odd", "", MARKER * 99, "é\n"]
)
async def test_unknown_requests(running: RpcClient, method: str) -> None:
    replies = await running.replies_to(encode(request(method, {"x": MARKER})))
    assert len(replies) == 1
    assert replies[0]["error"]["code"] == METHOD_NOT_FOUND
    assert len(replies[0]["error"]["message"]) < 200


DROPPED = {
    "unknown method": notification("no/such", {"x": MARKER}),
    "unknown optional method": notification("$/setTrace", {"value": "off"}),
    "open without a text": notification("textDocument/didOpen", {"textDocument": {"uri": MARKER}}),
    "change of an unknown document": notification(
        "textDocument/didChange",
        {
            "textDocument": {"uri": MARKER, "version": 1},
            "contentChanges": [{"text": MARKER}],
        },
    ),
    "malformed change": notification("textDocument/didChange", {"contentChanges": MARKER}),
    "close of an unknown document": notification(
        "textDocument/didClose", {"textDocument": {"uri": MARKER}}
    ),
    "cancel of an unknown request": notification("$/cancelRequest", {"id": 99}),
    "cancel without an id": notification("$/cancelRequest", None),
    "cancel with an odd id": notification("$/cancelRequest", {"id": [MARKER]}),
    "response to nothing": {"jsonrpc": "2.0", "id": 77, "result": MARKER},
    "error to nothing": {"jsonrpc": "2.0", "id": 77, "error": {"code": 1, "message": MARKER}},
}


@pytest.mark.parametrize("case", DROPPED)
async def test_what_needs_no_answer_gets_none(running: RpcClient, case: str) -> None:
    assert await running.replies_to(encode(DROPPED[case])) == []


NOT_A_MESSAGE = {
    "a number": b"5",
    "a batch": b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]',
    "an empty object": b"{}",
    "version 1": b'{"jsonrpc":"1.0","method":"x"}',
    "an id that is true": b'{"jsonrpc":"2.0","id":true,"method":"shutdown"}',
    "an id that is null": b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}',
    "an id that is a list": b'{"jsonrpc":"2.0","id":[1],"method":"shutdown"}',
    "a method that is a number, without an id": b'{"jsonrpc":"2.0","method":7}',
}


@pytest.mark.parametrize("case", NOT_A_MESSAGE)
async def test_not_a_json_rpc_message(running: RpcClient, case: str) -> None:
    replies = await running.replies_to(with_body(NOT_A_MESSAGE[case]))
    assert len(replies) == 1
    assert_error(replies[0], INVALID_REQUEST, None)


NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"jsonrpc": "2.0", "id": 1, "method": "' + MARKER.encode(),
    "not UTF-8": b'"\xff"',
    "UTF-16": '{"jsonrpc":"2.0","id":1,"method":"shutdown"}'.encode("utf-16"),
    "not a number": b"NaN",
    "bottomless": b"[" * 200_000,
}


@pytest.mark.parametrize("case", NOT_JSON)
async def test_not_json(running: RpcClient, case: str) -> None:
    replies = await running.replies_to(with_body(NOT_JSON[case]))
    assert len(replies) == 1
    assert_error(replies[0], PARSE_ERROR, None)


async def test_an_argument_that_looks_like_a_message_is_an_argument(running: RpcClient) -> None:
    inner: dict[str, object] = {"jsonrpc": "2.0", "id": 1, "method": "shutdown", "params": {}}
    params = {"command": "cornerman.why", "arguments": [inner]}
    replies = await running.replies_to(encode(request("workspace/executeCommand", params)))
    assert [set(reply) for reply in replies] == [{"jsonrpc", "id", "result"}]


async def test_a_document_that_is_not_open_gets_an_empty_list(running: RpcClient) -> None:
    answer = await running.answer(await running.ask_completion("file:///elsewhere.py"))
    assert answer["result"] == {"items": []}


# Headers and packets

HEADERS = {
    "with a content type": "Content-Length: {length}\r\nContent-Type: x; charset=utf-8\r\n\r\n",
    "content type first": "Content-Type: application/x\r\nContent-Length: {length}\r\n\r\n",
    "lower case": "content-length: {length}\r\n\r\n",
    "upper case": "CONTENT-LENGTH: {length}\r\n\r\n",
    "no space after the colon": "Content-Length:{length}\r\n\r\n",
    "several spaces": "Content-Length:   {length}  \r\n\r\n",
    "unknown header": "X-Unknown: yes\r\nContent-Length: {length}\r\n\r\n",
    "the same length twice": "Content-Length: {length}\r\nContent-Length: {length}\r\n\r\n",
    "bare line feeds": "Content-Length: {length}\n\n",
}


@pytest.mark.parametrize("case", HEADERS)
async def test_headers(running: RpcClient, case: str) -> None:
    params = {"command": "cornerman.why"}
    data = encode(request("workspace/executeCommand", params), HEADERS[case])
    assert [reply["id"] for reply in await running.replies_to(data)] == ["r"]


async def test_split_packets(running: RpcClient) -> None:
    data = encode(request("workspace/executeCommand", {"command": "cornerman.why"}, "split"))
    for position in range(len(data)):
        await running.send_bytes(data[position : position + 1])
    assert "result" in await running.answer("split")


async def test_merged_packets(running: RpcClient) -> None:
    why = {"command": "cornerman.why"}
    ids = [f"merged {number}" for number in range(50)]
    data = b"".join(encode(request("workspace/executeCommand", why, name)) for name in ids)
    assert [reply["id"] for reply in await running.replies_to(data)] == ids


async def test_a_message_much_longer_than_a_packet(running: RpcClient) -> None:
    params = {"command": "cornerman.why", "arguments": ["é😋" * 1_000_000]}
    data = json.dumps(request("workspace/executeCommand", params), ensure_ascii=False).encode()
    replies = await running.replies_to(with_body(data))
    assert [reply["id"] for reply in replies] == ["r"]


UNREADABLE = {
    "no length": b"Content-Type: x\r\n\r\n",
    "length is text": b"Content-Length: ten\r\n\r\n",
    "length is negative": b"Content-Length: -1\r\n\r\n",
    "two different lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length without end": b"Content-Length: 99999999999999\r\n\r\n",
    "header without end": b"X: " + MARKER.encode() * 2000,
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_a_stream_that_cannot_be_followed_ends_the_server(tmp_path: Path, case: str) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.send_bytes(UNREADABLE[case])
        assert await client.exit_code() == 1
        assert client.received == []
    log = (tmp_path / "STATE" / "log" / "server.log").read_text()
    assert "leaving: " in log
    assert MARKER not in log


# From the first message to the last


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


async def test_a_second_initialize(running: RpcClient) -> None:
    replies = await running.replies_to(encode(request("initialize", {"capabilities": {}})))
    assert len(replies) == 1
    assert_error(replies[0], INVALID_REQUEST, "r")


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


# What it promises


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-16"], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32", "utf-8", "utf-16"], "utf-32"),
        (["utf-7", "utf-32"], "utf-32"),
        (["utf-7"], "utf-16"),
    ],
    ids=str,
)
async def test_position_encoding(tmp_path: Path, offered: object, chosen: str) -> None:
    async with await RpcClient.start(tmp_path) as client:
        result = await client.initialize({"general": {"positionEncodings": offered}})
        assert result["capabilities"]["positionEncoding"] == chosen


async def test_capabilities(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path) as client:
        result = await client.initialize()
        commands = [f"cornerman.{name}" for name in ("accepted", "why", "status", "explain")]
        assert result["capabilities"] == {
            "positionEncoding": "utf-16",
            "textDocumentSync": {"openClose": True, "change": 2},
            "inlineCompletionProvider": {},
            "executeCommandProvider": {"commands": commands},
        }
        assert result["serverInfo"]["name"] == "cornerman"


async def test_it_is_light(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        process = psutil.Process(client.process.pid)
        assert process.memory_info().rss < 120_000_000
        assert not process.net_connections("tcp")


async def test_nothing_of_the_user_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "the.log"
    command = (*SERVE, "--stdio", "--log-file", str(log), "--log-level", "debug")
    async with await RpcClient.start(tmp_path, command) as client:
        await client.initialize(initializationOptions={MARKER: MARKER, "model": [MARKER]})
        await client.open(URI, MARKER)
        bodies = [*NOT_A_MESSAGE.values(), *NOT_JSON.values(), MARKER.encode()]
        messages = [*DROPPED.values(), *(request(*case) for case in MALFORMED_PARAMS.values())]
        everything = [*map(with_body, bodies), *map(encode, messages)]
        await client.replies_to(b"".join(everything))
        await client.call("shutdown")
        await client.notify("exit")
        assert await client.exit_code() == 0
    text = log.read_text()
    assert "textDocument/inlineCompletion" in text
    lines = [line for line in text.splitlines() if "told the user" not in line]
    assert MARKER not in "\n".join(lines)
    assert "Traceback" not in text
    assert (tmp_path / "stderr").read_bytes() == b""


async def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path, (*SERVE, "--log-file", str(tmp_path))) as client:
        assert await client.exit_code() == 1
    said = (tmp_path / "stderr").read_text()
    assert said.startswith("cornerman: The log file ")
    assert said.count("\n") == 1
