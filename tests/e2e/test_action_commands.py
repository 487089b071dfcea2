"""The commands that end in an edit, over a real wire, with scripted pipelines: no model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from support.rpc import RpcClient
from support.scripted_actions import NEW_FILE, REASON
from support.scripted_client import (
    CANCELLED,
    INVALID_PARAMS,
    REQUEST_FAILED,
    URI,
    lsp_range,
    scripted,
)
from support.scripted_server import MISSING

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPLIES: dict[str, Any] = {"workspace": {"applyEdit": True}}
VERSIONED: dict[str, Any] = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}
}
CREATES: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
    }
}
CONFIRMS: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}},
    }
}
PLUGIN = {"experimental": {"cornerman": {"previewsEdits": True}}}

TEXT = "answer\né = 1\n"
WHERE = lsp_range(1, 0, 1, 5)
DIAGNOSTIC: dict[str, Any] = {"range": WHERE, "message": "M", "source": "S", "code": 7}

COMMANDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "instruction": ("refactor", {"range": WHERE, "instruction": " shout "}, "<instruction|shout>"),
    "kind": ("refactor", {"range": WHERE, "kind": "simplify"}, "<simplify>"),
    "extract": ("refactor", {"range": WHERE, "kind": "extract-function"}, "<extract-function>"),
    "fix": ("fix", {"diagnostic": DIAGNOSTIC}, "<fix|M|S|7>"),
    "document": ("document", {"range": WHERE}, "<document>"),
    "todo": ("todo", {"range": WHERE}, "<todo>"),
}


def params(command: str, **argument: object) -> dict[str, Any]:
    arguments = [{"uri": URI, **argument}]
    return {"command": f"cornerman.{command}", "arguments": arguments}


async def run(client: RpcClient, command: str, **argument: object) -> Any:
    return await client.call("workspace/executeCommand", params(command, **argument))


async def refused(client: RpcClient, command: str, **argument: object) -> Any:
    return await client.error("workspace/executeCommand", params(command, **argument))


async def applying(client: RpcClient, applied: object, command: str, **argument: object) -> Any:
    """The command's result after the client has answered the edit, and the edit."""
    method = "workspace/applyEdit"
    before = len(client.sent_by_server(method))
    asked = await client.request("workspace/executeCommand", params(command, **argument))
    edit = await client.wait_for_method(method, before + 1)
    await client.send({"jsonrpc": "2.0", "id": edit["id"], "result": {"applied": applied}})
    return (await client.answer(asked))["result"], edit["params"]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    """A client that applies edits, shared by the tests that leave it as it was."""
    async with scripted(tmp_path_factory.mktemp("editor"), APPLIES) as client:
        yield client


@pytest.mark.parametrize("case", COMMANDS)
async def test_a_command_has_its_edit_applied(editor: RpcClient, case: str) -> None:
    command, argument, said = COMMANDS[case]
    await editor.open(URI, TEXT)
    offer, asked = await applying(editor, True, command, **argument)
    edit = {"changes": {URI: [{"range": WHERE, "newText": said}]}}
    assert asked == {"label": offer["title"], "edit": edit}
    assert offer["status"] == "applied"
    assert offer["edit"] == edit
    assert offer["checks"][0] == {"name": "parses", "passed": True, "detail": "It parses."}
    assert offer["tokensPerSecond"] == 34.5


async def test_an_edit_that_is_only_wanted_is_not_applied(tmp_path: Path) -> None:
    async with scripted(tmp_path, VERSIONED | PLUGIN) as client:
        await client.open(URI, TEXT)
        offer = await run(client, "document", range=WHERE, apply=False)
        assert client.sent_by_server("workspace/applyEdit") == []
    assert offer["status"] == "offered"
    [change] = offer["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}


async def test_an_edit_names_its_version_and_asks_for_consent(tmp_path: Path) -> None:
    async with scripted(tmp_path, CONFIRMS) as client:
        await client.open(URI, TEXT)
        _, asked = await applying(client, True, "document", range=WHERE)
    edit = asked["edit"]
    [(name, annotation)] = edit["changeAnnotations"].items()
    assert annotation == {
        "label": "Scripted document",
        "needsConfirmation": True,
        "description": "Checked: parses, names.",
    }
    [change] = edit["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert [one["annotationId"] for one in change["edits"]] == [name]


async def test_a_plugin_that_previews_is_not_asked_for_consent_again(tmp_path: Path) -> None:
    async with scripted(tmp_path, CONFIRMS | PLUGIN) as client:
        await client.open(URI, TEXT)
        offer = await run(client, "document", range=WHERE, apply=False)
    assert "changeAnnotations" not in offer["edit"]


async def test_what_failed_a_check_comes_with_a_warning(tmp_path: Path) -> None:
    async with scripted(tmp_path, CONFIRMS) as client:
        await client.open(URI, TEXT)
        offer, asked = await applying(client, True, "document", range=WHERE, takesUnverified=True)
    assert offer["warning"] == "It fails a check."
    [annotation] = asked["edit"]["changeAnnotations"].values()
    assert annotation["description"] == offer["warning"]


async def test_a_new_file_is_created_where_the_client_can(tmp_path: Path) -> None:
    async with scripted(tmp_path, CREATES) as client:
        await client.open(URI, TEXT)
        _, asked = await applying(client, True, "test", range=WHERE)
        assert client.sent_by_server("window/showMessage") == []
    create, change = asked["edit"]["documentChanges"]
    options = {"overwrite": False, "ignoreIfExists": False}
    assert create == {"kind": "create", "uri": NEW_FILE, "options": options}
    assert change["textDocument"] == {"uri": NEW_FILE, "version": None}
    assert change["edits"][0]["newText"] == "<test>"


async def test_a_new_file_is_begun_and_to_be_saved_elsewhere(tmp_path: Path) -> None:
    async with scripted(tmp_path, APPLIES) as client:
        await client.open(URI, TEXT)
        _, asked = await applying(client, True, "test", range=WHERE)
        told = await client.wait_for_method("window/showMessage")
    assert list(asked["edit"]["changes"]) == [NEW_FILE]
    assert told["params"] == {"type": 3, "message": "test_new.py is new; save it to keep it."}


@pytest.mark.parametrize("show", [True, False])
async def test_a_refusal_has_a_reason_and_no_edit(tmp_path: Path, *, show: bool) -> None:
    async with scripted(tmp_path, APPLIES) as client:
        await client.open(URI, "refuse\nx\n")
        offer = await run(client, "refactor", range=WHERE, kind="simplify", show=show)
        shown = [message["params"] for message in client.sent_by_server("window/showMessage")]
    assert (offer["status"], offer["reason"], offer["edit"]) == ("refused", REASON, None)
    assert offer["checks"] == [{"name": "parses", "passed": False, "detail": ""}]
    assert shown == ([{"type": 2, "message": REASON}] if show else [])


async def test_an_edit_the_editor_did_not_make_counts_as_refused(editor: RpcClient) -> None:
    await editor.open(URI, TEXT)
    offer, _ = await applying(editor, False, "document", range=WHERE)
    assert (offer["status"], offer["edit"]) == ("refused", None)
    assert offer["reason"] == "The editor did not apply the edit."


async def test_a_client_that_cannot_apply_edits_says_so_in_the_end(tmp_path: Path) -> None:
    async with scripted(tmp_path) as client:
        await client.open(URI, TEXT)
        asked = await client.request("workspace/executeCommand", params("todo", range=WHERE))
        edit = await client.wait_for_method("workspace/applyEdit")
        error = {"code": -32601, "message": "SECRET"}
        await client.send({"jsonrpc": "2.0", "id": edit["id"], "error": error})
        offer = (await client.answer(asked))["result"]
    assert offer["reason"] == "This editor cannot apply an edit that a server makes."


async def test_an_edit_is_refused_as_soon_as_the_document_changes(editor: RpcClient) -> None:
    await editor.open(URI, "never\n")
    asked = await editor.request("workspace/executeCommand", params("todo", range=WHERE))
    await editor.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": "x"}]},
    )
    offer = (await editor.answer(asked))["result"]
    assert offer["status"] == "refused"
    assert offer["reason"].startswith("The document has changed")


async def test_a_newer_action_takes_the_place_of_an_older_one(editor: RpcClient) -> None:
    await editor.open(URI, "never\n")
    older = await editor.request("workspace/executeCommand", params("todo", range=WHERE))
    newer = await editor.request("workspace/executeCommand", params("todo", range=WHERE))
    assert (await editor.answer(older))["error"]["code"] == CANCELLED
    await editor.notify("$/cancelRequest", {"id": newer})
    assert (await editor.answer(newer))["error"]["code"] == CANCELLED


FAILURES: dict[str, tuple[str, dict[str, Any], str]] = {
    "no model": ("missing", {}, MISSING),
    "another version": ("answer", {"version": 7}, "The document has changed"),
    "not open": ("answer", {"uri": "file:///b.py"}, "The document is not open"),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_a_failure_is_an_error_with_a_sentence(editor: RpcClient, case: str) -> None:
    script, argument, sentence = FAILURES[case]
    await editor.open(URI, f"{script}\n")
    error = await refused(editor, "document", **{"range": WHERE, **argument})
    assert error["code"] == REQUEST_FAILED
    assert error["message"].startswith(sentence)


async def test_a_refactoring_needs_to_know_what_to_do(editor: RpcClient) -> None:
    await editor.open(URI, TEXT)
    error = await refused(editor, "refactor", range=WHERE, kind="instruction", instruction=" ")
    assert error["code"] == REQUEST_FAILED
    assert "instruction" in error["message"]


BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "no range": ("document", {}),
    "no diagnostic": ("fix", {"range": WHERE}),
    "unknown kind": ("refactor", {"range": WHERE, "kind": "SECRET"}),
    "a kind that is no refactoring": ("refactor", {"range": WHERE, "kind": "explain"}),
    "range is text": ("todo", {"range": "SECRET"}),
}


@pytest.mark.parametrize("case", BAD)
async def test_arguments_are_checked(editor: RpcClient, case: str) -> None:
    command, argument = BAD[case]
    await editor.open(URI, TEXT)
    error = await refused(editor, command, **argument)
    assert error["code"] == INVALID_PARAMS
    assert "SECRET" not in error["message"]
