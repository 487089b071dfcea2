"""The real ``cornerman serve`` on the wire: every way a client can misspeak."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from support.bad_messages import (
    DROPPED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    MALFORMED_PARAMS,
    MARKER,
    METHOD_NOT_FOUND,
    NOT_A_MESSAGE,
    NOT_JSON,
    PARSE_ERROR,
    URI,
    assert_error,
    request,
    with_body,
)
from support.rpc import RpcClient, encode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    """An initialized server, shared by the tests that leave it running."""
    async with await RpcClient.start(tmp_path_factory.mktemp("running")) as client:
        await client.initialize()
        await client.open(URI, f"# {MARKER}\n")
        yield client


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


@pytest.mark.parametrize("case", DROPPED)
async def test_what_needs_no_answer_gets_none(running: RpcClient, case: str) -> None:
    assert await running.replies_to(encode(DROPPED[case])) == []


@pytest.mark.parametrize("case", NOT_A_MESSAGE)
async def test_not_a_json_rpc_message(running: RpcClient, case: str) -> None:
    replies = await running.replies_to(with_body(NOT_A_MESSAGE[case]))
    assert len(replies) == 1
    assert_error(replies[0], INVALID_REQUEST, None)


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


async def test_a_second_initialize(running: RpcClient) -> None:
    replies = await running.replies_to(encode(request("initialize", {"capabilities": {}})))
    assert len(replies) == 1
    assert_error(replies[0], INVALID_REQUEST, "r")


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
