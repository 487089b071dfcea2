"""``cornerman/status`` over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.rpc import RpcClient
from support.scripted_client import URI, ask_and_wait, explain_params, scripted
from support.scripted_server import MISSING

SHOWS: dict[str, Any] = {"experimental": {"cornerman": {"status": True}}}
METHOD = "cornerman/status"


async def state(client: RpcClient, name: str) -> dict[str, Any]:
    """The first status sent with that state."""
    message = await client.wait_for(
        lambda m: m.get("method") == METHOD and m["params"]["state"] == name
    )
    return message["params"]


async def test_an_editor_that_shows_none_gets_none(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, "answer")
        await ask_and_wait(client)
        assert client.sent_by_server(METHOD) == []


async def test_ready_with_the_model_it_has(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS, initializationOptions={"model": "m"}) as client:
        assert await state(client, "ready") == {
            "state": "ready",
            "model": "m",
            "message": "",
            "tokensPerSecond": None,
            "fix": None,
        }


async def test_thinking_while_the_user_waits(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS) as client:
        await state(client, "ready")
        await client.open(URI, "never")
        asked = await client.request("workspace/executeCommand", explain_params())
        await state(client, "thinking")
        await client.notify("$/cancelRequest", {"id": asked})
        await client.wait_for_method(METHOD, count=3)
        states = [message["params"]["state"] for message in client.sent_by_server(METHOD)]
    assert states == ["ready", "thinking", "ready"]


async def test_ready_when_a_model_has_loaded_that_nobody_waits_for_any_more(
    tmp_path: Path,
) -> None:
    async with scripted(tmp_path, SHOWS, initializationOptions={"model": "slow"}) as client:
        await state(client, "idle")
        await client.open(URI, "never")
        asked = await client.request("workspace/executeCommand", explain_params())
        await state(client, "loading")
        await client.notify("$/cancelRequest", {"id": asked})
        await state(client, "ready")
        states = [message["params"]["state"] for message in client.sent_by_server(METHOD)]
    assert states == ["idle", "loading", "ready"]


async def test_the_speed_of_the_latest_answer(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS) as client:
        await client.open(URI, "answer\n")
        where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
        argument = {"uri": URI, "range": where, "apply": False}
        await client.run_command("cornerman.todo", argument)
        message = await client.wait_for(
            lambda m: m.get("method") == METHOD and m["params"]["tokensPerSecond"] is not None
        )
    assert message["params"]["tokensPerSecond"] == 34.5


async def test_a_missing_model_is_an_error_with_a_fix(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS, initializationOptions={"model": "missing"}) as client:
        status = await state(client, "error")
    assert status["message"] == MISSING
    assert status["fix"]["command"] == "cornerman.pull"
    assert status["fix"]["arguments"] == [{"model": "missing"}]
    assert status["fix"]["title"]


async def test_an_error_lasts_until_the_next_success(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS) as client:
        await state(client, "ready")
        await client.open(URI, "missing")
        await ask_and_wait(client)
        assert (await state(client, "error"))["message"] == MISSING
        await client.open(URI, "answer")
        await ask_and_wait(client)
        await client.wait_for_method(METHOD, count=3)
        assert client.sent_by_server(METHOD)[-1]["params"]["state"] == "ready"


async def test_off_follows_the_setting(tmp_path: Path) -> None:
    async with scripted(tmp_path, SHOWS) as client:
        await state(client, "ready")
        settings = {"completion": {"enabled": False}}
        await client.notify("workspace/didChangeConfiguration", {"settings": settings})
        await state(client, "off")
        assert (await client.run_command("cornerman.status"))["state"] == "off"
