"""What the engine answers, in the words of the OpenAI protocol and its own extensions."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.gguf import tiny_metadata
from support.http_engine import engine, events


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


async def test_max_tokens_zero_evaluates_and_says_nothing(tmp_path: Path) -> None:
    async with engine(tmp_path, "one") as e:
        answer = await e.complete(max_tokens=0)
    assert answer.json()["choices"][0]["text"] == ""
    assert answer.json()["timings"]["prompt_n"] == 2


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
