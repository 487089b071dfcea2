"""Settings and registration over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

from pathlib import Path

from support.rpc import RpcClient
from support.scripted_client import (
    EMPTY,
    URI,
    ask_and_wait,
    explain_params,
    latest_reason,
    scripted,
)
from support.scripted_server import COMMAND

DYNAMIC = {"textDocument": {"inlineCompletion": {"dynamicRegistration": True}}}
PULL = {"workspace": {"configuration": True}}


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
