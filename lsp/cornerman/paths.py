"""Where Cornerman keeps things. Each folder can be moved by an environment variable."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """Downloads and everything that can be made again (``CORNERMAN_CACHE_DIR``)."""
    return _folder("CORNERMAN_CACHE_DIR", platformdirs.user_cache_path("cornerman"))


def state_dir() -> Path:
    """Logs and local figures (``CORNERMAN_STATE_DIR``)."""
    return _folder("CORNERMAN_STATE_DIR", platformdirs.user_state_path("cornerman"))


def config_dir() -> Path:
    """What the user writes: settings and models of their own (``CORNERMAN_CONFIG_DIR``)."""
    return _folder("CORNERMAN_CONFIG_DIR", platformdirs.user_config_path("cornerman"))


def runtime_dir() -> Path:
    """The engine's socket and locks (``CORNERMAN_RUNTIME_DIR``). Not created here."""
    with warnings.catch_warnings():
        # It warns where there is no session directory; the engine makes its own private one.
        warnings.simplefilter("ignore")
        default = platformdirs.user_runtime_path("cornerman")
    return _folder("CORNERMAN_RUNTIME_DIR", default)


def _folder(variable: str, default: Path) -> Path:
    chosen = os.environ.get(variable)
    return Path(chosen).expanduser() if chosen else default
