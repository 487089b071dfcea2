"""Where a remote engine is, the key that opens it, and whose proxy is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.remote import RemoteLink
from cornerman.engine.remote_address import Remote, remote_of
from cornerman.pipelines import EnginePipelines
from cornerman.settings import Settings, parse
from support.fake_openai import FakeOpenAI, good, serving

KEY = "k3y-that-nobody-may-see"


def test_an_address_is_taken_with_and_without_its_version() -> None:
    for url in ("http://gpu:8000", "http://gpu:8000/", "http://gpu:8000/v1", "http://gpu:8000/v1/"):
        remote = remote_of(parse({"engine": {"url": url}})[0])
        assert remote is not None
        assert (remote.url, remote.name) == ("http://gpu:8000", "gpu:8000")
    under = remote_of(parse({"engine": {"url": "https://gate/team/v1"}})[0])
    assert under is not None
    assert under.url == "https://gate/team"
    assert remote_of(Settings()) is None


@pytest.mark.parametrize(
    "url", ["ftp://gpu", "gpu:8000", "http://me:pw@gpu", "http://gpu/?key=pw", "http://gpu/#x", 5]
)
def test_an_address_that_cannot_be_used_leaves_the_code_on_this_machine(url: object) -> None:
    settings, problems = parse({"engine": {"url": url}})
    assert settings.engine.url is None
    assert len(problems) == 1
    assert "pw" not in problems[0]


def test_the_environments_proxy_is_for_other_machines() -> None:
    ours = ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1")
    assert not any(Remote(url, "m").uses_environment for url in ours)
    theirs = ("http://gpu:8000", "https://localhost:1", "http://10.0.0.1")
    assert all(Remote(url, "m").uses_environment for url in theirs)


async def test_a_proxy_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "nonsense://proxy")
    link = RemoteLink(Remote("http://example.invalid", "m"))
    with pytest.raises(EngineUnavailableError, match="proxy"):
        await link.health()
    await link.aclose()


async def test_a_key_is_read_from_its_file_anew_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "key"
    clock = [0.0]
    async with serving(FakeOpenAI([good])) as fake:
        link = RemoteLink(Remote(fake.url, "m", path), clock=lambda: clock[0])
        for content in (None, b"two words", b"\xff\xfe", b"a\nb"):
            if content is not None:
                path.write_bytes(content)
            with pytest.raises(
                EngineUnavailableError, match=r"api_key_file|nothing else"
            ) as caught:
                await link.health()
            assert "words" not in str(caught.value)
            clock[0] += 60.0
        assert not fake.asked
        path.write_text(f"{KEY}\n")
        await link.health()
        assert fake.asked[0].headers["authorization"] == f"Bearer {KEY}"
        await link.aclose()


async def test_the_pipelines_follow_the_settings() -> None:
    first, second = FakeOpenAI([good]), FakeOpenAI([good])
    pipelines = EnginePipelines()
    async with serving(first), serving(second):
        for fake in (first, second, first):
            engine = {"url": fake.url, "remote_model": "m", "api_key_env": "TEST_KEY"}
            settings, problems = parse({"engine": engine})
            assert problems == []
            status = await pipelines.status(settings)
            assert (status.model, status.pid) == ("m", 0)
            assert status.backend == f"vLLM at 127.0.0.1:{fake.port}"
        await pipelines.aclose()
    assert len(first.asked) == 2
    assert len(second.asked) == 1
