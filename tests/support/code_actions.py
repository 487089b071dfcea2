"""The client's side of code actions: asking, choosing, and making the edit."""

from __future__ import annotations

from typing import Any

from cornerman.core.positions import LineIndex, Position, PositionEncoding
from support.rpc import Json, RpcClient

RESOLVES: Json = {
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
    "dataSupport": True,
    "resolveSupport": {"properties": ["edit"]},
}


def capabilities(code_action: Json, **more: object) -> Json:
    """Client capabilities with that support of code actions."""
    return {"textDocument": {"codeAction": code_action}, **more}


async def ask(client: RpcClient, uri: str, where: Json, **context: object) -> list[Json]:
    """The actions at a range."""
    params: Json = {
        "textDocument": {"uri": uri},
        "range": where,
        "context": {"diagnostics": [], **context},
    }
    found: list[Json] = await client.call("textDocument/codeAction", params)
    return found


def titled(actions: list[Json], start: str) -> Json:
    """The one action whose title starts so."""
    [action] = [action for action in actions if action["title"].startswith(start)]
    return action


async def resolve(client: RpcClient, action: Json) -> Json:
    resolved: Json = await client.call("codeAction/resolve", action)
    return resolved


def edited(text: str, edit: Json, uri: str, encoding: str) -> str:
    """``text``, the document at ``uri``, after an edit in either of LSP's two forms."""
    index, unit = LineIndex(text), PositionEncoding(encoding)

    def offset(position: Any) -> int:
        return index.offset(Position(position["line"], position["character"]), unit)

    changes: list[Any] = list(edit.get("changes", {}).get(uri, []))
    for change in edit.get("documentChanges", []):
        if "textDocument" in change and change["textDocument"]["uri"] == uri:
            changes += change["edits"]
    for one in sorted(changes, key=lambda one: offset(one["range"]["start"]), reverse=True):
        start, end = offset(one["range"]["start"]), offset(one["range"]["end"])
        text = text[:start] + one["newText"] + text[end:]
    return text
