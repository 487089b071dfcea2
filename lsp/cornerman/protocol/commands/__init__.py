"""The commands of ``workspace/executeCommand``, one module a subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cornerman.protocol.commands import explain, outcomes, status
from cornerman.protocol.inline_completion import ACCEPTED_COMMAND
from cornerman.protocol.language_server import CornermanServer

Command = Callable[[CornermanServer, Sequence[object]], Awaitable[object]]

COMMANDS: dict[str, Command] = {
    ACCEPTED_COMMAND: outcomes.accepted,
    outcomes.WHY_COMMAND: outcomes.why,
    status.STATUS_COMMAND: status.status,
    explain.EXPLAIN_COMMAND: explain.explain,
}
