"""Our copy of a document equals the editor's, after any edits, in every position encoding."""

from __future__ import annotations

import json
import random

import pytest

from cornerman.protocol.language_server import CornermanServer
from cornerman.server import build
from support.code_units import CodeUnits
from support.random_edits import random_change, random_text, range_change
from support.scripted_server import ScriptedPipelines

URI = "file:///fuzz.py"
EDITS = 20_000
ENCODINGS = ("utf-8", "utf-16", "utf-32")
SEEDS = (1, 2, 3, 4)


async def send(server: CornermanServer, method: str, params: object, **more: object) -> None:
    message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
    await server.wire.receive(json.dumps(message).encode())


async def server_for(encoding: str | None, text: str) -> CornermanServer:
    server = build(ScriptedPipelines())
    general = {"positionEncodings": [encoding]} if encoding else {}
    await send(server, "initialize", {"capabilities": {"general": general}}, id=1)
    item = {"uri": URI, "languageId": "python", "version": 1, "text": text}
    await send(server, "textDocument/didOpen", {"textDocument": item})
    return server


async def change(server: CornermanServer, version: int, *changes: object) -> None:
    document = {"uri": URI, "version": version}
    params = {"textDocument": document, "contentChanges": changes}
    await send(server, "textDocument/didChange", params)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_fuzzed_edits_never_diverge(encoding: str, seed: int) -> None:
    rng = random.Random(f"{encoding} {seed}")
    first = random_text(rng, 30)
    reference = CodeUnits(first, encoding)
    server = await server_for(encoding, first)
    edits = version = 0
    while edits < EDITS / (len(ENCODINGS) * len(SEEDS)):
        changes = [random_change(rng, reference) for _ in range(rng.choice((1, 1, 2, 3)))]
        edits, version = edits + len(changes), version + rng.randint(1, 3)
        await change(server, version, *changes)
        snapshot = server.session.documents[URI]
        assert snapshot.text == reference.text(), (edits, changes)
        assert snapshot.version == version


async def test_changes_of_one_notification_apply_one_after_the_other() -> None:
    server = await server_for(None, "ab\n")
    await change(
        server,
        2,
        range_change((0, 0), (0, 0), "x\n"),
        range_change((1, 2), (1, 2), "c"),
        range_change((0, 0), (1, 0), ""),
    )
    assert server.session.documents[URI].text == "abc\n"


async def test_utf16_is_assumed_when_the_client_names_no_encoding() -> None:
    server = await server_for(None, "😋x")
    await change(server, 2, range_change((0, 2), (0, 3), "y"))
    assert server.session.documents[URI].text == "😋y"


async def test_a_reversed_range_is_read_the_right_way_round() -> None:
    server = await server_for(None, "abcd")
    await change(server, 2, range_change((0, 3), (0, 1), "-"))
    assert server.session.documents[URI].text == "a-d"


async def test_half_a_surrogate_pair_is_replaced_and_moves_nothing() -> None:
    server = await server_for(None, "a\ud83dz")
    await change(server, 2, range_change((0, 2), (0, 3), "b"))
    assert server.session.documents[URI].text == "a\ufffdb"


async def test_a_document_that_is_not_open_is_not_made_up() -> None:
    server = await server_for(None, "a")
    params = {"textDocument": {"uri": URI}}
    await send(server, "textDocument/didClose", params)
    await change(server, 2, {"text": "b"})
    assert server.session.documents == {}


async def test_a_document_is_forgotten_after_a_change_that_cannot_be_read() -> None:
    server = await server_for(None, "a")
    await change(server, 2, {"range": {"start": 5}, "text": "b"})
    assert server.session.documents == {}
    item = {"uri": URI, "languageId": "python", "version": 3, "text": "c"}
    await send(server, "textDocument/didOpen", {"textDocument": item})
    assert server.session.documents[URI].text == "c"
