"""The model in memory: found by name, loaded when first asked for."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import ModelMissingError
from cornerman.core.generation import SamplingParams, Text, Timings
from cornerman.engine.host.backends.base import (
    Backend,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.chat_template import ChatTemplate
from cornerman.engine.host.gguf import read_metadata
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResidentModel:
    """A loaded model with what turns text into its tokens."""

    name: str
    path: Path
    tokenizer: ModelTokenizer
    template: ChatTemplate
    loaded: LoadedModel


class ModelShelf:
    """Holds one model at a time. All methods but ``name`` belong to the generation thread."""

    def __init__(self, backend: Backend, options: LoadOptions) -> None:
        self.backend = backend
        self._options = options
        self._model: ResidentModel | None = None
        self.last = Timings()

    @property
    def name(self) -> str | None:
        """Name of the model in memory. Safe from any thread."""
        model = self._model
        return model.name if model else None

    def open(self, name: str) -> ResidentModel:
        """The model called ``name``, loaded in place of the one before if it is not that one.

        Raises:
            BadInputError: there is no model of that name.
            ModelMissingError: it is not installed.
            EngineUnavailableError: it cannot be loaded.
        """
        if self._model is not None and self._model.name == name:
            return self._model
        path, trained_context = locate(name)
        self.close()
        started = time.monotonic()
        metadata = read_metadata(path)
        tokenizer = ModelTokenizer(metadata)
        template = ChatTemplate(metadata, tokenizer.control_tokens)
        context = min(self._options.context_tokens, trained_context or self._options.context_tokens)
        loaded = self.backend.load(path, LoadOptions(context, self._options.threads))
        self._model = ResidentModel(name, path, tokenizer, template, loaded)
        _warm_up(self._model)
        _log.info("loaded %s in %.1f s", name, time.monotonic() - started)
        return self._model

    def note(self, cost: Timings) -> None:
        """Remember what a generation has cost."""
        self.last = cost

    def close(self) -> None:
        """Free the model's memory."""
        model, self._model = self._model, None
        if model is not None:
            model.loaded.close()


def locate(name: str) -> tuple[Path, int | None]:
    """File of a model, and its longest context in tokens if known.

    ``name`` is a name of the catalogue or the absolute path of a GGUF file.

    Raises:
        BadInputError: there is no model of that name.
        ModelMissingError: it is not installed.
    """
    path = Path(name)
    if path.is_absolute() and path.suffix == ".gguf":
        if not path.is_file():
            raise ModelMissingError(f"There is no model file {name}; check the path.")
        return path, None
    spec = catalog.find(name)
    return store.require(spec), spec.context_tokens


def _warm_up(model: ResidentModel) -> None:
    """Touch the weights and size the buffers, so that the first request costs what others do."""
    prompt = model.tokenizer.encode([Text("def main():\n    pass\n" * 8)])
    request = TokenRequest(prompt, SamplingParams(max_tokens=2))
    model.loaded.generate(request, _ignore, CancellationToken())


def _ignore(_: TokenText) -> None:
    """Output of the warm-up goes nowhere."""
