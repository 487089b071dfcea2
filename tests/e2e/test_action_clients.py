"""Every action with every kind of client: resolving or not, versioned edits or not, confirming."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from cornerman.core.actions import ActionKind
from cornerman.protocol.action_kinds import command_of, is_edit, lsp_kind
from support.code_actions import RESOLVES, ask, capabilities, edited, resolve
from support.rpc import Json, RpcClient
from support.scripted_actions import NEW_FILE
from support.scripted_client import URI, lsp_range, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = """\
answer

# cornerman: use sum
def total(values, start=0):
    # TODO: check start
    res = []
    for x in values:
        res.append("%s" % (x,))
    y = len(res)
    z = y + start
    return z, not start in res
"""
BODY = lsp_range(5, 8, 5, 8)
PLACES = {
    ActionKind.INSTRUCTION: lsp_range(3, 4, 3, 4),
    ActionKind.TODO: lsp_range(4, 8, 4, 8),
    ActionKind.EXTRACT_FUNCTION: lsp_range(8, 4, 9, 17),
}
DIAGNOSTIC: Json = {"range": lsp_range(8, 4, 8, 5), "message": "M", "source": "S", "code": 7}


@dataclass(frozen=True)
class Can:
    """What a client declares."""

    resolves: bool
    takes_versions: bool = False
    confirms: bool = False

    def __str__(self) -> str:
        parts = ["resolve" if self.resolves else "commands"]
        parts += ["documentChanges"] * self.takes_versions + ["needsConfirmation"] * self.confirms
        return ", ".join(parts)

    @property
    def capabilities(self) -> Json:
        literals: Json = RESOLVES if self.resolves else {"codeActionLiteralSupport": {}}
        edits: Json = {"documentChanges": self.takes_versions}
        if self.confirms:
            edits["changeAnnotationSupport"] = {}
        return capabilities(literals, workspace={"applyEdit": True, "workspaceEdit": edits})


CLIENTS = [
    Can(resolves, takes_versions, confirms)
    for resolves in (True, False)
    for takes_versions, confirms in ((False, False), (True, False), (True, True))
]


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=CLIENTS, ids=str)
async def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[RpcClient, Can]]:
    can: Can = request.param
    async with scripted(tmp_path_factory.mktemp("client"), can.capabilities) as client:
        yield client, can


@pytest.mark.parametrize("kind", ActionKind, ids=lambda kind: kind.value)
async def test_every_action_works_with_every_client(
    connection: tuple[RpcClient, Can], kind: ActionKind
) -> None:
    client, can = connection
    await client.open(URI, CODE)
    where = PLACES.get(kind, BODY)
    diagnostics = [DIAGNOSTIC] if kind is ActionKind.FIX else []
    actions = await ask(client, URI, where, diagnostics=diagnostics)
    action = next(one for one in actions if one["kind"] == lsp_kind(kind))
    if not is_edit(kind):
        await says_something(client, action, kind)
        return
    assert ("command" in action) is not can.resolves
    edit = (await resolve(client, action))["edit"] if can.resolves else await run(client, action)
    uri = NEW_FILE if kind is ActionKind.TEST else URI
    text = "" if kind is ActionKind.TEST else CODE
    assert f"<{kind.value}" in edited(text, edit, uri, "utf-16")
    has_the_form_for(can, edit, uri)


async def says_something(client: RpcClient, action: Json, kind: ActionKind) -> None:
    """Words come by a command, which works whether or not it is to show them."""
    command = action["command"]
    assert command["command"] == command_of(kind)
    arguments = [{**command["arguments"][0], "show": False}]
    params = {"command": command["command"], "arguments": arguments}
    assert await client.call("workspace/executeCommand", params)


async def run(client: RpcClient, action: Json) -> Any:
    """The edit that the server asks for when the action's command is run."""
    command, method = action["command"], "workspace/applyEdit"
    before = len(client.sent_by_server(method))
    params = {name: command[name] for name in ("command", "arguments")}
    asked = await client.request("workspace/executeCommand", params)
    apply = await client.wait_for_method(method, before + 1)
    await client.send({"jsonrpc": "2.0", "id": apply["id"], "result": {"applied": True}})
    assert (await client.answer(asked))["result"]["status"] == "applied"
    return apply["params"]["edit"]


def has_the_form_for(can: Can, edit: Json, uri: str) -> None:
    if not can.takes_versions:
        assert set(edit) == {"changes"}
        return
    assert set(edit) == {"documentChanges", *(["changeAnnotations"] * can.confirms)}
    [change] = edit["documentChanges"]
    version = None if uri == NEW_FILE else 1
    assert change["textDocument"] == {"uri": uri, "version": version}
    marks = {one.get("annotationId") for one in change["edits"]}
    if not can.confirms:
        assert marks == {None}
        return
    [(name, annotation)] = edit["changeAnnotations"].items()
    assert marks == {name}
    assert annotation["needsConfirmation"] is True
