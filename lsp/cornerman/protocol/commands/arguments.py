"""Checked arguments of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from lsprotocol import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

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


_Model = TypeVar("_Model", bound=BaseModel)


def valid(model: type[_Model], values: object, sentence: str) -> _Model:
    """``values`` as ``model``; otherwise the request fails with ``sentence``."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error


def only(arguments: Sequence[object]) -> object:
    """The single argument, or None, which no model takes."""
    return arguments[0] if len(arguments) == 1 else None
