"""``textDocument/codeAction`` and ``codeAction/resolve``. Only the latter asks the model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lsprotocol import types
from pydantic import ValidationError

from cornerman.core.actions import ActionKind, ActionRequest, Available, Diagnostic, OfferStatus
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.protocol import offers
from cornerman.protocol.action_items import ActionItems, Place, may_be_quiet, needs_question
from cornerman.protocol.action_kinds import is_quiet, is_wanted
from cornerman.protocol.commands.arguments import Arguments
from cornerman.protocol.convert import offset_of
from cornerman.protocol.convert_edits import problem_of
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError

CodeActions = list[types.Command | types.CodeAction]


class _Data(Arguments):
    """What comes back with an action that the user has chosen."""

    uri: str
    version: int
    kind: str
    start: int
    end: int


async def code_action(ls: CornermanServer, params: types.CodeActionParams) -> CodeActions:
    """What can be done here; quickly, and without asking the model."""
    session, context = ls.session, params.context
    snapshot = session.documents.get(params.text_document.uri)
    if snapshot is None or snapshot.is_too_long or not session.settings.actions.enabled:
        return []
    place = _place(ls, snapshot, params.range, context.diagnostics)
    if session.context is not None:
        lines = snapshot.index
        problems = [(lines.line_of(ours.start), ours.message) for ours, _ in place.problems]
        session.context.note_problems(snapshot.uri, problems)
    is_asked = context.trigger_kind is not types.CodeActionTriggerKind.Automatic
    if not is_asked and not may_be_quiet(place):
        return []
    only = [_name(kind) for kind in context.only or ()]
    found = [
        available
        for available in _available(place)
        if is_wanted(available.kind, only)
        and (is_asked or is_quiet(available.kind, available.instruction))
        and _is_possible(ls, available)
    ]
    items = ActionItems(ls.client, session.encoding, place)
    obstacle = await session.obstacle() if found else None
    if obstacle is None:
        return [items.offered(available) for available in found]
    if not (ls.client.shows_disabled and is_asked):
        return []
    return [items.disabled(available, obstacle) for available in found]


async def resolve(ls: CornermanServer, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit; the user is told when there is none to be had.

    One that carries a command is complete: editors may ask about it all the same.
    """
    if action.data is None and action.command is not None:
        return action
    try:
        data = _Data.model_validate(action.data)
        kind = ActionKind(data.kind)
    except (ValidationError, ValueError) as error:
        sentence = "The data of the code action are not valid."
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error
    try:
        snapshot = offers.require_document(ls, data.uri, data.version)
        request = _request(ls, snapshot, kind, data, action.diagnostics or ())
        offer = offers.current(ls, await offers.make(ls, request, None))
    except CornermanError as error:
        # Editors show the error of this request badly, or not at all.
        ls.tell(str(error))
        return action
    if offer.status is OfferStatus.OFFERED:
        action.edit = offers.edit_of(ls, offer)
    else:
        ls.tell(offer.reason)
    return action


def _place(
    ls: CornermanServer,
    snapshot: DocumentSnapshot,
    where: types.Range,
    diagnostics: Sequence[types.Diagnostic],
) -> Place:
    encoding = ls.session.encoding
    start = offset_of(snapshot, where.start, encoding)
    end = offset_of(snapshot, where.end, encoding)
    problems = tuple((problem_of(snapshot, one, encoding), one) for one in diagnostics)
    return Place(snapshot, min(start, end), max(start, end), problems)


def _available(place: Place) -> tuple[Available, ...]:
    problems = tuple(ours for ours, _ in place.problems)
    return _found(place.snapshot, place.start, place.end, problems)


@lru_cache(maxsize=2)
def _found(
    snapshot: DocumentSnapshot, start: int, end: int, problems: tuple[Diagnostic, ...]
) -> tuple[Available, ...]:
    """What can be done at a place. Editors ask about the same one for several of their menus."""
    # Imported on first use, because an editor waits for the server to start.
    from cornerman.features.actions.available import available_actions

    return tuple(available_actions(snapshot, start, end, problems))


def _is_possible(ls: CornermanServer, available: Available) -> bool:
    """True if this client can go through with an action."""
    return ls.client.plugin.asks_for_instruction or not needs_question(available)


def _request(
    ls: CornermanServer,
    snapshot: DocumentSnapshot,
    kind: ActionKind,
    data: _Data,
    diagnostics: Sequence[types.Diagnostic],
) -> ActionRequest:
    """The request an action stands for; an instruction is read in the document again."""
    problem = None
    if diagnostics:
        problem = problem_of(snapshot, diagnostics[0], ls.session.encoding)
    instruction = ""
    if kind is ActionKind.INSTRUCTION:
        found = _available(Place(snapshot, data.start, data.end))
        instruction = next((one.instruction for one in found if one.instruction), "")
    return ActionRequest(kind, snapshot, data.start, data.end, instruction, problem)


def _name(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind
