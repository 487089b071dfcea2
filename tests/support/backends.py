"""Every backend with a tiny random model of every architecture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.generation import SamplingParams, Text
from cornerman.engine.host.backends.base import Backend, LoadedModel, LoadOptions, TokenRequest
from cornerman.engine.host.backends.llama_cpp import LlamaCpp
from cornerman.engine.host.backends.mlx import MlxBackend
from cornerman.engine.host.tokenizer import ModelTokenizer
from support.architectures import ARCHITECTURES
from support.gguf import tiny_metadata
from support.loaded_models import answer
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
class Subject:
    """One backend with one architecture."""

    backend: Backend
    path: Path

    @classmethod
    def of(cls, backend: str, architecture: str) -> Subject:
        return cls(BACKENDS[backend], path_for(backend, tiny_model(architecture)))

    def load(self, context: int = CONTEXT) -> LoadedModel:
        return self.backend.load(self.path, LoadOptions(context, threads=1))

    def cold(self, asked: TokenRequest) -> str:
        """The answer of a model that has never evaluated anything."""
        model = self.load()
        try:
            return answer(model, asked).text
        finally:
            model.close()


SUBJECTS = [(backend, name) for backend in BACKENDS for name in ARCHITECTURES]


def path_for(backend: str, model: TinyModel) -> Path:
    return model.mlx if backend == "mlx" else model.gguf


def request(prompt: Sequence[int] = PROMPT, *, tokens: int = 12) -> TokenRequest:
    return TokenRequest(prompt, SamplingParams(max_tokens=tokens), banned=BABBLE)
