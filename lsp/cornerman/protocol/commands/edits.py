"""``cornerman.refactor``, ``fix``, ``document``, ``test`` and ``todo``: one edit each."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from cornerman.core.actions import ActionKind, ActionRequest, Diagnostic, Offer, OfferStatus
from cornerman.core.errors import BadInputError
from cornerman.protocol import offers
from cornerman.protocol.action_kinds import COMMAND_OF, REFACTOR_COMMAND
from cornerman.protocol.commands.arguments import (
    ActionArguments,
    DiagnosticArgument,
    RangeArgument,
    offsets,
    only,
    problem,
    valid,
)
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError

FIX_COMMAND = COMMAND_OF[ActionKind.FIX]
DOCUMENT_COMMAND = COMMAND_OF[ActionKind.DOCUMENT]
TEST_COMMAND = COMMAND_OF[ActionKind.TEST]
TODO_COMMAND = COMMAND_OF[ActionKind.TODO]

_NO_REFACTORING = set(COMMAND_OF)


class _Edit(ActionArguments):
    """``show`` says that nobody else tells the user why an edit is refused."""

    range: RangeArgument
    apply: bool = True
    show: bool = False
    takes_unverified: bool = False


class _Refactor(_Edit):
    kind: str | None = None
    instruction: str = ""


class _Fix(ActionArguments):
    diagnostic: DiagnosticArgument
    apply: bool = True
    show: bool = False
    takes_unverified: bool = False


async def refactor(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.refactor``: the code of a range, rewritten."""
    sentence = f"{REFACTOR_COMMAND} takes one object with uri, range, and kind or instruction."
    wanted = valid(_Refactor, only(arguments), sentence)
    kind = _refactoring(wanted.kind, sentence)
    if kind is ActionKind.INSTRUCTION and not wanted.instruction.strip():
        raise BadInputError("Say what to do: give the refactoring an instruction.")
    return await _run(ls, kind, wanted, instruction=wanted.instruction.strip())


async def fix(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.fix``: what a diagnostic complains about, corrected."""
    sentence = f"{FIX_COMMAND} takes one object with uri and diagnostic."
    wanted = valid(_Fix, only(arguments), sentence)
    snapshot = offers.require_document(ls, wanted.uri, wanted.version)
    diagnostic = problem(snapshot, wanted.diagnostic, ls.session.encoding)
    edit = _Edit(
        uri=wanted.uri,
        version=wanted.version,
        work_done_token=wanted.work_done_token,
        range=wanted.diagnostic.range,
        apply=wanted.apply,
        show=wanted.show,
        takes_unverified=wanted.takes_unverified,
    )
    return await _run(ls, ActionKind.FIX, edit, diagnostic=diagnostic)


async def document(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.document``: a docstring or comment for the definition at a range."""
    return await _run(ls, ActionKind.DOCUMENT, _edit(DOCUMENT_COMMAND, arguments))


async def test(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.test``: tests for the definition at a range."""
    return await _run(ls, ActionKind.TEST, _edit(TEST_COMMAND, arguments))


async def todo(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.todo``: what a comment says is still to be done, done."""
    return await _run(ls, ActionKind.TODO, _edit(TODO_COMMAND, arguments))


def _edit(command: str, arguments: Sequence[object]) -> _Edit:
    return valid(_Edit, only(arguments), f"{command} takes one object with uri and range.")


def _refactoring(name: str | None, sentence: str) -> ActionKind:
    """The kind of that name; without one it is an instruction."""
    known = {kind.value: kind for kind in ActionKind if kind not in _NO_REFACTORING}
    kind = known.get(name) if name is not None else ActionKind.INSTRUCTION
    if kind is None:
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence)
    return kind


async def _run(
    ls: CornermanServer,
    kind: ActionKind,
    wanted: _Edit,
    *,
    instruction: str = "",
    diagnostic: Diagnostic | None = None,
) -> dict[str, object]:
    snapshot = offers.require_document(ls, wanted.uri, wanted.version)
    start, end = offsets(snapshot, wanted.range, ls.session.encoding)
    request = ActionRequest(
        kind,
        snapshot,
        start,
        end,
        instruction,
        diagnostic,
        takes_unverified=wanted.takes_unverified,
    )
    offer = offers.current(ls, await offers.make(ls, request, wanted.work_done_token))
    edit = offers.edit_of(ls, offer) if offer.status is OfferStatus.OFFERED else None
    is_applied = False
    if wanted.apply and offer.status is OfferStatus.OFFERED:
        offer = await offers.apply(ls, offer)
        is_applied = offer.status is OfferStatus.OFFERED
    if wanted.show and offer.status is OfferStatus.REFUSED:
        ls.tell(offer.reason)
    return _answer(offer, None if offer.status is OfferStatus.REFUSED else edit, is_applied)


def _answer(offer: Offer, edit: types.WorkspaceEdit | None, is_applied: bool) -> dict[str, object]:
    speed = offer.tokens_per_second
    return {
        "status": "applied" if is_applied else offer.status.value,
        "title": offer.title,
        "reason": offer.reason,
        "warning": offer.warning,
        "edit": edit,
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in offer.checks
        ],
        "tokensPerSecond": None if speed is None else round(speed, 1),
    }
