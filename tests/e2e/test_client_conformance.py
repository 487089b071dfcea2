"""The server with what real editors say about themselves: it must ask them for nothing else.

``clients/*.json`` are the ``capabilities`` those editors sent to a server that wrote them down;
the ones of VS Code are those of the library its extensions use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from cornerman.core.positions import LineIndex, PositionEncoding
from support.code_actions import ask, edited, resolve, titled
from support.rpc import Json, RpcClient
from support.scripted_client import URI, ask_and_wait, explain_params, scripted
from support.scripted_server import COMMAND

CLIENTS = {path.stem: path for path in sorted((Path(__file__).parent / "clients").glob("*.json"))}
TEXT = "answer\n\ndef total(values):\n    x = 'é😋'; return sum(values)\n"
ENCODINGS = {
    **dict.fromkeys(("neovim-0.11", "neovim-0.12", "helix"), "utf-8"),
    "eglot": "utf-32",
}

KNOWN = {"window/showMessage", "window/logMessage", "$/progress"}
"""What every client knows; the rest it has to have asked for."""
ASKED = {
    "client/registerCapability": "textDocument",
    "workspace/configuration": "workspace.configuration",
    "window/showDocument": "window.showDocument.support",
    "window/workDoneProgress/create": "window.workDoneProgress",
}


def said_by(name: str) -> Json:
    """The recorded capabilities of an editor."""
    capabilities: Json = json.loads(CLIENTS[name].read_text(encoding="utf-8"))["capabilities"]
    return capabilities


def said(capabilities: Json, path: str) -> Any:
    """What stands at a path such as ``window.showDocument``, or None."""
    value: Any = capabilities
    for key in path.split("."):
        value = cast("Json", value).get(key) if isinstance(value, dict) else None
    return value


def place(encoding: str, words: str) -> Json:
    """The cursor before ``words``, in the units of an encoding."""
    position = LineIndex(TEXT).position(TEXT.index(words), PositionEncoding(encoding))
    cursor = {"line": position.line, "character": position.character}
    return {"start": cursor, "end": cursor}


def assert_understood(edit: Json, capabilities: Json) -> None:
    """The edit has no form that the client did not ask for."""
    support: Json = said(capabilities, "workspace.workspaceEdit") or {}
    if "documentChanges" in edit:
        assert support.get("documentChanges") or support.get("resourceOperations")
        assert "changes" not in edit
        [change] = edit["documentChanges"]
        assert change["textDocument"]["version"] == 1
        is_annotated = all("annotationId" in one for one in change["edits"])
        assert is_annotated is ("changeAnnotationSupport" in support)
    else:
        assert not support.get("documentChanges")
        assert not support.get("resourceOperations")


def assert_provides(provider: Any, capabilities: Json) -> None:
    """Code actions are announced in the form the client knows."""
    if said(capabilities, "textDocument.codeAction.codeActionLiteralSupport") is None:
        assert provider is True
    else:
        assert "cornerman.explain" in provider["codeActionKinds"]


async def carried_out(client: RpcClient, action: Json) -> Json:
    """The edit of an action, made in whichever way the action wants."""
    if "data" in action:
        return (await resolve(client, action))["edit"]
    command = action if isinstance(action["command"], str) else action["command"]
    params = {key: command[key] for key in ("command", "arguments")}
    asked = await client.request("workspace/executeCommand", params)
    apply = await client.wait_for_method("workspace/applyEdit")
    await client.send({"jsonrpc": "2.0", "id": apply["id"], "result": {"applied": True}})
    assert (await client.answer(asked))["result"]["status"] == "applied"
    return apply["params"]["edit"]


@pytest.mark.parametrize("name", CLIENTS)
async def test_an_edit_arrives_in_a_form_the_editor_takes(tmp_path: Path, name: str) -> None:
    capabilities = said_by(name)
    async with await RpcClient.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        server = (await client.initialize(capabilities))["capabilities"]
        encoding = server["positionEncoding"]
        assert encoding == ENCODINGS.get(name, "utf-16")
        assert_provides(server["codeActionProvider"], capabilities)
        await client.open(URI, TEXT)
        actions = await ask(client, URI, place(encoding, "return"))
        action = titled(actions, "Document")
        resolves = "edit" in (
            said(capabilities, "textDocument.codeAction.resolveSupport.properties") or []
        )
        assert ("data" in action) is resolves
        edit = await carried_out(client, action)
        assert_understood(edit, capabilities)
        text = edited(TEXT, edit, URI, encoding)
    assert text == TEXT.replace("return sum", "<document>return sum")


async def answered(client: RpcClient, request: int) -> Any:
    """The result of a request; a document to show on the way is said to be shown."""
    response = await client.wait_for(
        lambda m: m.get("method") == "window/showDocument" or m.get("id") == request
    )
    if response.get("method") == "window/showDocument":
        shown = {"jsonrpc": "2.0", "id": response["id"], "result": {"success": True}}
        await client.send(shown)
    return (await client.answer(request))["result"]


@pytest.mark.parametrize("name", CLIENTS)
async def test_an_editor_is_asked_only_for_what_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path / "cache"))
    capabilities = said_by(name)
    async with scripted(tmp_path, capabilities) as client:
        await client.open(URI, TEXT)
        assert (await ask_and_wait(client))["items"]
        asked = await client.request("workspace/executeCommand", explain_params(show=True))
        assert (await answered(client, asked))["text"]
        received = list(client.received)
    methods = {message["method"] for message in received if "method" in message}
    assert methods <= KNOWN | {method for method, path in ASKED.items() if said(capabilities, path)}
    shows = bool(said(capabilities, "window.showDocument.support"))
    assert ("window/showDocument" in methods) is shows
    assert ("window/showMessage" in methods) is not shows
    for message in received:
        if message.get("method") == "client/registerCapability":
            for registration in message["params"]["registrations"]:
                path = registration["method"].replace("/", ".")
                assert said(capabilities, f"{path}.dynamicRegistration")
