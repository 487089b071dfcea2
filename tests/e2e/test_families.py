"""Every model family in both formats: its tokens, its prompt to the byte, and text it generates."""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from cornerman.context.site import completion_site
from cornerman.core.budget import TokenBudget
from cornerman.core.cancellation import CancellationToken
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, GenerationRequest, Prompt, Text
from cornerman.core.generation import SamplingParams as Sampling
from cornerman.core.snippets import Snippet, Surroundings
from cornerman.engine.host.backends.base import (
    Finished,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.backends.choice import BackendName, backend_for
from cornerman.engine.host.backends.mlx.vocabulary import vocabulary_of
from cornerman.engine.host.generation import Generation
from cornerman.engine.host.model_folder import read_folder_metadata
from cornerman.engine.host.resident import ModelShelf
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models.families import FAMILIES
from cornerman.models.gguf import read_metadata
from cornerman.prompting.fim import fim_prompt
from cornerman.prompting.region import Region
from support.library_tokenizer import LibraryTokenizer
from support.tiny_models import tiny_family

LIBRARY = Path(sysconfig.get_path("stdlib"))
ODD = " \t\n\r\f\u00a0\u2028aZéß日本語한م१²3😀👩‍👧_.,'\"<|>{}\\/st\u0301"
SOURCE = "import os\n\n\ndef total(items):\n    return sum(it"
REST = ")\n\n\nprint(total([]))\n"
AROUND = Surroundings(
    "shop", "src/app.py", (Snippet("src/cart.py", "A = 1\n", "test", 1.0, "1", "python"),)
)


def texts() -> list[str]:
    chance = random.Random(7)
    code = (LIBRARY / "bisect.py").read_text("utf-8")
    odd = ["".join(chance.choices(ODD, k=60)) for _ in range(25)]
    return [code, "x = 1\n\n\n    y  =  12345\n", "<s>[PREFIX]<|fim_middle|><0x0A>", *odd]


def prompt_of(family: str, layout: str) -> Prompt:
    snapshot = DocumentSnapshot("file:///a.py", "python", 1, SOURCE + REST)
    site = completion_site(snapshot, len(SOURCE))
    window = Region.around(site, TokenBudget(1024), (64, 24)).window(site)
    return fim_prompt(family, layout, window, AROUND)


@pytest.mark.parametrize("family", FAMILIES)
async def test_text_has_the_tokens_that_the_libraries_give_it(family: str, tmp_path: Path) -> None:
    model = tiny_family(family)
    from_file = ModelTokenizer(read_metadata(model.gguf))
    from_folder = ModelTokenizer(read_folder_metadata(model.mlx))
    async with LibraryTokenizer(model.gguf, tmp_path) as llama_cpp:
        for text in texts():
            ours = from_file.encode([Text(text)], starts=True)
            assert ours == from_folder.encode([Text(text)], starts=True)
            assert ours == await llama_cpp.encode(text)
    reference = Tokenizer.from_file(str(model.mlx / "tokenizer.json"))
    # That library does not find the pieces of gemma that are several spaces.
    code = re.sub(" +", " ", texts()[0])
    start = len(from_folder.encode([], starts=True))
    ours = from_folder.encode([Text(code)], starts=True)[start:]
    assert ours == reference.encode(code, add_special_tokens=False).ids


@dataclass
class Turn:
    """What a model was asked, and what it said."""

    request: TokenRequest
    said: str = ""


class Recorder:
    """A backend that remembers what its models are asked and what they say."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.name = "recorder"

    def choose(self, path: Path, wanted: BackendName) -> Recorder:
        self._backend = backend_for(path, wanted)
        return self

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        return _Recorded(self._backend.load(path, options), self.turns)


class _Recorded:
    def __init__(self, model: LoadedModel, turns: list[Turn]) -> None:
        self.backend = model.backend
        self._model = model
        self._turns = turns

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        turn = Turn(request)
        self._turns.append(turn)

        def listen(output: TokenText) -> None:
            turn.said += output.text
            emit(output)

        return self._model.generate(request, listen, cancel)

    def close(self) -> None:
        self._model.close()


def spelled(ids: list[int], folder: Path) -> str:
    """What token ids stand for, control tokens by their names."""
    metadata = read_folder_metadata(folder)
    tokens, vocabulary = metadata["tokenizer.ggml.tokens"], vocabulary_of(metadata)
    assert isinstance(tokens, list)
    spelled = [
        str(tokens[i]).encode() if vocabulary.is_control(i) else vocabulary.bytes_of(i) for i in ids
    ]
    return b"".join(spelled).decode()


def whole(family: str, prompt: Prompt) -> str:
    """The prompt as the model should see it, with what is required of the output."""
    return STARTS.get(family, "") + prompt.as_text()


STARTS = {
    "codellama": "<s>",
    "deepseek-coder": "<｜begin▁of▁sentence｜>",
    "codegemma": "<bos>",
    "codestral": "<s>",
    "seed-coder": "<[begin▁of▁sentence]>",
    "mistral": "<s>",
    "phi-3": "<s>",
    "gemma": "<bos>",
    "llama-3": "<|begin_of_text|>",
}
WORDS_BETWEEN_SPACES = {"codellama", "codegemma", "codestral", "mistral", "phi-3", "gemma"}
WORDS_WITH_A_MARK = {"qwen2.5-coder", "qwen3-coder", "llama-3", "seed-coder"}


def last_word(family: str) -> str:
    if family in WORDS_BETWEEN_SPACES:
        return " sum(it"
    return "(it" if family in WORDS_WITH_A_MARK else "it"


@pytest.mark.parametrize("form", ["gguf", "mlx"])
@pytest.mark.parametrize("family", FAMILIES)
def test_loads_sees_its_prompt_and_generates(family: str, form: str) -> None:
    model = tiny_family(family)
    recorder = Recorder()
    shelf = ModelShelf(LoadOptions(1024, threads=1), choose=recorder.choose)
    path = str(getattr(model, form))
    for layout in FAMILIES[family].layouts:
        prompt = prompt_of(family, layout)
        chunks: list[Chunk] = []
        request = GenerationRequest(path, prompt, Sampling(max_tokens=8))
        assert Generation(shelf, request)(chunks.append, CancellationToken())
        turn = recorder.turns[-1]
        required = last_word(family) if prompt.required_start else ""
        assert turn.request.required_start == required
        assert turn.said.startswith(required)
        seen = spelled(list(turn.request.prompt), model.mlx)
        wanted = whole(family, prompt).removesuffix(required)
        if family in WORDS_BETWEEN_SPACES:
            # Most of these put a space in front of a text.
            seen, wanted = seen.replace(" ", ""), wanted.replace(" ", "")
        assert seen == wanted
        assert chunks[-1].finish is not None
        assert chunks[-1].timings is not None
        assert chunks[-1].timings.generated > 0
    shelf.close()
