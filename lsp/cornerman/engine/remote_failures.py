"""What went wrong with a remote engine, in one sentence that says what to do.

A remote's own words are never passed on: they may quote what it was sent.
"""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from cornerman.core.errors import (
    CornermanError,
    EngineRequestError,
    EngineUnavailableError,
    PromptTooLongError,
)
from cornerman.engine.capabilities import ServerProfile
from cornerman.engine.http import (
    GarbledError,
    HttpError,
    LostError,
    ProxySettingError,
    StatusError,
    TimedOutError,
    TlsError,
)
from cornerman.engine.remote_address import Remote

# The request's own fault: the next one may well succeed.
_ABOUT_THIS_REQUEST = frozenset({400, 413, 422})
_MODELS_NAMED = 5
_MODEL_NAME_CHARS = 80


class _Details(BaseModel):
    """llama-server's figures about a prompt that is too long."""

    model_config = ConfigDict(extra="ignore")

    type: str | None = None
    n_prompt_tokens: int | None = None
    n_ctx: int | None = None


class _Refusal(BaseModel):
    error: _Details


def explain(error: HttpError, remote: Remote, server: ServerProfile | None) -> CornermanError:
    """The failure for the user; ``server`` is None while nothing is known about it."""
    name = remote.name
    if isinstance(error, StatusError):
        return _status(error, remote, server)
    if isinstance(error, TlsError):
        return EngineUnavailableError(
            f"No secure connection to {name} can be made; check the https in engine.url, or name "
            "the file with your certificate authority in the environment variable SSL_CERT_FILE."
        )
    if isinstance(error, ProxySettingError):
        return EngineUnavailableError(
            f"The proxy that the environment names for {name} cannot be used; correct it or add "
            "the host to NO_PROXY."
        )
    if isinstance(error, LostError):
        return EngineRequestError(
            f"The engine at {name} broke off its answer; if that happens again, see its log."
        )
    if isinstance(error, TimedOutError):
        return EngineUnavailableError(
            f"The engine at {name} does not answer in time; see whether it is overloaded."
        )
    if isinstance(error, GarbledError):
        return EngineUnavailableError(
            f"What answers at {name} is no OpenAI-compatible server; check engine.url."
        )
    return EngineUnavailableError(
        f"The engine at {name} cannot be reached; check engine.url and that the server runs."
    )


def is_about_this_request(error: HttpError) -> bool:
    """Whether other requests may succeed all the same."""
    return isinstance(error, StatusError) and error.status in _ABOUT_THIS_REQUEST


def asked_seconds(error: HttpError) -> float:
    """For how long the server asks to be left alone; 0 when it does not say."""
    value = error.retry_after.strip() if isinstance(error, StatusError) else ""
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=timezone.utc)
    return max((until - datetime.now(timezone.utc)).total_seconds(), 0.0)


def _status(error: StatusError, remote: Remote, server: ServerProfile | None) -> CornermanError:
    name, status = remote.name, error.status
    if 300 <= status < 400:
        return EngineUnavailableError(
            f"{name} redirects to another address, which Cornerman does not follow; set "
            "engine.url to the final address."
        )
    if status in (401, 403):
        return EngineUnavailableError(
            f"{name} does not accept the key (HTTP {status}); correct the one in "
            f"{remote.key_source}."
        )
    if status == 404:
        return EngineUnavailableError(_not_found(remote, server))
    if status == 429:
        return EngineUnavailableError(
            f"{name} gets more requests than it allows; wait, or ask for a higher limit there."
        )
    if status in _ABOUT_THIS_REQUEST:
        return _refused(error, name)
    return EngineUnavailableError(
        f"The engine at {name} has failed (HTTP {status}); see the server or the proxy before it."
    )


def _not_found(remote: Remote, server: ServerProfile | None) -> str:
    models = server.models if server is not None else ()
    if models and remote.model not in models:
        shown = ", ".join(_printable(model) for model in models[:_MODELS_NAMED])
        return (
            f"There is no model {remote.model!r} at {remote.name}; set engine.remote_model to one "
            f"of: {shown}."
        )
    return (
        f"{remote.name} knows no model {remote.model!r} or no /v1/completions; check "
        "engine.remote_model and engine.url."
    )


def _refused(error: StatusError, name: str) -> CornermanError:
    try:
        details = _Refusal.model_validate_json(error.content).error
    except ValidationError:
        details = _Details()
    if details.type == "exceed_context_size_error" and details.n_ctx:
        return PromptTooLongError(
            f"The prompt has {details.n_prompt_tokens} tokens, but the context at {name} only "
            f"{details.n_ctx}; send less text or give that server a longer context."
        )
    return EngineRequestError(
        f"{name} refuses the request (HTTP {error.status}); if its context is too short for the "
        "prompt, lower completion.prefix_lines, and otherwise see its log."
    )


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:_MODEL_NAME_CHARS])
