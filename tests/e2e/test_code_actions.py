"""Code actions over a real wire: what is offered where, how it is carried out and refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from support.code_actions import RESOLVES, ask, capabilities, edited, resolve, titled
from support.rpc import Json, RpcClient
from support.scripted_actions import REASON
from support.scripted_client import INVALID_PARAMS, URI, lsp_range, scripted
from support.scripted_server import MISSING

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = """\
{script}

def total(values):
    result = 0
    for value in values:
        result += value
    return result
"""
BODY = lsp_range(4, 4, 4, 4)
DIAGNOSTIC: Json = {"range": lsp_range(5, 8, 5, 14), "message": "M", "source": "S", "code": 7}
RESOLVING = capabilities(RESOLVES)
LITERAL = capabilities({"codeActionLiteralSupport": {}})
MODEL_MISSING = {"model": "missing"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    """A client that resolves edits, shared by the tests that leave it as it was."""
    async with scripted(tmp_path_factory.mktemp("client"), RESOLVING) as client:
        yield client


async def opened(client: RpcClient, script: str = "answer") -> str:
    text = CODE.format(script=script)
    await client.open(URI, text)
    return text


async def test_edits_come_later_and_words_by_a_command(client: RpcClient) -> None:
    await opened(client)
    actions = await ask(client, URI, BODY)
    document = titled(actions, "Document total")
    assert document["kind"] == "refactor.rewrite.cornerman.document"
    assert set(document) == {"title", "kind", "data"}
    assert document["data"]["version"] == 1
    explain = titled(actions, "Explain total")
    assert explain["kind"] == "cornerman.explain"
    assert explain["command"]["command"] == "cornerman.explain"
    assert explain["command"]["arguments"][0]["show"] is True
    assert {"Convert loops and conditionals in total", "Review total"} <= {
        action["title"] for action in actions
    }
    assert "Refactor…" not in {action["title"] for action in actions}
    assert "result += value" not in str(actions)


async def test_a_chosen_action_is_resolved(client: RpcClient) -> None:
    text = await opened(client)
    action = titled(await ask(client, URI, BODY), "Document")
    resolved = await resolve(client, action)
    assert edited(text, resolved["edit"], URI, "utf-16").count("<document>") == 1
    assert {key: resolved[key] for key in action} == action


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], {"quickfix.cornerman"}),
        (["refactor.rewrite.cornerman.document"], {"refactor.rewrite.cornerman.document"}),
        (["cornerman"], {"cornerman.explain", "cornerman.review"}),
        (["source", "refact"], set[str]()),
    ],
    ids=str,
)
async def test_only_the_kinds_asked_for(
    client: RpcClient, only: list[str], kinds: set[str]
) -> None:
    await opened(client)
    actions = await ask(client, URI, BODY, only=only, diagnostics=[DIAGNOSTIC])
    refactor = await ask(client, URI, BODY, only=["refactor"])
    assert {action["kind"] for action in actions} == kinds
    assert refactor
    assert all(action["kind"].startswith("refactor.") for action in refactor)


async def test_unasked_there_is_no_lamp_beside_every_line(client: RpcClient) -> None:
    await opened(client)
    assert await ask(client, URI, BODY, triggerKind=2) == []
    [fix] = await ask(client, URI, BODY, triggerKind=2, diagnostics=[DIAGNOSTIC])
    assert len(await ask(client, URI, BODY, triggerKind=1)) > 3
    assert fix["kind"] == "quickfix.cornerman"


async def test_a_fix_goes_back_to_its_diagnostic(client: RpcClient) -> None:
    text = await opened(client)
    actions = await ask(client, URI, BODY, diagnostics=[DIAGNOSTIC])
    fix = titled(actions, "Fix: M")
    assert fix["diagnostics"] == [DIAGNOSTIC]
    assert "isPreferred" not in fix
    resolved = await resolve(client, fix)
    assert "<fix|M|S|7> += value" in edited(text, resolved["edit"], URI, "utf-16")


async def test_an_instruction_may_stand_in_the_document(client: RpcClient) -> None:
    await client.open(URI, CODE.format(script="answer\n# cornerman: use sum"))
    where = lsp_range(1, 3, 1, 3)
    action = titled(await ask(client, URI, where, triggerKind=2), "Refactor: use sum")
    assert "use sum" not in str(action["data"])
    resolved = await resolve(client, action)
    assert "<instruction|use sum>" in str(resolved["edit"])


async def test_what_carries_a_command_is_complete(client: RpcClient) -> None:
    await opened(client)
    action = titled(await ask(client, URI, BODY), "Explain")
    assert await resolve(client, action) == action


# When it cannot be done


async def test_without_a_model_actions_say_why_they_are_disabled(tmp_path: Path) -> None:
    can_show = capabilities({**RESOLVES, "disabledSupport": True})
    async with scripted(tmp_path, can_show, initializationOptions=MODEL_MISSING) as client:
        await opened(client)
        actions = await ask(client, URI, BODY)
        assert await ask(client, URI, BODY, triggerKind=2, diagnostics=[DIAGNOSTIC]) == []
    assert titled(actions, "Document")["disabled"] == {"reason": MISSING}
    assert all(set(action) == {"title", "kind", "disabled"} for action in actions)


async def test_without_a_model_others_see_no_actions(tmp_path: Path) -> None:
    async with scripted(tmp_path, RESOLVING, initializationOptions=MODEL_MISSING) as client:
        await opened(client)
        assert await ask(client, URI, BODY) == []


async def test_turned_off_or_not_open_there_is_nothing(tmp_path: Path) -> None:
    async with scripted(tmp_path, RESOLVING) as client:
        assert await ask(client, URI, BODY) == []
        await opened(client)
        settings = {"actions": {"enabled": False}}
        await client.notify("workspace/didChangeConfiguration", {"settings": settings})
        assert await ask(client, URI, BODY) == []


@pytest.mark.parametrize(
    ("script", "sentence"), [("refuse", REASON), ("missing", MISSING)], ids=["refused", "failed"]
)
async def test_the_user_is_told_why_there_is_no_edit(
    tmp_path: Path, script: str, sentence: str
) -> None:
    async with scripted(tmp_path, RESOLVING) as client:
        await opened(client, script)
        action = titled(await ask(client, URI, BODY), "Document")
        assert await resolve(client, action) == action
        told = (await client.wait_for_method("window/showMessage"))["params"]
    assert told == {"type": 2, "message": sentence}


async def test_an_action_for_an_older_version_is_refused(tmp_path: Path) -> None:
    async with scripted(tmp_path, RESOLVING) as client:
        await opened(client)
        action = titled(await ask(client, URI, BODY), "Document")
        document = {"uri": URI, "version": 2}
        change = {"textDocument": document, "contentChanges": [{"text": "x = 1\n"}]}
        await client.notify("textDocument/didChange", change)
        assert "edit" not in await resolve(client, action)
        told = (await client.wait_for_method("window/showMessage"))["params"]
    assert told["message"].startswith("The document has changed")


@pytest.mark.parametrize("data", [None, 5, {"uri": URI}, {"kind": "SECRET"}], ids=str)
async def test_data_of_somebody_else_are_refused(client: RpcClient, data: object) -> None:
    error = await client.error("codeAction/resolve", {"title": "x", "data": data})
    assert error["code"] == INVALID_PARAMS
    assert "SECRET" not in error["message"]


# For clients that can do less, and for plugins


@pytest.mark.parametrize("can", [LITERAL, {}], ids=["no resolve", "no literals"])
async def test_a_command_does_the_same(tmp_path: Path, can: dict[str, Any]) -> None:
    async with scripted(tmp_path, can) as client:
        text = await opened(client)
        action = titled(await ask(client, URI, BODY), "Document")
        command = action if can == {} else action["command"]
        assert set(command) == {"title", "command", "arguments"}
        params = {key: command[key] for key in ("command", "arguments")}
        asked = await client.request("workspace/executeCommand", params)
        apply = await client.wait_for_method("workspace/applyEdit")
        await client.send({"jsonrpc": "2.0", "id": apply["id"], "result": {"applied": True}})
        assert (await client.answer(asked))["result"]["status"] == "applied"
    assert "<document>" in edited(text, apply["params"]["edit"], URI, "utf-16")
    assert params["arguments"][0]["version"] == 1


async def test_a_plugin_runs_everything_itself(tmp_path: Path) -> None:
    says = {"asksForInstruction": True, "previewsEdits": True, "showsText": True}
    can = capabilities(RESOLVES, experimental={"cornerman": says})
    async with scripted(tmp_path, can) as client:
        await opened(client)
        actions = await ask(client, URI, BODY, diagnostics=[DIAGNOSTIC])
    assert all("data" not in action for action in actions)
    arguments = {action["title"]: action["command"]["arguments"][0] for action in actions}
    assert not any(argument["show"] for argument in arguments.values())
    asking = titled(actions, "Refactor…")["command"]
    assert asking["command"] == "cornerman.refactor"
    assert asking["arguments"][0]["kind"] == "instruction"
    assert arguments["Fix: M"]["diagnostic"]["message"] == "M"
