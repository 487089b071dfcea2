"""MLX, Apple's library, through mlx-lm. This package alone knows either."""

from __future__ import annotations

from pathlib import Path

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host.backends.base import LoadedModel, LoadOptions
from cornerman.engine.host.model_folder import read_folder_metadata


class MlxBackend:
    """The backend for Apple silicon. Its models are folders, not files."""

    name = "mlx"

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        """Load a model folder; see :class:`Backend`. Code in the folder is never run."""
        if not (path / "config.json").is_file():
            raise EngineUnavailableError(
                f"{path} is not the folder of an MLX model: it has no config.json."
            )
        try:
            # Slow to import, and not installed where there is no use for it.
            from cornerman.engine.host.backends.mlx.library import load_network
            from cornerman.engine.host.backends.mlx.model import MlxModel
            from cornerman.engine.host.backends.mlx.vocabulary import vocabulary_of
        except ImportError as error:
            raise EngineUnavailableError(
                "MLX is not installed for this Python and machine; install mlx-lm."
            ) from error
        metadata = read_folder_metadata(path)
        try:
            network, end_tokens = load_network(path)
        except Exception as error:  # the library raises whatever its own libraries do
            raise EngineUnavailableError(
                f"The model folder {path} cannot be loaded: it is damaged, of a kind MLX does not "
                "know, brings code of its own, or is too large for this machine's memory."
            ) from error
        vocabulary = vocabulary_of(metadata, end_tokens)
        return MlxModel(network, vocabulary, options.context_tokens)
