"""Which library runs a model."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import Literal

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host.backends.base import Backend

BackendName = Literal["auto", "llama.cpp", "mlx"]


def backend_for(path: Path, wanted: BackendName = "auto") -> Backend:
    """The backend of a model: a folder is MLX's, a file llama.cpp's.

    Raises:
        EngineUnavailableError: the ``wanted`` backend has no use for that.
    """
    fitting: BackendName = "mlx" if path.is_dir() else "llama.cpp"
    if wanted not in ("auto", fitting):
        raise EngineUnavailableError(
            f"The model {path} is one for {fitting}, and engine.backend says {wanted}; "
            "set it to auto or choose another model."
        )
    if fitting == "mlx":
        from cornerman.engine.host.backends.mlx import MlxBackend

        return MlxBackend()
    from cornerman.engine.host.backends.llama_cpp import LlamaCpp

    return LlamaCpp()


def in_order(paths: list[Path], wanted: BackendName = "auto") -> list[Path]:
    """The forms a model is installed in, the best for this machine first.

    On Apple silicon MLX is, and llama.cpp where MLX cannot load the model; elsewhere llama.cpp.
    """
    is_apple = sys.platform == "darwin" and platform.machine() == "arm64"
    prefers_folders = wanted == "mlx" or (wanted == "auto" and is_apple)
    usable = [path for path in paths if wanted == "auto" or path.is_dir() == (wanted == "mlx")]
    return sorted(usable or paths, key=lambda path: path.is_dir() != prefers_folders)
