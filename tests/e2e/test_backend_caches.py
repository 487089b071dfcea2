"""What every backend promises of its KV cache, on a tiny model of every architecture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from cornerman.core.generation import FinishReason
from cornerman.engine.host.backends.base import LoadedModel
from support.backends import PROMPT, SUBJECTS, TEXT, Subject, ids, request, source
from support.loaded_models import CancelAt, answer


@pytest.fixture(params=SUBJECTS, ids="-".join)
def subject(request: pytest.FixtureRequest) -> Subject:
    return Subject.of(*request.param)


@pytest.fixture
def model(subject: Subject) -> Iterator[LoadedModel]:
    loaded = subject.load()
    yield loaded
    loaded.close()


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


def test_prompts_that_begin_alike_keep_their_caches(model: LoadedModel) -> None:
    # Most of the short one goes on into the long one, but little of the long one into the short.
    long, short = TEXT + source(6), TEXT[:160] + "# other\n"
    for prompt in (long, short):
        answer(model, request(ids(prompt), tokens=1))
    for prompt in (long, short):
        again = answer(model, request(ids(prompt), tokens=1))
        assert again.finished.timings.evaluated <= (8 if model.backend != "mlx" else 2)


def test_cancels_in_prefill_and_keeps_what_was_evaluated(model: LoadedModel) -> None:
    ended = answer(model, request(), CancelAt(3))
    assert ended.finished.reason is FinishReason.CANCELLED
    assert ended.text == ""
    evaluated = ended.finished.timings.evaluated
    assert 0 < evaluated < len(PROMPT)
    assert answer(model, request()).finished.timings.cached > 0


def test_no_tokens_asked_for_is_a_prefetch(model: LoadedModel) -> None:
    answer(model, request(tokens=0))
    few = 8 if model.backend != "mlx" else 2
    assert answer(model, request()).finished.timings.evaluated <= few
