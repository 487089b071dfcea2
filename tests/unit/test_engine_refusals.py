"""What the engine answers to requests that it cannot or must not serve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cornerman.core.errors import EngineRequestError, EngineUnavailableError, PromptTooLongError
from support.http_engine import engine

SECRET = "my_secret_source"


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (PromptTooLongError("Too long."), 400, "prompt_too_long"),
        (EngineRequestError("Refused."), 400, "invalid_request_error"),
        (EngineUnavailableError("No memory."), 503, "engine_unavailable"),
        (ValueError(SECRET), 500, "server_error"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_errors_before_and_after_the_first_output(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    kind: str,
    stream: bool,
) -> None:
    async with engine(tmp_path, error) as e:
        early = await e.complete(stream=stream)
    async with engine(tmp_path, "1", error) as e:
        late = await e.complete(stream=stream)
    if not stream:
        assert [early.status_code, late.status_code] == [status, status]
        bodies = [early.json(), late.json()]
    else:
        # A stream has begun as soon as the model is ready: its error is an event.
        bodies = [json.loads(r.text.split("data: ")[-1]) for r in (early, late)]
        assert "[DONE]" not in early.text + late.text
    assert [body["error"]["type"] for body in bodies] == [kind, kind]
    assert SECRET not in early.text + late.text


@pytest.mark.parametrize("stream", [True, False])
async def test_missing_models_are_told_before_a_stream_begins(tmp_path: Path, stream: bool) -> None:
    async with engine(tmp_path, "1") as e:
        unknown = await e.complete(model="no-such-model", stream=stream)
        missing = await e.complete(model=str(tmp_path / "gone.gguf"), stream=stream)
    assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "model_not_found")
    assert (missing.status_code, missing.json()["error"]["type"]) == (404, "model_missing")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"model": "m"}).encode(),
        json.dumps({"model": "m", "prompt": SECRET, "temperature": "hot"}).encode(),
        json.dumps({"model": "m", "prompt": [SECRET]}).encode(),
    ],
)
async def test_bad_requests_are_refused_without_quoting_them(tmp_path: Path, body: bytes) -> None:
    async with engine(tmp_path, "1") as e:
        completion = await e.http.post("/v1/completions", content=body)
        chat = await e.http.post("/v1/chat/completions", content=body)
    for answer in (completion, chat):
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "invalid_request_error"
        assert SECRET not in answer.text


async def test_output_that_ignores_the_required_start_is_an_error(tmp_path: Path) -> None:
    async with engine(tmp_path, "something else") as e:
        answer = await e.complete(cornerman={"pieces": [{"text": "x =\n"}], "required_start": "en"})
    assert answer.status_code == 400


async def test_a_token_is_asked_of_every_request(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", token="t0ken") as e:
        without = await e.complete()
        wrong = await e.http.get("/health", headers={"Authorization": "Bearer other"})
        right = await e.http.get("/health", headers={"Authorization": "Bearer t0ken"})
    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 200]
