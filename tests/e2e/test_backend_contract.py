"""What every backend promises, on a tiny model of every architecture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineUnavailableError, PromptTooLongError
from cornerman.core.generation import FinishReason, SamplingParams, Text
from cornerman.engine.host.backends.base import (
    Backend,
    Finished,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.backends.llama_cpp import LlamaCpp
from cornerman.engine.host.backends.mlx import MlxBackend
from cornerman.engine.host.tokenizer import ModelTokenizer
from support.architectures import ARCHITECTURES
from support.gguf import tiny_metadata
from support.tiny_models import TinyModel, tiny_model

CONTEXT = 1024
BACKENDS: dict[str, Backend] = {"llama.cpp": LlamaCpp(), "mlx": MlxBackend()}
TOKENIZER = ModelTokenizer(tiny_metadata())


def ids(text: str) -> list[int]:
    return TOKENIZER.encode([Text(text)])


def source(lines: int) -> str:
    return "".join(f"def f{i}(a{i}):\n    return a{i} + {i * i}\n" for i in range(lines))


ASCII = {ids(chr(code))[0] for code in range(0x20, 0x7F)}
# Random models babble: without these, what they say is plain text and has no end.
BABBLE = tuple(sorted(set(range(266)) - ASCII))
TEXT = source(12)
PROMPT = ids(TEXT)


@dataclass(frozen=True)
class Answer:
    text: str
    logprobs: tuple[float, ...]
    finished: Finished


@dataclass(frozen=True)
class Subject:
    """One backend with one architecture."""

    backend: Backend
    path: Path

    def load(self, context: int = CONTEXT) -> LoadedModel:
        return self.backend.load(self.path, LoadOptions(context, threads=1))

    def cold(self, asked: TokenRequest) -> str:
        """The answer of a model that has never evaluated anything."""
        model = self.load()
        try:
            return answer(model, asked).text
        finally:
            model.close()


class CancelAt(CancellationToken):
    """Cancelled from the ``polls``-th look at it on."""

    def __init__(self, polls: int) -> None:
        super().__init__()
        self._left = polls

    @property
    def cancelled(self) -> bool:
        self._left -= 1
        if self._left <= 0:
            self.cancel()
        return super().cancelled


def request(prompt: Sequence[int] = PROMPT, *, tokens: int = 12) -> TokenRequest:
    return TokenRequest(prompt, SamplingParams(max_tokens=tokens), banned=BABBLE)


def answer(
    model: LoadedModel, asked: TokenRequest, cancel: CancellationToken | None = None
) -> Answer:
    parts: list[TokenText] = []
    finished = model.generate(asked, parts.append, cancel or CancellationToken())
    logprobs = tuple(logprob for part in parts for logprob in part.logprobs)
    return Answer("".join(part.text for part in parts), logprobs, finished)


def path_for(backend: str, model: TinyModel) -> Path:
    return model.mlx if backend == "mlx" else model.gguf


SUBJECTS = [(backend, name) for backend in BACKENDS for name in ARCHITECTURES]


@pytest.fixture(params=SUBJECTS, ids=lambda param: "-".join(param))
def subject(request: pytest.FixtureRequest) -> Subject:
    backend, name = request.param
    return Subject(BACKENDS[backend], path_for(backend, tiny_model(name)))


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


Warm = Callable[[LoadedModel], None]


def _after(*prompts: str, slot: int = 0) -> Warm:
    def warm(model: LoadedModel) -> None:
        for prompt in prompts:
            answer(model, replace(request(ids(prompt)), slot=slot))

    return warm


def _after_cancelling(prompt: str, polls: int) -> Warm:
    def warm(model: LoadedModel) -> None:
        ended = answer(model, request(ids(prompt), tokens=100), CancelAt(polls))
        assert ended.finished.reason is FinishReason.CANCELLED

    return warm


@pytest.mark.parametrize(
    "warm",
    [
        pytest.param(_after(TEXT), id="same"),
        pytest.param(_after(TEXT[:-1]), id="longer"),
        pytest.param(_after(TEXT[:-90], TEXT[:-60], TEXT[:-30]), id="typed"),
        pytest.param(_after(TEXT + source(3)), id="trimmed"),
        pytest.param(_after(TEXT, TEXT[:-40]), id="deleted-and-typed-again"),
        pytest.param(_after(TEXT[:-50] + source(4)), id="diverging"),
        pytest.param(_after("# quite different\n" + source(6)), id="unrelated"),
        pytest.param(_after(TEXT[:-50] + source(4), slot=1), id="shared"),
        pytest.param(_after(TEXT, source(20), TEXT[::-1]), id="back-again"),
        pytest.param(_after_cancelling(TEXT, 3), id="cancelled-in-prefill"),
        pytest.param(_after_cancelling(TEXT + source(9), 8), id="cancelled-in-longer-prefill"),
        pytest.param(_after_cancelling(TEXT[:60], 25), id="cancelled-in-decode"),
    ],
)
def test_a_warm_cache_changes_nothing(subject: Subject, model: LoadedModel, warm: Warm) -> None:
    warm(model)
    assert answer(model, request()).text == subject.cold(request())


def test_typing_on_evaluates_only_what_is_new(model: LoadedModel) -> None:
    answer(model, request())
    for typed in (TEXT + "d", TEXT + "de", TEXT + "def"):
        # llama.cpp comes back to models with a window a few tokens before the end.
        few = 8 if model.backend != "mlx" else 3
        assert answer(model, request(ids(typed))).finished.timings.evaluated <= few


def test_windows_that_take_turns_keep_their_caches(model: LoadedModel) -> None:
    prompts = [ids("# one\n" + TEXT), ids("# the other\n" + TEXT)]
    first = [answer(model, request(prompt)).text for prompt in prompts]
    for _ in range(2):
        for prompt, text in zip(prompts, first, strict=True):
            again = answer(model, request(prompt))
            assert again.text == text
            # llama.cpp comes back to models with a window a few tokens before the end.
            assert again.finished.timings.evaluated <= (8 if model.backend != "mlx" else 1)


def test_cancels_in_prefill_and_keeps_what_was_evaluated(model: LoadedModel) -> None:
    ended = answer(model, request(), CancelAt(3))
    assert ended.finished.reason is FinishReason.CANCELLED
    assert ended.text == ""
    evaluated = ended.finished.timings.evaluated
    assert 0 < evaluated < len(PROMPT)
    assert answer(model, request()).finished.timings.cached > 0


def test_cancels_in_decode_at_the_next_token(model: LoadedModel) -> None:
    cancel = CancellationToken()
    seen: list[str] = []

    def emit(part: TokenText) -> None:
        seen.append(part.text)
        if len(seen) == 3:
            cancel.cancel()

    finished = model.generate(request(tokens=200), emit, cancel)
    assert finished.reason is FinishReason.CANCELLED
    assert len(seen) == 3


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


def test_no_tokens_asked_for_is_a_prefetch(model: LoadedModel) -> None:
    answer(model, request(tokens=0))
    few = 8 if model.backend != "mlx" else 2
    assert answer(model, request()).finished.timings.evaluated <= few


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


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_backends_agree(name: str) -> None:
    # These are shorter than a window and lead to no tie: llama.cpp keeps 16 bits of each value.
    prompts = [PROMPT[:length] for length in (10, 12, 14)]
    healed = [replace(request(prompt), required_start="    re") for prompt in prompts]
    for asked in (*map(request, prompts), *healed):
        texts: list[str] = []
        for backend in BACKENDS:
            subject = Subject(BACKENDS[backend], path_for(backend, tiny_model(name)))
            texts.append(subject.cold(asked))
        assert texts[0] == texts[1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_damaged_model_is_refused_in_one_sentence(backend: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(100))
    path = path_for(backend, TinyModel(tmp_path, tmp_path / "model.gguf"))
    with pytest.raises(EngineUnavailableError, match=r"^The model f(ile|older) .* again\.$|cannot"):
        BACKENDS[backend].load(path, LoadOptions(CONTEXT))


def test_log_probabilities_agree() -> None:
    told: list[tuple[float, ...]] = []
    for backend in BACKENDS:
        model = BACKENDS[backend].load(path_for(backend, tiny_model("qwen2")), LoadOptions(CONTEXT))
        told.append(answer(model, replace(request(PROMPT[:16]), logprobs=True)).logprobs)
    assert all(math.isclose(a, b, abs_tol=0.05) for a, b in zip(*told, strict=True))
