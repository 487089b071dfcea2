"""Errors on the wire: which type and HTTP status each one has, in both directions."""

from __future__ import annotations

from cornerman.core.errors import (
    BadInputError,
    CornermanError,
    EngineRequestError,
    EngineUnavailableError,
    ModelMissingError,
    PromptTooLongError,
)
from cornerman.engine.protocol import ErrorBody

# A subclass stands before its base: the first match counts.
_KINDS: tuple[tuple[type[CornermanError], str, int], ...] = (
    (ModelMissingError, "model_missing", 404),
    (BadInputError, "model_not_found", 404),
    (PromptTooLongError, "prompt_too_long", 400),
    (EngineRequestError, "invalid_request_error", 400),
    (EngineUnavailableError, "engine_unavailable", 503),
)
_UNEXPECTED = "The engine failed on this request; its log names the place."


def to_wire(error: BaseException) -> tuple[ErrorBody, int]:
    """Body and HTTP status of an error. An unexpected one does not show its text."""
    for kind, name, status in _KINDS:
        if isinstance(error, kind):
            return ErrorBody(message=str(error), type=name), status
    return ErrorBody(message=_UNEXPECTED, type="server_error"), 500


def from_wire(body: ErrorBody) -> CornermanError:
    """The error a body stands for. A foreign engine's own text is not passed on."""
    for kind, name, _ in _KINDS:
        if body.type == name:
            return kind(body.message)
    return EngineRequestError(_UNEXPECTED)
