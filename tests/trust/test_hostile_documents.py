"""Documents that nobody should have: the real server, engine and model answer and go on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psutil
import pytest
import pytest_asyncio

from cornerman.core.documents import LONGEST, TOO_LONG
from support.real_server import real_client
from support.rpc import RpcClient
from support.scripted_client import INTERNAL_ERROR, lsp_range

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

MARKS = (
    "<|fim_prefix|><|fim_suffix|><|fim_middle|><|file_sep|><|repo_name|><|im_start|><|im_end|>"
    "<fim_prefix><fim_suffix><fim_middle> <PRE> <SUF> <MID> <｜fim▁begin｜>[SUFFIX][PREFIX]</s>"
)
TEMPLATES = "{{ 7 * 7 }}{% include '/etc/passwd' %}{{ code }}{# #}${HOME}%(x)s"
ODD = {
    "a line of 1 MB": "x = '" + "a" * 1_000_000 + "'\n",
    "10,000 levels": "x = " + "[" * 10_000 + "]" * 10_000 + "\n",
    "10,000 levels left open": "x = " + "(" * 10_000 + "\n",
    "NUL": "x = '\0'\n\0\0\n",
    "lone surrogates": "x = '\ud800'\ny = '\udc00'\n",
    "bidi and zero width": "x = '\u202e\u2066 admin \u2069\u200b\u200d\ufeff'  # \u202a\n",
    "mixed line ends": "a = 1\r\nb = 2\rc = 3\n\r\n\n\r",
    "control tokens": f"# {MARKS}\n",
    "template syntax": f"x = '''{TEMPLATES}'''\n",
}
SHORT = {"max_line_tokens": 6, "max_block_tokens": 6, "candidates": 1, "deadline_ms": 100_000}
HUGE_CHARS = 50_000_000


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RpcClient]:
    can = {"general": {"positionEncodings": ["utf-32"]}}
    params = {"initializationOptions": {"completion": SHORT}}
    async with real_client(tmp_path_factory.mktemp("hostile"), can, **params) as client:
        yield client


async def outcome(client: RpcClient, uri: str, line: int, character: int) -> dict[str, object]:
    """What the server says of a completion that was asked for there, which must not fail."""
    response = await client.answer(await client.ask_completion(uri, line, character))
    assert "error" not in response, response
    return (await client.run_command("cornerman.why"))[0]


@pytest.mark.parametrize("case", ODD)
async def test_an_odd_document_is_one_like_others(client: RpcClient, case: str) -> None:
    uri = f"file:///odd/{len(case)}-{case[:3]}.py"
    text = f"{ODD[case]}\ndef add(first, second):\n    return "
    await client.open(uri, text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    why = await outcome(client, uri, len(lines) - 1, len(lines[-1]))
    assert why["timings"], f"the model was not asked: {why['reason']}"
    await outcome(client, uri, 0, 3)
    params: dict[str, object] = {
        "textDocument": {"uri": uri},
        "range": lsp_range(0, 0, 2, 0),
        "context": {"diagnostics": []},
    }
    response = await client.answer(await client.request("textDocument/codeAction", params))
    assert response.get("error", {}).get("code") != INTERNAL_ERROR
    await client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


async def test_50_megabytes_are_left_alone_with_a_reason(client: RpcClient) -> None:
    uri, other = "file:///odd/huge.py", "file:///odd/usual.py"
    process = psutil.Process(client.process.pid)
    await client.open(uri, "x = 1  # a line\n" * (HUGE_CHARS // 16))
    assert (await outcome(client, uri, 3, 0))["reason"] == TOO_LONG
    before = process.memory_info().rss
    for version in range(2, 102):
        change = {"range": lsp_range(0, 0, 0, 0), "text": "y"}
        document = {"uri": uri, "version": version}
        params = {"textDocument": document, "contentChanges": [change]}
        await client.notify("textDocument/didChange", params)
    assert (await outcome(client, uri, 3, 0))["reason"] == TOO_LONG
    assert process.memory_info().rss - before < 2 * LONGEST
    explain = {
        "command": "cornerman.explain",
        "arguments": [{"uri": uri, "range": lsp_range(0, 0, 1, 0)}],
    }
    assert (await client.error("workspace/executeCommand", explain))["message"] == TOO_LONG

    await client.open(other, "def add(first, second):\n    return ")
    assert (await outcome(client, other, 1, 11))["reason"] != TOO_LONG


async def test_a_document_that_is_cut_down_is_worked_on_again(client: RpcClient) -> None:
    uri = "file:///odd/cut.py"
    await client.open(uri, "x = 1\n")
    for text, is_too_long in (("#" * (LONGEST + 1), True), ("y = 2\n", False)):
        document = {"uri": uri, "version": 1 + len(text)}
        params = {"textDocument": document, "contentChanges": [{"text": text}]}
        await client.notify("textDocument/didChange", params)
        assert ((await outcome(client, uri, 0, 0))["reason"] == TOO_LONG) is is_too_long
