"""The backends' contract, held by llama.cpp with the starter model's real weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cornerman.core.errors import PromptTooLongError
from cornerman.core.generation import FinishReason, SamplingParams, Text
from cornerman.engine.host.backends.base import LoadedModel, LoadOptions, TokenRequest
from cornerman.engine.host.backends.llama_cpp import LlamaCpp
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store
from cornerman.models.gguf import read_metadata
from cornerman.settings import STARTER_MODEL
from support.loaded_models import CancelAt, answer, cancelled_after

CONTEXT = 1024
PATH = store.require(catalog.find(STARTER_MODEL))
TOKENIZER = ModelTokenizer(read_metadata(PATH))
SOURCE = "".join(f"def f{i}(a{i}):\n    return a{i} + {i * i}\n\n\n" for i in range(12))


def load() -> LoadedModel:
    return LlamaCpp().load(PATH, LoadOptions(CONTEXT))


@pytest.fixture(scope="module")
def model() -> Iterator[LoadedModel]:
    loaded = load()
    yield loaded
    loaded.close()


def asked(text: str, tokens: int = 12, **fields: object) -> TokenRequest:
    request = TokenRequest(TOKENIZER.encode([Text(text)]), SamplingParams(tokens))
    return replace(request, **fields)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "earlier",
    [
        SOURCE,
        SOURCE + "def f12(a12):\n",
        SOURCE[: len(SOURCE) // 2],
        SOURCE[: len(SOURCE) // 2] + "import os\n" * 20,
        "something else\n" * 40,
    ],
    ids=["reused", "trimmed", "extended", "diverging", "replaced"],
)
def test_a_warm_cache_says_what_a_cold_one_says(earlier: str) -> None:
    prompt = SOURCE + "def f12("
    warm, cold = load(), load()
    try:
        answer(warm, asked(earlier))
        assert answer(warm, asked(prompt)).text == answer(cold, asked(prompt)).text
    finally:
        warm.close()
        cold.close()


def test_cancelled_in_prefill_what_was_evaluated_stays(model: LoadedModel) -> None:
    ended = answer(model, asked("# cancelled\n" + SOURCE), CancelAt(3))
    assert (ended.text, ended.finished.reason) == ("", FinishReason.CANCELLED)
    again = answer(model, asked("# cancelled\n" + SOURCE))
    assert again.text
    assert again.finished.timings.cached >= ended.finished.timings.evaluated > 0


def test_cancelled_in_decode_it_stops_at_the_next_token(model: LoadedModel) -> None:
    parts, finished = cancelled_after(model, asked(SOURCE, 100), 3)
    assert finished.reason is FinishReason.CANCELLED
    assert len(parts) == 3


def test_the_required_start_is_kept_and_continued(model: LoadedModel) -> None:
    assert answer(model, asked(SOURCE, required_start="def f12(a1")).text.startswith("def f12(a12")


def test_each_token_has_its_log_probability(model: LoadedModel) -> None:
    told = answer(model, asked(SOURCE, logprobs=True))
    assert len(told.logprobs) == told.finished.timings.generated == 12
    assert all(logprob <= 0 for logprob in told.logprobs)


def test_a_prompt_longer_than_the_context_is_refused_with_both_figures(model: LoadedModel) -> None:
    with pytest.raises(PromptTooLongError, match=str(CONTEXT)):
        answer(model, asked(SOURCE * 6))
    assert answer(model, asked(SOURCE)).text
