"""The model in memory: found by name, loaded when first asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineUnavailableError, ModelMissingError
from cornerman.core.generation import SamplingParams, Text, Timings
from cornerman.engine.host.backends.base import (
    Backend,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.backends.choice import BackendName, backend_for, in_order
from cornerman.engine.host.chat_template import ChatTemplate
from cornerman.engine.host.memory import MemoryNeed, default_limit_mib, fitted, need_of
from cornerman.engine.host.model_folder import read_folder_metadata
from cornerman.engine.host.speed import Speed
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store
from cornerman.models.gguf import read_metadata

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResidentModel:
    """A loaded model with what turns text into its tokens."""

    name: str
    tokenizer: ModelTokenizer
    template: ChatTemplate
    loaded: LoadedModel
    options: LoadOptions
    need: MemoryNeed
    speed: Speed


class ModelShelf:
    """Holds one model at a time. Only ``model`` may be used off the generation thread."""

    def __init__(
        self,
        options: LoadOptions,
        wanted: BackendName = "auto",
        memory_limit_mib: int | None = None,
        choose: Callable[[Path, BackendName], Backend] = backend_for,
    ) -> None:
        """``memory_limit_mib`` None means: a share of this machine's memory."""
        self._options = options
        self._wanted: BackendName = wanted
        self._limit_mib = memory_limit_mib or default_limit_mib()
        self._choose = choose
        self._model: ResidentModel | None = None

    @property
    def model(self) -> ResidentModel | None:
        """The model in memory. Safe from any thread."""
        return self._model

    def open(self, name: str) -> ResidentModel:
        """The model called ``name``, loaded in place of the one before if it is not that one.

        Raises:
            BadInputError: there is no model of that name.
            ModelMissingError: it is not installed.
            EngineUnavailableError: it cannot be loaded, or does not fit into the memory.
        """
        if self._model is not None and self._model.name == name:
            return self._model
        paths, trained_context = locate(name)
        self.close()
        *others, last = in_order(paths, self._wanted)
        for path in others:
            try:
                return self._load(name, path, trained_context)
            except EngineUnavailableError as error:
                _log.warning("%s; trying another form of the model", error)
        return self._load(name, last, trained_context)

    def note(self, cost: Timings) -> None:
        """Remember what a generation has cost."""
        if self._model is not None:
            self._model.speed.observe(cost)

    def close(self) -> None:
        """Free the model's memory."""
        model, self._model = self._model, None
        if model is not None:
            model.loaded.close()
            _log.info("unloaded %s", model.name)

    def _load(self, name: str, path: Path, trained_context: int | None) -> ResidentModel:
        started = time.monotonic()
        metadata = read_folder_metadata(path) if path.is_dir() else read_metadata(path)
        tokenizer = ModelTokenizer(metadata)
        template = ChatTemplate(metadata, tokenizer.control_tokens)
        context = min(self._options.context_tokens, trained_context or self._options.context_tokens)
        need = need_of(path, metadata, context)
        wished = replace(self._options, context_tokens=context)
        options = fitted(name, need, wished, self._limit_mib)
        loaded = self._choose(path, self._wanted).load(path, options)
        model = ResidentModel(name, tokenizer, template, loaded, options, need, Speed())
        _warm_up(model)
        self._model = model
        _log.info("loaded %s in %.1f s", name, time.monotonic() - started)
        return model


def locate(name: str) -> tuple[list[Path], int | None]:
    """The forms a model is installed in, and its longest context in tokens if known.

    ``name`` is a name of the catalogue, or the absolute path of a GGUF file or an MLX folder.

    Raises:
        BadInputError: there is no model of that name.
        ModelMissingError: it is not installed.
    """
    path = Path(name)
    if path.is_absolute():
        if not path.is_file() and not (path / "config.json").is_file():
            raise ModelMissingError(
                f"There is no model at {name}; it should be a GGUF file or an MLX folder."
            )
        return [path], None
    spec = catalog.find(name)
    return store.present(spec) or [store.require(spec)], spec.context_tokens


def _warm_up(model: ResidentModel) -> None:
    """Touch the weights and size the buffers, so that the first request costs what others do."""
    prompt = model.tokenizer.encode([Text("def main():\n    pass\n" * 8)])
    request = TokenRequest(prompt, SamplingParams(max_tokens=2))
    model.loaded.generate(request, _ignore, CancellationToken())


def _ignore(_: TokenText) -> None:
    """Output of the warm-up goes nowhere."""
