"""Checked arguments of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lsprotocol import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from cornerman.core.actions import Diagnostic, Severity
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import Position, PositionEncoding
from cornerman.protocol.convert import plain_text
from cornerman.protocol.wire import ProtocolError


class Arguments(BaseModel):
    """The one object a command takes; its keys are in camel case on the wire."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, strict=True, alias_generator=to_camel, populate_by_name=True
    )


class PositionArgument(Arguments):
    """An LSP position, in the encoding that was agreed on."""

    line: int = Field(ge=0)
    character: int = Field(ge=0)


class RangeArgument(Arguments):
    """An LSP range."""

    start: PositionArgument
    end: PositionArgument


class DiagnosticArgument(Arguments):
    """An LSP diagnostic, as far as it matters here."""

    range: RangeArgument
    message: str
    severity: int | None = Field(default=None, ge=1, le=4)
    source: str | None = None
    code: int | str | None = None


class ActionArguments(Arguments):
    """What commands about a document have in common.

    ``version`` is the version of the document that the caller has seen, if it matters.
    """

    uri: str
    version: int | None = None
    work_done_token: int | str | None = None


_Model = TypeVar("_Model", bound=BaseModel)


def valid(model: type[_Model], values: object, sentence: str) -> _Model:
    """``values`` as ``model``; otherwise the request fails with ``sentence``."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error


def offsets(
    snapshot: DocumentSnapshot, where: RangeArgument, encoding: PositionEncoding
) -> tuple[int, int]:
    """The offsets of a range, in order."""
    index = snapshot.index
    start = index.offset(Position(where.start.line, where.start.character), encoding)
    end = index.offset(Position(where.end.line, where.end.character), encoding)
    return min(start, end), max(start, end)


def problem(
    snapshot: DocumentSnapshot, wanted: DiagnosticArgument, encoding: PositionEncoding
) -> Diagnostic:
    """A diagnostic in offsets of ``snapshot``."""
    start, end = offsets(snapshot, wanted.range, encoding)
    return Diagnostic(
        start,
        end,
        plain_text(wanted.message),
        Severity(wanted.severity or Severity.ERROR),
        plain_text(wanted.source or ""),
        plain_text(str(wanted.code)) if wanted.code is not None else "",
    )


def only(arguments: Sequence[object]) -> object:
    """The single argument, or None, which no model takes."""
    return arguments[0] if len(arguments) == 1 else None
