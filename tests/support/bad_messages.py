"""Messages that no client should send, and what is to come back."""

from __future__ import annotations

from typing import Any

# Stands in documents and in malformed messages; must not come back in any error or log.
MARKER = "SECRET_SOURCE_4711"
URI = "file:///project/app.py"

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002


def request(method: object, params: object, msg_id: object = "r") -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params}


def notification(method: object, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def with_body(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def assert_error(message: dict[str, Any], code: int, msg_id: object) -> None:
    assert message["jsonrpc"] == "2.0"
    assert message["id"] == msg_id
    assert message["error"]["code"] == code
    assert set(message["error"]) == {"code", "message"}
    sentence = message["error"]["message"]
    assert sentence.endswith(".")
    assert MARKER not in sentence
    assert "Traceback" not in sentence
    assert "\n" not in sentence


MALFORMED_PARAMS = {
    "no params": ("textDocument/inlineCompletion", None),
    "params are a string": ("textDocument/inlineCompletion", MARKER),
    "params are an array": ("textDocument/inlineCompletion", [MARKER]),
    "document is a number": ("textDocument/inlineCompletion", {"textDocument": 5}),
    "position is missing": ("textDocument/inlineCompletion", {"textDocument": {"uri": MARKER}}),
    "position is negative": (
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": MARKER},
            "position": {"line": -1, "character": 0},
            "context": {"triggerKind": 1},
        },
    ),
    "position is text": (
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": MARKER},
            "position": {"line": MARKER, "character": 0},
            "context": {"triggerKind": 1},
        },
    ),
    "command is a number": ("workspace/executeCommand", {"command": 5}),
    "arguments are text": ("workspace/executeCommand", {"command": "x", "arguments": 3}),
    "unknown command": ("workspace/executeCommand", {"command": MARKER}),
    "command without its argument": ("workspace/executeCommand", {"command": "cornerman.accepted"}),
    "command with a wrong argument": (
        "workspace/executeCommand",
        {"command": "cornerman.explain", "arguments": [{"uri": MARKER, "position": MARKER}]},
    ),
}

DROPPED = {
    "unknown method": notification("no/such", {"x": MARKER}),
    "unknown optional method": notification("$/setTrace", {"value": "off"}),
    "open without a text": notification("textDocument/didOpen", {"textDocument": {"uri": MARKER}}),
    "change of an unknown document": notification(
        "textDocument/didChange",
        {
            "textDocument": {"uri": MARKER, "version": 1},
            "contentChanges": [{"text": MARKER}],
        },
    ),
    "malformed change": notification("textDocument/didChange", {"contentChanges": MARKER}),
    "close of an unknown document": notification(
        "textDocument/didClose", {"textDocument": {"uri": MARKER}}
    ),
    "cancel of an unknown request": notification("$/cancelRequest", {"id": 99}),
    "cancel without an id": notification("$/cancelRequest", None),
    "cancel with an odd id": notification("$/cancelRequest", {"id": [MARKER]}),
    "response to nothing": {"jsonrpc": "2.0", "id": 77, "result": MARKER},
    "error to nothing": {"jsonrpc": "2.0", "id": 77, "error": {"code": 1, "message": MARKER}},
}

NOT_A_MESSAGE = {
    "a number": b"5",
    "a batch": b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]',
    "an empty object": b"{}",
    "version 1": b'{"jsonrpc":"1.0","method":"x"}',
    "an id that is true": b'{"jsonrpc":"2.0","id":true,"method":"shutdown"}',
    "an id that is null": b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}',
    "an id that is a list": b'{"jsonrpc":"2.0","id":[1],"method":"shutdown"}',
    "a method that is a number, without an id": b'{"jsonrpc":"2.0","method":7}',
}

NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"jsonrpc": "2.0", "id": 1, "method": "' + MARKER.encode(),
    "not UTF-8": b'"\xff"',
    "UTF-16": '{"jsonrpc":"2.0","id":1,"method":"shutdown"}'.encode("utf-16"),
    "not a number": b"NaN",
    "bottomless": b"[" * 200_000,
}
