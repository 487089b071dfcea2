from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Message

from cornerman.core.errors import EngineRequestError, EngineUnavailableError, PromptTooLongError
from cornerman.engine.host import responses
from cornerman.engine.host.activity import Activity
from cornerman.engine.host.app import create_app
from cornerman.engine.host.scheduler import Scheduler
from support.engine import DEADLINE, ScriptedBackend, shelf_of
from support.gguf import tiny_metadata, write_gguf

SECRET = "my_secret_source"


@dataclass
class Engine:
    app: ASGIApp
    http: httpx2.AsyncClient
    backend: ScriptedBackend
    activity: Activity
    scheduler: Scheduler
    model: str

    async def complete(self, **extra: object) -> httpx2.Response:
        body = {"model": self.model, "prompt": "x = ", **extra}
        return await self.http.post("/v1/completions", json=body)

    async def chat(self, **extra: object) -> httpx2.Response:
        messages = [{"role": "user", "content": "hello"}]
        body = {"model": self.model, "messages": messages, **extra}
        return await self.http.post("/v1/chat/completions", json=body)


@asynccontextmanager
async def engine(
    tmp_path: Path, *script: str | Exception, token: str = ""
) -> AsyncGenerator[Engine]:
    backend = ScriptedBackend(*script)
    scheduler, activity = Scheduler(), Activity()
    shelf = shelf_of(backend)
    app = create_app(scheduler, shelf, activity, token)
    model = str(write_gguf(tmp_path / "tiny.gguf", tiny_metadata()))
    transport = httpx2.ASGITransport(app)
    http = httpx2.AsyncClient(transport=transport, base_url="http://engine")
    yield Engine(app, http, backend, activity, scheduler, model)
    await http.aclose()
    await asyncio.to_thread(scheduler.close, shelf.close)
    assert backend.closed or not backend.loads


async def jobs(e: Engine, count: int) -> None:
    """Returns when so many jobs run or wait."""
    while (await asyncio.to_thread(e.scheduler.figures)).jobs < count:
        pass


def events(response: httpx2.Response) -> list[Any]:
    """The JSON of each event of a stream that is properly ended."""
    assert response.headers["content-type"] == "text/event-stream"
    *found, done, rest = response.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in found]


async def test_stream_of_a_completion(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", " + 2") as e:
        first, second, last = events(await e.complete(stream=True, logprobs=1))
    assert first["object"] == "text_completion"
    assert first["choices"] == [
        {
            "index": 0,
            "text": "1",
            "logprobs": {"token_logprobs": [-0.5], "tokens": ["1"], "text_offset": [0]},
        },
    ]
    assert second["choices"][0]["logprobs"]["text_offset"] == [1]
    assert second["choices"][0]["text"] == " + 2"
    assert "timings" not in second
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["timings"] == {
        "cache_n": 1, "prompt_n": 2, "prompt_ms": 3.0, "predicted_n": 2, "predicted_ms": 5.0
    }  # fmt: skip
    assert first["id"] == last["id"]


async def test_whole_completion(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", " + 2") as e:
        body = (await e.complete()).json()
    assert body["choices"] == [{"index": 0, "text": "1 + 2", "finish_reason": "stop"}]
    assert body["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


async def test_chat_streamed_and_whole(tmp_path: Path) -> None:
    async with engine(tmp_path, "Hel", "lo") as e:
        streamed = events(await e.chat(stream=True))
        whole = (await e.chat()).json()
    assert "".join(event["choices"][0]["delta"]["content"] for event in streamed) == "Hello"
    assert streamed[0]["choices"][0]["delta"]["role"] == "assistant"
    assert streamed[-1]["choices"][0]["finish_reason"] == "stop"
    assert whole["object"] == "chat.completion"
    assert whole["choices"][0]["message"] == {"role": "assistant", "content": "Hello"}


async def test_chat_logprobs_have_the_form_of_chats(tmp_path: Path) -> None:
    async with engine(tmp_path, "Hé", "!") as e:
        whole = (await e.chat(logprobs=True)).json()
    assert whole["choices"][0]["logprobs"] == {
        "content": [
            {"token": "Hé", "logprob": -0.5, "bytes": [72, 195, 169], "top_logprobs": []},
            {"token": "!", "logprob": -0.5, "bytes": [33], "top_logprobs": []},
        ]
    }


async def test_a_completion_goes_before_a_chat_of_another_tool(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", "2") as e:
        e.backend.gate = gate = threading.Semaphore(0)
        chat = asyncio.create_task(e.chat(messages=[{"role": "user", "content": "<"}]))
        await jobs(e, 1)
        completion = asyncio.create_task(e.complete())
        await jobs(e, 2)
        gate.release(5)
        await asyncio.gather(chat, completion)
        order = [len(request.prompt) for request in e.backend.requests[1:]]
    assert len(order) == 3
    assert order[1] < order[0]
    assert order[2] >= order[0]


async def test_a_suffix_is_laid_out_for_the_models_family(tmp_path: Path) -> None:
    async with engine(tmp_path, " enco", "de(x)") as e:
        before = "x = 1\ny = enco"
        answer = await e.complete(prompt=before, suffix="\nz")
        assert answer.json()["choices"][0]["text"] == "de(x)"
        asked = e.backend.requests[-1]
        tokens = tiny_metadata()["tokenizer.ggml.tokens"]
        assert isinstance(tokens, list)
        text = "".join(str(tokens[token]) for token in asked.prompt)
    assert text == "<|fim_prefix|><|fim_suffix|>Ċz<|fim_middle|>xĠ=Ġ1ĊyĠ="
    assert asked.required_start == " enco"


@pytest.mark.parametrize("script", [("encode(x)",), ("e", "n", "cod", "e(x)"), ("enco", "de(x)")])
async def test_the_required_start_is_taken_off_wherever_tokens_end(
    tmp_path: Path, script: tuple[str, ...]
) -> None:
    async with engine(tmp_path, *script) as e:
        extensions = {"pieces": [{"text": "x =\nen"}], "required_start": "co"}
        answer = await e.complete(cornerman=extensions, max_tokens=5)
        (request,) = e.backend.requests[1:]
    assert answer.json()["choices"][0]["text"] == "de(x)"
    assert request.required_start == "enco"
    assert request.sampling.max_tokens == 6, "the required text is not at the answer's expense"


async def test_logprobs_stay_with_the_tokens_of_the_answer(tmp_path: Path) -> None:
    async with engine(tmp_path, "en", "code", "(x)") as e:
        extensions = {"pieces": [{"text": "x =\n"}], "required_start": "enco"}
        answer = await e.complete(cornerman=extensions, logprobs=1)
    logprobs = answer.json()["choices"][0]["logprobs"]
    assert logprobs["token_logprobs"] == [-0.5, -0.5]


async def test_output_that_ignores_the_required_start_is_an_error(tmp_path: Path) -> None:
    async with engine(tmp_path, "something else") as e:
        answer = await e.complete(cornerman={"pieces": [{"text": "x =\n"}], "required_start": "en"})
    assert answer.status_code == 400


async def test_max_tokens_zero_evaluates_and_says_nothing(tmp_path: Path) -> None:
    async with engine(tmp_path, "one") as e:
        answer = await e.complete(max_tokens=0)
    assert answer.json()["choices"][0]["text"] == ""
    assert answer.json()["timings"]["prompt_n"] == 2


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


async def test_health_tells_the_process_and_is_no_activity(tmp_path: Path) -> None:
    async with engine(tmp_path, "1") as e:
        before = (await e.http.get("/health")).json()
        await e.complete()
        after = (await e.http.get("/health")).json()
    assert before["model"] is None
    assert after["model"] == e.model
    assert after["backend"] == "scripted"
    assert after["pid"] > 0


async def test_models_lists_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path))
    async with engine(tmp_path) as e:
        assert (await e.http.get("/v1/models")).json() == {"object": "list", "data": []}


async def test_a_token_is_asked_of_every_request(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", token="t0ken") as e:
        without = await e.complete()
        wrong = await e.http.get("/health", headers={"Authorization": "Bearer other"})
        right = await e.http.get("/health", headers={"Authorization": "Bearer t0ken"})
    assert [without.status_code, wrong.status_code, right.status_code] == [401, 401, 200]


async def test_a_silent_stream_is_kept_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "_SILENCE_SECONDS", 0.01)
    async with engine(tmp_path, "1") as e:
        e.backend.gate = threading.Semaphore(0)
        wanted = asyncio.Event()

        async def send(message: Message) -> None:
            if b": still at work\n\n" in message.get("body", b""):
                assert e.backend.gate is not None
                e.backend.gate.release()
            if b"[DONE]" in message.get("body", b""):
                wanted.set()

        await asyncio.wait_for(_post(e, asyncio.Event(), send), DEADLINE)
        assert wanted.is_set()


async def test_a_client_that_goes_away_cancels_its_job(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", "2") as e:
        e.backend.gate = gate = threading.Semaphore(1)
        gone = asyncio.Event()

        async def send(message: Message) -> None:
            if b'"1"' in message.get("body", b""):
                gone.set()
                await asyncio.sleep(0)  # let the news arrive before the model goes on
                gate.release()

        await asyncio.wait_for(_post(e, gone, send), DEADLINE)
        assert await asyncio.to_thread(e.backend.cancelled.wait, DEADLINE)
        assert e.activity.idle_seconds > 0


async def _post(e: Engine, gone: asyncio.Event, send: Any) -> None:
    """A streamed completion by plain ASGI, whose client leaves when ``gone`` is set."""
    body = json.dumps({"model": e.model, "prompt": "x", "stream": True}).encode()
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/completions",
        "headers": [],
        "query_string": b"",
    }
    await e.app(scope, receive, send)
