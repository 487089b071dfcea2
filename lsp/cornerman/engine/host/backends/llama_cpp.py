"""llama.cpp, in this process, through xllamacpp. The only module that knows either."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import (
    EngineRequestError,
    EngineUnavailableError,
    PromptTooLongError,
)
from cornerman.core.generation import FinishReason, Timings
from cornerman.engine.endpoint import socket_dir
from cornerman.engine.host.backends.base import (
    Finished,
    LoadedModel,
    LoadOptions,
    TokenRequest,
    TokenText,
)
from cornerman.engine.host.cores import physical_cores

# Tokens per step of prefill. Cancellation is seen after the step under way and ends the next one.
# On two cores 32 is 8 % slower than 64 and half as late.
_PREFILL_STEP = 32
# Prompts put aside when another one takes the KV cache: enough for a few files to take turns.
_PARKED_PROMPTS_MIB = 256

_Event = dict[str, Any]


class LlamaCpp:
    """The backend that runs everywhere."""

    name = "llama.cpp"

    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        """Load a GGUF file; see :class:`Backend`."""
        xllamacpp = _library()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = options.context_tokens
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _PREFILL_STEP
        params.cache_ram_mib = _PARKED_PROMPTS_MIB
        params.verbosity = 0
        params.warmup = False  # ours is thorougher
        cores = physical_cores()
        # With all cores busy decoding, any other program's work would hold up every single token.
        params.cpuparams.n_threads = options.threads or max(1, cores - 1)
        params.cpuparams_batch.n_threads = options.threads or cores
        socket = _shut_off_http(params)
        try:
            _read_ahead(path)
            server = xllamacpp.Server(params)
        except (RuntimeError, OSError) as error:
            raise EngineUnavailableError(
                f"The model file {path} cannot be loaded: it is damaged, of a kind llama.cpp does "
                "not know, or too large for this machine's memory."
            ) from error
        finally:
            if socket is not None:
                socket.unlink(missing_ok=True)
        return _LlamaModel(server)


class _LlamaModel:
    backend = LlamaCpp.name

    def __init__(self, server: Any) -> None:
        self._server: Any = server
        self._used = False

    def generate(
        self, request: TokenRequest, emit: Callable[[TokenText], None], cancel: CancellationToken
    ) -> Finished:
        """Generate; see :class:`LoadedModel`."""
        generation = _Generation(emit, cancel)
        self._used = True
        self._server.handle_completions(_body(request), generation.on_event)
        return generation.finished()

    def close(self) -> None:
        """Stop the library's threads and free the model."""
        if not self._used:
            # Closed before it has done anything, the library can wait for itself for ever.
            self._server.handle_completions({"prompt": [0], "max_tokens": 1})
        self._server = None


class _Generation:
    """Takes the library's events of one generation."""

    def __init__(self, emit: Callable[[TokenText], None], cancel: CancellationToken) -> None:
        self._emit = emit
        self._cancel = cancel
        self._error: BaseException | None = None
        self._reason: FinishReason | None = None
        self._timings = Timings()

    def on_event(self, event: _Event) -> bool:
        """Called by the library for each step of prefill and each token; True stops it.

        The library swallows what is raised here, so it is kept for :meth:`finished`.
        """
        try:
            self._take(event)
        except BaseException as error:
            self._error = error
        return self._error is not None or self._cancel.cancelled

    def finished(self) -> Finished:
        """How it ended; raises what went wrong."""
        if self._error is not None:
            raise self._error
        if self._reason is None and not self._cancel.cancelled:
            raise EngineRequestError("llama.cpp ended a generation without saying why.")
        return Finished(self._reason or FinishReason.CANCELLED, self._timings)

    def _take(self, event: _Event) -> None:
        if "error" in event:
            raise _error(event["error"])
        if progress := event.get("prompt_progress"):
            cached = progress["cache"]
            done = progress["processed"] - cached
            self._timings = Timings(cached, done, progress["time_ms"])
        if timings := event.get("timings"):
            self._timings = Timings(
                timings["cache_n"],
                timings["prompt_n"],
                timings["prompt_ms"],
                timings["predicted_n"],
                timings["predicted_ms"],
            )
        choice = event["choices"][0]
        if choice["finish_reason"]:
            is_length = choice["finish_reason"] == "length"
            self._reason = FinishReason.LENGTH if is_length else FinishReason.STOP
        if choice["text"] and not self._cancel.cancelled:
            self._emit(TokenText(choice["text"], _logprobs(choice), self._timings))


def _read_ahead(path: Path) -> None:
    """Bring the file into memory while other threads run: the library lets none of them."""
    buffer = bytearray(1 << 22)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def _logprobs(choice: _Event) -> tuple[float, ...]:
    found: _Event = choice.get("logprobs") or {}
    tokens: list[_Event] = found.get("content") or []
    return tuple(token["logprob"] for token in tokens)


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


def _body(request: TokenRequest) -> _Event:
    sampling = request.sampling
    body: _Event = {
        "prompt": list(request.prompt),
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(sampling.stop),
        "stream": True,
        "return_progress": True,
        "timings_per_token": True,
        "cache_prompt": True,
        "id_slot": request.slot,
    }
    if sampling.seed is not None:
        body["seed"] = sampling.seed
    if request.logprobs:
        body["logprobs"] = 1
    if request.banned:
        body["logit_bias"] = [[token, False] for token in request.banned]
    if request.required_start:
        body["grammar"] = f'root ::= "{_escaped(request.required_start)}" .*'
    return body


def _escaped(text: str) -> str:
    """``text`` inside a GBNF string literal: every character that is not a plain one by its code.

    The library prints a grammar that it cannot parse, and with it the user's source code: one that
    holds nothing but letters, digits and codes always parses.
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in text)


def _error(error: _Event) -> EngineRequestError:
    """The library's error in our words: its own may quote what was generated."""
    if error.get("type") == "exceed_context_size_error":
        return PromptTooLongError(
            f"The prompt has {error.get('n_prompt_tokens')} tokens, but the context window only "
            f"{error.get('n_ctx')}; send less text or raise engine.context_tokens."
        )
    return EngineRequestError(f"llama.cpp refused the request ({error.get('type')}).")
