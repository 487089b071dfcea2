"""What ``cornerman serve`` promises: abilities, lightness, nothing of the user in its log."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest

from support.bad_messages import (
    DROPPED,
    MALFORMED_PARAMS,
    MARKER,
    NOT_A_MESSAGE,
    NOT_JSON,
    URI,
    request,
    with_body,
)
from support.rpc import SERVE, RpcClient, encode

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


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
    capabilities = result["capabilities"]
    commands = capabilities.pop("executeCommandProvider")["commands"]
    assert capabilities == {
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": True, "change": 2},
        "inlineCompletionProvider": {},
        "codeActionProvider": True,
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
    documented = set(re.findall(r"^\| `(cornerman\.\w+)` \|", PROTOCOL.read_text(), re.M))
    assert set(commands) <= documented
    assert {"cornerman.accepted", "cornerman.why", "cornerman.explain"} <= set(commands)
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
