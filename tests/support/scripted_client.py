"""A client of the scripted server, and what requests and answers look like."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from support.rpc import RpcClient
from support.scripted_server import COMMAND

URI, OTHER_URI = "file:///a.py", "file:///b.py"
CANCELLED, REQUEST_FAILED, INTERNAL_ERROR, INVALID_PARAMS = -32800, -32803, -32603, -32602
EMPTY: dict[str, Any] = {"items": []}


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


def explain_params(*, uri: str = URI, **more: Any) -> dict[str, object]:
    arguments = {"uri": uri, "position": {"line": 0, "character": 1}, **more}
    return {"command": "cornerman.explain", "arguments": [arguments]}
