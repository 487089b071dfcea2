"""A generation that is interrupted goes on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Prompt,
    SamplingParams,
    Text,
    Timings,
)
from cornerman.engine.host.backends.base import (
    Finished,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.generation import Generation
from support.engine import shelf_of
from support.gguf import tiny_metadata, write_gguf

SONG = "abracadabra, simsalabim and so on"


class Parrot:
    """A model that goes on with ``SONG`` from wherever its prompt is in it, a letter a token."""

    name = backend = "parrot"

    def __init__(self, per_turn: int) -> None:
        self.requests: list[TokenRequest] = []
        self._per_turn = per_turn
        self._is_warm = False

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        assert path.exists()
        assert options.context_tokens == 512
        return self

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        if not self._is_warm:
            self._is_warm = True
            return Finished(FinishReason.LENGTH, Timings())
        self.requests.append(request)
        said = "".join(self.letters[token] for token in request.prompt).removeprefix(">")
        rest = SONG[len(said) :][: request.sampling.max_tokens]
        assert rest.startswith(request.required_start)
        timings = Timings(len(request.prompt) - 1, 1, 2.0)
        for index, letter in enumerate(rest):
            if index == self._per_turn:
                cancel.cancel()
                # A token more than it said, as libraries run ahead.
                return Finished(FinishReason.CANCELLED, replace(timings, generated=index + 1))
            timings = replace(timings, generated=index + 1, decode_ms=index + 1.0)
            emit(TokenText(letter, (-0.5,), timings))
        return Finished(FinishReason.LENGTH, timings)

    def close(self) -> None: ...

    @property
    def letters(self) -> list[str]:
        tokens = tiny_metadata()["tokenizer.ggml.tokens"]
        assert isinstance(tokens, list)
        return [str(token).replace("Ġ", " ") for token in tokens]


def run(tmp_path: Path, parrot: Parrot, max_tokens: int, start: str = "") -> list[Chunk]:
    model = str(write_gguf(tmp_path / "tiny.gguf", tiny_metadata()))
    prompt = Prompt((Text(">"),), start)
    request = GenerationRequest(model, prompt, SamplingParams(max_tokens), logprobs=True)
    generation = Generation(shelf_of(parrot), request)
    chunks: list[Chunk] = []
    while not generation(chunks.append, CancellationToken()):
        assert len(parrot.requests) < 50
    return chunks


@pytest.mark.parametrize("per_turn", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("start", ["", "abrac"])
def test_turns_leave_no_trace(tmp_path: Path, per_turn: int, start: str) -> None:
    chunks = run(tmp_path, Parrot(per_turn), len(SONG), start)
    assert "".join(chunk.text for chunk in chunks) == SONG[len(start) :]
    *texts, last = chunks
    assert texts[0] == Chunk("")
    assert last.finish is FinishReason.LENGTH
    assert all(chunk.finish is None for chunk in texts)
    generated = [chunk.timings.generated for chunk in chunks[1:] if chunk.timings]
    assert generated == sorted(generated)


def test_the_cost_is_that_of_all_turns(tmp_path: Path) -> None:
    parrot = Parrot(per_turn=10)
    last = run(tmp_path, parrot, 25)[-1]
    assert len(parrot.requests) == 3
    assert last.timings == Timings(0, 3, 6.0, 25, 25.0)


def test_tokens_generated_before_a_pause_count(tmp_path: Path) -> None:
    parrot = Parrot(per_turn=8)
    chunks = run(tmp_path, parrot, 20)
    assert "".join(chunk.text for chunk in chunks) == SONG[:20]
    limits = [request.sampling.max_tokens for request in parrot.requests]
    prompts = [len(request.prompt) for request in parrot.requests]
    assert limits == [20, 12, 4]
    assert [a + b for a, b in zip(limits, prompts, strict=True)] == [21] * len(limits)
