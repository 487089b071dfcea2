"""The engine as other tools see it: TCP on request, the official client, nobody else."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import psutil
import pytest

from cornerman.settings import STARTER_MODEL
from support.engine import DEADLINE, engines_in, private_folders

KEY = "a-key-of-sufficient-length"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An engine that listens on a port of its own choice."""
    folder = tmp_path_factory.mktemp("openai")
    (folder / "key").write_text(KEY, "utf-8")
    with private_folders(folder):
        arguments = ["--listen", "127.0.0.1:0", "--api-key-file", str(folder / "key")]
        command = [sys.executable, "-m", "cornerman", "engine", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
            process.terminate()
            process.wait(DEADLINE)
        assert engines_in(folder) == []


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def test_lists_models(client: openai.OpenAI) -> None:
    assert STARTER_MODEL in [model.id for model in client.models.list()]


def test_completes_with_logprobs(client: openai.OpenAI) -> None:
    answer = client.completions.create(
        model=STARTER_MODEL,
        prompt="def add(a, b):\n    return",
        max_tokens=8,
        logprobs=1,
        stop=["\n"],
    )
    (choice,) = answer.choices
    assert choice.text == " a + b"
    assert choice.finish_reason == "stop"
    assert choice.logprobs is not None
    assert "".join(choice.logprobs.tokens or []).startswith(" a + b")
    assert all(p is not None and -5 < p <= 0 for p in choice.logprobs.token_logprobs or [None])
    assert (choice.logprobs.text_offset or [])[0] == 0
    assert answer.usage is not None
    assert answer.usage.completion_tokens >= 4


def test_fills_in_before_a_suffix(client: openai.OpenAI) -> None:
    stream = client.completions.create(
        model=STARTER_MODEL,
        prompt="def celsius(fahrenheit):\n    ret",
        suffix="\n\nprint(celsius(212))\n",
        max_tokens=24,
        stop=["\n"],
        stream=True,
    )
    text = "".join(part.choices[0].text for part in stream)
    assert text.startswith("urn (fahrenheit - 32)")


def test_chats_and_streams(client: openai.OpenAI) -> None:
    question = "What is the capital of France? Answer with the name only."
    whole = client.chat.completions.create(
        model=STARTER_MODEL,
        messages=[{"role": "user", "content": question}],
        max_tokens=8,
        logprobs=True,
    )
    (choice,) = whole.choices
    assert "Paris" in (choice.message.content or "")
    assert choice.logprobs is not None
    tokens = choice.logprobs.content or []
    assert "".join(token.token for token in tokens).startswith("Paris")
    assert math.exp(tokens[0].logprob) > 0.3
    streamed = client.chat.completions.create(
        model=STARTER_MODEL,
        messages=[{"role": "user", "content": question}],
        max_tokens=8,
        stream=True,
    )
    text = "".join(part.choices[0].delta.content or "" for part in streamed)
    assert text == choice.message.content


def test_without_the_key_nothing_is_answered(url: str) -> None:
    with (
        openai.OpenAI(base_url=f"{url}/v1", api_key="another", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.models.list()


def test_a_web_page_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError):
        client.with_options(default_headers={"Origin": "https://evil.example"}).models.list()


def test_what_is_wrong_is_told(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="choose one of"):
        client.completions.create(model="gpt", prompt="x")


def test_it_listens_on_that_one_port_only(url: str) -> None:
    port = int(url.rpartition(":")[2])
    engines = [p for p in psutil.Process().children() if "--listen" in p.cmdline()]
    (engine,) = engines
    listening = [c for c in engine.net_connections(kind="inet") if c.status == "LISTEN"]
    assert [tuple(connection.laddr) for connection in listening] == [("127.0.0.1", port)]


def test_a_public_address_without_a_key_is_refused(tmp_path: Path) -> None:
    with private_folders(tmp_path):
        command = [sys.executable, "-m", "cornerman", "engine", "--listen", "0.0.0.0:8012"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)
    assert result.returncode != 0
    assert "--api-key-file" in result.stderr
