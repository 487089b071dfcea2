"""Code actions with the real server, the real engine and the real model."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.code_actions import RESOLVES, ask, capabilities, edited, resolve, titled
from support.real_server import real_client
from support.rpc import RpcClient
from support.scripted_client import lsp_range

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

URI = "file:///project/area.py"
CODE = """\
def circle_area(radius):
    return 3.14159 * radius * radius


def ring_area(outer, inner):
    return circle_area(outer) - circle_area(inner)
"""
CIRCLE, RING = lsp_range(1, 4, 1, 4), lsp_range(5, 4, 5, 4)
STATUS = {"experimental": {"cornerman": {"status": True}}}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    can = capabilities(RESOLVES, **STATUS)
    params = {"initializationOptions": {"actions": {"explain_tokens": 80}}}
    async with real_client(tmp_path_factory.mktemp("home"), can, **params) as client:
        await client.wait_for_method("cornerman/status")
        await client.open(URI, CODE)
        yield client


async def test_an_explanation_streams_and_names_what_it_relies_on(client: RpcClient) -> None:
    argument = {"uri": URI, "range": RING, "partialResultToken": "words"}
    params = {"command": "cornerman.explain", "arguments": [argument]}
    asked = await client.request("workspace/executeCommand", params)
    await client.wait_for_method("$/progress", count=5)
    assert not any(message.get("id") == asked for message in client.received)
    answer = (await client.wait_for(lambda m: m.get("id") == asked))["result"]
    pieces = [message["params"]["value"]["text"] for message in client.sent_by_server("$/progress")]
    assert "".join(pieces) == answer["text"]
    assert "area" in answer["text"]
    assert [definition["name"] for definition in answer["definitions"]] == ["circle_area"]


async def test_a_function_is_documented_and_nothing_else_changes(client: RpcClient) -> None:
    action = titled(await ask(client, URI, CIRCLE), "Document circle_area")
    resolved = await resolve(client, action)
    text = edited(CODE, resolved["edit"], URI, "utf-16")
    circle, ring = ast.parse(text).body
    assert isinstance(circle, ast.FunctionDef)
    assert ast.get_docstring(circle)
    circle.body = circle.body[1:]
    assert [ast.dump(circle), ast.dump(ring)] == [ast.dump(node) for node in ast.parse(CODE).body]


async def test_the_status_went_through_loading_to_ready(client: RpcClient) -> None:
    ready = await client.wait_for(
        lambda m: m.get("method") == "cornerman/status" and m["params"]["state"] == "ready"
    )
    states = [message["params"]["state"] for message in client.sent_by_server("cornerman/status")]
    assert states[:2] == ["idle", "loading"]
    assert ready["params"]["tokensPerSecond"] > 0
    status = await client.run_command("cornerman.status")
    assert (status["state"], status["backend"]) == ("ready", "llama.cpp")
    assert status["pid"] > 0
