"""llama.cpp, in this process, through xllamacpp. This package alone knows either."""

from __future__ import annotations

from pathlib import Path

from cornerman.engine.host.backends.base import LoadedModel, LoadOptions


class LlamaCpp:
    """The backend that runs everywhere. Its models are GGUF files."""

    name = "llama.cpp"

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        """Load a GGUF file; see :class:`Backend`."""
        from cornerman.engine.host.backends.llama_cpp.model import LlamaModel

        return LlamaModel(path, options)
