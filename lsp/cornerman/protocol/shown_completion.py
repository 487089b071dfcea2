"""``textDocument/didShowCompletion`` and ``textDocument/didPartiallyAcceptCompletion``.

Notifications that some editors send besides LSP: they know what was drawn and what was taken.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from cornerman.protocol.inline_completion import ACCEPTED_COMMAND
from cornerman.protocol.language_server import CornermanServer

DID_SHOW = "textDocument/didShowCompletion"
DID_PARTIALLY_ACCEPT = "textDocument/didPartiallyAcceptCompletion"


class _Body(BaseModel):
    model_config = ConfigDict(
        extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class _Command(_Body):
    command: str = ""
    arguments: list[object] = Field(default_factory=lambda: list[object]())


class _Item(_Body):
    command: _Command = Field(default_factory=_Command)

    @property
    def id(self) -> str:
        """The id in the item's accept command, or "" if the item is not one of ours."""
        is_ours = self.command.command == ACCEPTED_COMMAND and self.command.arguments
        return str(self.command.arguments[0]) if is_ours else ""


class _Shown(_Body):
    item: _Item


class _PartiallyAccepted(_Body):
    item: _Item
    accepted_length: int = Field(ge=0)


def did_show(ls: CornermanServer, params: object) -> None:
    """``{item}``: the editor draws an item of ours. Anything else is ignored."""
    try:
        shown = _Shown.model_validate(params)
    except ValidationError:
        return
    ls.session.confirm_shown(shown.item.id)


def did_partially_accept(ls: CornermanServer, params: object) -> None:
    """``{item, acceptedLength}``: so many UTF-16 units of an item were taken, all in all."""
    try:
        taken = _PartiallyAccepted.model_validate(params)
    except ValidationError:
        return
    ls.session.accept_part(taken.item.id, taken.accepted_length)
