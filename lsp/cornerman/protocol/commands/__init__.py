"""The commands of ``workspace/executeCommand``, one module a subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cornerman.protocol.action_kinds import EXPLAIN_COMMAND, REFACTOR_COMMAND, REVIEW_COMMAND
from cornerman.protocol.commands import ask, edits, explain, models, outcomes, review, stats, status
from cornerman.protocol.inline_completion import ACCEPTED_COMMAND
from cornerman.protocol.language_server import CornermanServer

Command = Callable[[CornermanServer, Sequence[object]], Awaitable[object]]

COMMANDS: dict[str, Command] = {
    ACCEPTED_COMMAND: outcomes.accepted,
    outcomes.WHY_COMMAND: outcomes.why,
    status.STATUS_COMMAND: status.status,
    stats.STATS_COMMAND: stats.stats,
    models.MODELS_COMMAND: models.models,
    models.PULL_COMMAND: models.pull,
    EXPLAIN_COMMAND: explain.explain,
    REVIEW_COMMAND: review.review,
    ask.ASK_COMMAND: ask.ask,
    REFACTOR_COMMAND: edits.refactor,
    edits.FIX_COMMAND: edits.fix,
    edits.DOCUMENT_COMMAND: edits.document,
    edits.TEST_COMMAND: edits.test,
    edits.TODO_COMMAND: edits.todo,
}
