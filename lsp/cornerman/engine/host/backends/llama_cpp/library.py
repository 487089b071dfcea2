"""Opens the library: its import, its parameters, and its own HTTP server shut off."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Any, cast

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.endpoint import socket_dir
from cornerman.engine.host.backends.base import LoadOptions
from cornerman.engine.host.cores import cores_to_use

# The most tokens of one step of prefill. How many there really are is decided step by step.
LARGEST_STEP = 512
# Drafts from the prompt: so many tokens have to match, and so many are then guessed. A wrong guess
# costs as much as a right one: much is guessed in the middle of a copy, and little where it only
# begins again behind a change. With the token before it, each is a multiple of what the library
# multiplies at a time.
_LONG_MATCH, _LONG_GUESS = 12, 23
_SHORT_MATCH, _SHORT_GUESS = 3, 7


def open_server(path: Path, options: LoadOptions, *, speculate: bool = False) -> Any:
    """The library's server for a model file. A second one shares the weights of the first.

    With ``speculate`` it drafts by prompt lookup, and keeps no prompts but the last.

    Raises:
        EngineUnavailableError: the library or the file cannot be loaded.
    """
    xllamacpp = _library()
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = options.context_tokens
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = LARGEST_STEP
    params.cache_ram_mib = 0 if speculate else options.parked_mib
    params.verbosity = 0
    params.warmup = False  # the engine's own is thorougher
    cores = cores_to_use(save_battery=options.save_battery)
    # With all cores busy decoding, any other program's work would hold up every single token.
    params.cpuparams.n_threads = options.threads or max(1, cores - 1)
    params.cpuparams_batch.n_threads = options.threads or cores
    if speculate:
        _guess(params.speculative, xllamacpp.common_speculative_type)
    socket = _shut_off_http(params)
    try:
        _read_ahead(path)
        return xllamacpp.Server(params)
    except (RuntimeError, OSError) as error:
        raise EngineUnavailableError(
            f"The model file {path} cannot be loaded: it is damaged, of a kind llama.cpp does "
            "not know, or too large for this machine's memory."
        ) from error
    finally:
        if socket is not None:
            socket.unlink(missing_ok=True)


def _guess(speculative: Any, kinds: Any) -> None:
    """Draft what followed a long match, or else what followed a short one."""
    speculative.types = [
        kinds.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE,
        kinds.COMMON_SPECULATIVE_TYPE_NGRAM_MAP_K,
    ]
    speculative.ngram_simple.size_n = _LONG_MATCH
    speculative.ngram_simple.size_m = _LONG_GUESS
    speculative.ngram_map_k.size_n = _SHORT_MATCH
    speculative.ngram_map_k.size_m = _SHORT_GUESS
    speculative.ngram_map_k.min_hits = 1


def _library() -> Any:
    # libgomp's default is to spin while it waits; with any other busy process on the machine that
    # slows decoding down to nothing. It reads this when it is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import xllamacpp  # pyright: ignore[reportMissingTypeStubs]  # it has none
    except ImportError as error:
        raise EngineUnavailableError(_why_not_importable(error)) from error
    return cast("Any", xllamacpp)


def _why_not_importable(error: ImportError) -> str:
    if "libgomp" in str(error):
        return "llama.cpp needs the system library libgomp; install it (Debian: libgomp1)."
    return "llama.cpp is not installed for this Python and machine; install xllamacpp."


def _shut_off_http(params: Any) -> Path | None:
    """Make the library's own HTTP server, which cannot be turned off, useless to anyone.

    Returns the socket it will listen on. Once unlinked nobody can connect to it.
    """
    params.ui = False
    params.endpoint_slots = False
    params.api_keys = [secrets.token_urlsafe(32)]
    params.cors_origins = "http://localhost"
    params.cors_credentials = False
    if sys.platform == "win32":
        return None
    socket = socket_dir() / "model.sock"
    socket.unlink(missing_ok=True)
    params.hostnames = [str(socket)]
    return socket


def _read_ahead(path: Path) -> None:
    """Bring the file into memory while other threads run: the library lets none of them."""
    buffer = bytearray(1 << 22)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
