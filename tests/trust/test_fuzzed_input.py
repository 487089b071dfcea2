"""Whatever arrives on standard input, the server answers, drops it or leaves; it never hangs."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cornerman.protocol.framing import MAX_BODY_BYTES, FrameDecoder, FramingError, frame
from support.bad_messages import MARKER, PARSE_ERROR, URI, assert_error
from support.rpc import RpcClient

SESSION: list[dict[str, object]] = [
    {
        "id": 1,
        "method": "initialize",
        "params": {"processId": None, "rootUri": None, "capabilities": {}},
    },
    {"method": "initialized", "params": {}},
    {
        "method": "textDocument/didOpen",
        "params": {
            "textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": MARKER}
        },
    },
    {
        "method": "textDocument/didChange",
        "params": {
            "textDocument": {"uri": URI, "version": 2},
            "contentChanges": [
                {
                    "range": {
                        "start": {"line": 0, "character": 1},
                        "end": {"line": 0, "character": 2},
                    },
                    "text": MARKER,
                }
            ],
        },
    },
    {
        "id": 2,
        "method": "textDocument/codeAction",
        "params": {
            "textDocument": {"uri": URI},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}},
            "context": {"diagnostics": []},
        },
    },
    {
        "id": 3,
        "method": "workspace/executeCommand",
        "params": {"command": "cornerman.why", "arguments": []},
    },
]
MESSAGES = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in SESSION]
CUTS = st.lists(st.integers(1, 40), max_size=60)
CHANGED_MESSAGES = 1000
OVERSIZED_BYTES = 100_000_000
DEPTHS = (500, 900, 50_000)


@given(st.lists(st.binary(max_size=40), max_size=8), CUTS)
def test_however_a_stream_is_cut_its_messages_are_the_same(
    bodies: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(map(frame, bodies))
    decoder, found = FrameDecoder(), list[bytes | None]()
    for length in [*cuts, len(stream)]:
        found += decoder.feed(stream[:length])
        stream = stream[length:]
    assert found == bodies
    assert decoder.is_empty


STREAMS = (
    st.binary(max_size=300)
    | st.from_regex(rb"(Content-Length: ?\d{1,3}\r?\n){0,2}.*")
    | st.sampled_from([b"Content-Length: ", b"Content-Length: 5\r\nContent-Length: ", b"X: "])
)


@given(STREAMS)
def test_any_bytes_are_messages_or_an_error_that_quotes_none_of_them(data: bytes) -> None:
    stream = data + MARKER.encode() + b"\r\n\r\n"
    found, told = list[bytes | None](), ""
    try:
        found += FrameDecoder().feed(stream)
    except FramingError as error:
        told = str(error)
    assert MARKER not in told
    assert all(body is not None and body in stream for body in found)


def mutated(rng: random.Random, data: bytes) -> bytes:
    """``data`` with some bytes changed, left out, doubled or put in."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(changed) + 1)
        size = rng.choice((1, 2, 16))
        here = bytes(changed[at : at + size])
        changed[at : at + size] = rng.choice(
            (b"", here + here, rng.randbytes(size), b'"', b"}", b"\xff\xfe", b"-1", b"1e999", b"[")
        )
    return bytes(changed)


async def test_messages_with_changed_bytes_are_answered_or_dropped(tmp_path: Path) -> None:
    rng = random.Random(5)
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        await client.open(URI, f"# {MARKER}\n")
        for _ in range(CHANGED_MESSAGES // 25):
            bodies = [mutated(rng, rng.choice(MESSAGES[1:])) for _ in range(25)]
            await client.replies_to(b"".join(map(frame, bodies)))
        await client.call("shutdown")
        errors = [message["error"] for message in client.received if "error" in message]
        assert CHANGED_MESSAGES / 2 < len(errors) <= CHANGED_MESSAGES
        assert MARKER not in str(errors)
        await client.notify("exit")
        assert await client.exit_code() == 0
    assert MARKER not in (tmp_path / "STATE" / "log" / "server.log").read_text()
    assert (tmp_path / "stderr").read_bytes() == b""


@pytest.mark.parametrize("seeds", [range(2), range(2, 4)])
async def test_a_stream_with_changed_bytes_ends_with_the_input(
    tmp_path: Path, seeds: range
) -> None:
    async def run(seed: int) -> None:
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with await RpcClient.start(folder) as client:
            stream = b"".join(map(frame, MESSAGES)) * 3
            try:
                await client.send_bytes(mutated(random.Random(seed), stream))
                await client.close_input()
            except ConnectionError:
                pass  # It has left at a header that cannot be read.
            assert await client.exit_code() == 1
        assert (folder / "stderr").read_bytes() == b""
        assert MARKER not in (folder / "STATE" / "log" / "server.log").read_text()

    await asyncio.gather(*map(run, seeds))


async def test_a_message_of_100_megabytes_is_skipped_and_not_kept(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        await client.open(URI, "x = 1\n")
        process = psutil.Process(client.process.pid)
        before, most = process.memory_info().rss, 0
        await client.send_bytes(b"Content-Length: %d\r\n\r\n" % OVERSIZED_BYTES)
        for _ in range(100):
            await client.send_bytes(b"x" * (OVERSIZED_BYTES // 100))
            most = max(most, process.memory_info().rss)
        refused = await client.wait_for(lambda message: "error" in message)
        assert_error(refused, PARSE_ERROR, None)
        assert str(MAX_BODY_BYTES) in refused["error"]["message"]
        assert most - before < MAX_BODY_BYTES / 2
        assert (await client.answer(await client.ask_completion("file:///other.py")))["result"]


async def test_an_input_that_ends_inside_a_message_ends_the_server(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        await client.send_bytes(b"Content-Length: 1000\r\n\r\n{" + MARKER.encode())
        await client.close_input()
        assert await client.exit_code() == 1
    log = (tmp_path / "STATE" / "log" / "server.log").read_text()
    assert "inside a message" in log
    assert MARKER not in log


def nested(depth: int, method: str, **more: object) -> bytes:
    """A message whose parameters go ``depth`` levels down."""
    deep = '{"a":[' * (depth // 2) + "1" + "]}" * (depth // 2)
    message = {"jsonrpc": "2.0", "method": method, "params": "DEEP", **more}
    return frame(json.dumps(message).replace('"DEEP"', deep).encode())


async def test_deep_json_is_an_error_of_its_message_alone(tmp_path: Path) -> None:
    async with await RpcClient.start(tmp_path) as client:
        await client.initialize()
        for depth in DEPTHS:
            for method in ("textDocument/inlineCompletion", "codeAction/resolve", "no/such"):
                replies = await client.replies_to(nested(depth, method, id="deep"))
                assert ["error" in reply for reply in replies] == [True], method
            for method in ("workspace/didChangeConfiguration", "textDocument/didChange", "$/x"):
                replies = await client.replies_to(nested(depth, method))
                answers = [reply for reply in replies if "method" not in reply]
                assert all(answer["error"]["code"] == PARSE_ERROR for answer in answers)
