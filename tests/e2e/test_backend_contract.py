"""What every backend promises, on a tiny model of every architecture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineUnavailableError, PromptTooLongError
from cornerman.core.generation import FinishReason, SamplingParams
from cornerman.engine.host.backends.base import LoadedModel, LoadOptions, TokenRequest
from support.architectures import ARCHITECTURES
from support.backends import (
    BABBLE,
    BACKENDS,
    CONTEXT,
    PROMPT,
    SUBJECTS,
    TOKENIZER,
    Subject,
    ids,
    path_for,
    request,
    source,
)
from support.loaded_models import answer, cancelled_after
from support.tiny_models import TinyModel


@pytest.fixture(params=SUBJECTS, ids="-".join)
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject.of(*request.param)


@pytest.fixture
def model(subject: Subject) -> Iterator[LoadedModel]:
    loaded = subject.load()
    yield loaded
    loaded.close()


def test_greedy_text_is_the_same_every_time(subject: Subject, model: LoadedModel) -> None:
    first = answer(model, request())
    assert first.finished.reason is FinishReason.LENGTH
    assert first.finished.timings.generated == 12
    assert first.finished.timings.cached + first.finished.timings.evaluated == len(PROMPT)
    assert len(first.text) >= 12
    assert len(set(first.text)) > 1
    assert answer(model, request()).text == first.text == subject.cold(request())


def test_tells_the_log_probability_of_each_token(model: LoadedModel) -> None:
    plain = answer(model, request())
    told = answer(model, replace(request(), logprobs=True))
    assert told.text == plain.text
    assert len(told.logprobs) == told.finished.timings.generated == 12
    assert all(-20 < logprob < 0 for logprob in told.logprobs)
    assert plain.logprobs == ()


def test_cancels_in_decode_at_the_next_token(model: LoadedModel) -> None:
    parts, finished = cancelled_after(model, request(tokens=200), 3)
    assert finished.reason is FinishReason.CANCELLED
    assert len(parts) == 3


def test_stops_before_a_stop_string_across_tokens(model: LoadedModel) -> None:
    free = answer(model, request(tokens=24)).text
    stop = free[9:13]
    sampling = SamplingParams(max_tokens=24, stop=("no such text", stop))
    ended = answer(model, replace(request(), sampling=sampling))
    assert ended.finished.reason is FinishReason.STOP
    assert ended.text == free[: free.index(stop)]


@pytest.mark.parametrize("start", ["    ret", "\n", "enc", "é → 世界", "😀!", '"\\n{}"', "<|fim_"])
def test_the_output_starts_as_required(subject: Subject, model: LoadedModel, start: str) -> None:
    clashing = TOKENIZER.clashing_controls(start)
    asked = replace(request(tokens=24), required_start=start, banned=clashing)
    healed = answer(model, asked).text
    assert healed.startswith(start)
    assert answer(model, asked).text == healed == subject.cold(asked)


def test_control_tokens_do_not_pass_for_text(model: LoadedModel) -> None:
    start = "<|fim_middle|>"
    sampling = SamplingParams(max_tokens=len(start))
    banned = TOKENIZER.clashing_controls(start)
    asked = TokenRequest(PROMPT, sampling, required_start=start, banned=banned)
    spelled = answer(model, asked)
    assert spelled.text == start
    assert spelled.finished.timings.generated >= len(start) - 2


def test_banned_tokens_are_never_generated(model: LoadedModel) -> None:
    said = set(ids(answer(model, request(tokens=40)).text))
    asked = replace(request(tokens=40), banned=(*BABBLE, *said))
    assert not said & set(ids(answer(model, asked).text))


def test_characters_come_whole(model: LoadedModel) -> None:
    parts: list[str] = []
    asked = replace(request(tokens=30), required_start="żółw 😀 世界", banned=())
    model.generate(asked, lambda part: parts.append(part.text), CancellationToken())
    assert "".join(parts).startswith("żółw 😀 世界")


def test_a_seed_repeats_a_random_text(model: LoadedModel) -> None:
    def sampled(seed: int) -> str:
        sampling = SamplingParams(max_tokens=20, temperature=1.5, top_p=0.98, seed=seed)
        return answer(model, replace(request(), sampling=sampling)).text

    assert sampled(1) == sampled(1)
    assert len({sampled(seed) for seed in range(4)}) > 1


def test_a_prompt_longer_than_the_context_is_refused(subject: Subject) -> None:
    model = subject.load(256)
    with pytest.raises(PromptTooLongError, match=r"256"):
        answer(model, request(ids(source(30))))
    assert answer(model, request(PROMPT[:40])).text == subject.cold(request(PROMPT[:40]))
    model.close()


def test_output_ends_where_the_context_does(subject: Subject) -> None:
    model = subject.load(256)
    ended = answer(model, request(PROMPT[:230], tokens=100))
    assert ended.finished.reason is FinishReason.LENGTH
    assert 24 <= ended.finished.timings.generated <= 26
    model.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_damaged_model_is_refused_in_one_sentence(backend: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    path = path_for(backend, TinyModel(tmp_path, tmp_path / "model.gguf"))
    with pytest.raises(EngineUnavailableError, match=r"^The model f(ile|older) .* again\.$|cannot"):
        BACKENDS[backend].load(path, LoadOptions(CONTEXT))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_backends_agree(name: str) -> None:
    # These are shorter than a window and lead to no tie: llama.cpp keeps 16 bits of each value.
    prompts = [PROMPT[:length] for length in (10, 12, 14)]
    healed = [replace(request(prompt), required_start="    re") for prompt in prompts]
    for asked in (*map(request, prompts), *healed):
        first, second = (Subject.of(backend, name).cold(asked) for backend in BACKENDS)
        assert first == second


def test_log_probabilities_agree() -> None:
    told: list[tuple[float, ...]] = []
    for backend in BACKENDS:
        model = Subject.of(backend, "qwen2").load()
        told.append(answer(model, replace(request(PROMPT[:16]), logprobs=True)).logprobs)
    assert all(math.isclose(a, b, abs_tol=0.05) for a, b in zip(*told, strict=True))
