"""Code actions as one client takes them: with an edit to come, with a command, or as a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lsprotocol import types

from cornerman.core.actions import ActionKind, Available, Diagnostic
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import CornermanError
from cornerman.core.positions import PositionEncoding
from cornerman.protocol.action_kinds import REFACTOR_COMMAND, command_of, is_edit, lsp_kind
from cornerman.protocol.client_profile import ClientProfile
from cornerman.protocol.convert import range_of

_MARK = re.compile(r"cornerman:|\b(?:TODO|FIXME|XXX)\b", re.I)


@dataclass(frozen=True, slots=True)
class Place:
    """Where actions are asked for, with the client's diagnostics there beside ours."""

    snapshot: DocumentSnapshot
    start: int
    end: int
    problems: tuple[tuple[Diagnostic, types.Diagnostic], ...] = ()

    def original(self, diagnostic: Diagnostic | None) -> types.Diagnostic | None:
        """The client's diagnostic that became ``diagnostic``."""
        return next((theirs for ours, theirs in self.problems if ours == diagnostic), None)


@dataclass(frozen=True, slots=True)
class ActionItems:
    """Makes the items of one answer."""

    client: ClientProfile
    encoding: PositionEncoding
    place: Place

    def offered(self, available: Available) -> types.Command | types.CodeAction:
        """An action to choose."""
        client, kind = self.client, available.kind
        arguments: list[object] = [self._arguments(available)]
        command = types.Command(available.title, command_of(kind), None, arguments)
        if not client.takes_code_actions:
            return command
        theirs = self.place.original(available.diagnostic)
        diagnostics = None if theirs is None else [theirs]
        action = types.CodeAction(available.title, lsp_kind(kind), diagnostics)
        is_resolved = client.resolves_edits and not client.plugin.previews_edits
        if is_edit(kind) and is_resolved and not needs_question(available):
            action.data = self._data(available)
        else:
            action.command = command
        return action

    def disabled(self, available: Available, obstacle: CornermanError) -> types.CodeAction:
        """An action that cannot be chosen now, and why."""
        reason = types.CodeActionDisabled(str(obstacle))
        return types.CodeAction(available.title, lsp_kind(available.kind), disabled=reason)

    def _data(self, available: Available) -> dict[str, object]:
        """What ``codeAction/resolve`` gets back. No source code."""
        return {
            "uri": self.place.snapshot.uri,
            "version": self.place.snapshot.version,
            "kind": available.kind.value,
            "start": available.start,
            "end": available.end,
        }

    def _arguments(self, available: Available) -> dict[str, object]:
        """The argument of the command that does what the action says."""
        kind, snapshot, plugin = available.kind, self.place.snapshot, self.client.plugin
        where = range_of(snapshot, available.start, available.end, self.encoding)
        arguments: dict[str, object] = {"uri": snapshot.uri, "range": range_json(where)}
        theirs = self.place.original(available.diagnostic)
        if theirs is not None:
            arguments["diagnostic"] = _diagnostic_json(theirs)
        if not is_edit(kind):
            arguments["show"] = not plugin.shows_text
            return arguments
        if command_of(kind) == REFACTOR_COMMAND:
            arguments["kind"] = kind.value
        if available.instruction:
            arguments["instruction"] = available.instruction
        arguments["version"] = snapshot.version
        arguments["show"] = not plugin.previews_edits
        return arguments


def may_be_quiet(place: Place) -> bool:
    """False if nothing at a place was marked by the user: a look at a few lines tells.

    Editors ask unasked with every move of the cursor, and a close look takes its time.
    """
    if place.problems:
        return True
    index = place.snapshot.index
    first = max(index.line_of(place.start) - 1, 0)
    end = index.line_end(index.line_of(place.end))
    return _MARK.search(place.snapshot.text, index.line_start(first), end) is not None


def needs_question(available: Available) -> bool:
    """True if the user has to be asked for an instruction first."""
    return available.kind is ActionKind.INSTRUCTION and not available.instruction


def range_json(where: types.Range) -> dict[str, dict[str, int]]:
    """A range as it stands on the wire."""
    start, end = where.start, where.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }


def _diagnostic_json(diagnostic: types.Diagnostic) -> dict[str, object]:
    severity = diagnostic.severity or types.DiagnosticSeverity.Error
    return {
        "range": range_json(diagnostic.range),
        "message": diagnostic.message,
        "severity": int(severity),
        "source": diagnostic.source or "",
        "code": "" if diagnostic.code is None else str(diagnostic.code),
    }
