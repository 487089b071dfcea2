"""The names of actions in editors: kinds of LSP, and the commands that do the same."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.core.actions import ActionKind

EXPLAIN_COMMAND = "cornerman.explain"
REVIEW_COMMAND = "cornerman.review"
REFACTOR_COMMAND = "cornerman.refactor"

COMMAND_OF: dict[ActionKind, str] = {
    ActionKind.EXPLAIN: EXPLAIN_COMMAND,
    ActionKind.REVIEW: REVIEW_COMMAND,
    ActionKind.FIX: "cornerman.fix",
    ActionKind.DOCUMENT: "cornerman.document",
    ActionKind.TEST: "cornerman.test",
    ActionKind.TODO: "cornerman.todo",
}
"""What is not named here is a kind of ``REFACTOR_COMMAND``."""

_KINDS: dict[ActionKind, str] = {
    ActionKind.FIX: "quickfix.cornerman",
    ActionKind.EXTRACT_FUNCTION: "refactor.extract.cornerman",
    # Not below "source": that is for whole files, and VS Code shows it only on request.
    ActionKind.EXPLAIN: "cornerman.explain",
    ActionKind.REVIEW: "cornerman.review",
}

# What is about a place the user marked, by a problem or a comment. All else would put a lamp
# beside every line.
_UNASKED = {ActionKind.FIX, ActionKind.TODO}


def lsp_kind(kind: ActionKind) -> str:
    """The code action kind, below one that editors know wherever it fits."""
    return _KINDS.get(kind, f"refactor.rewrite.cornerman.{kind.value}")


LSP_KINDS = sorted({lsp_kind(kind) for kind in ActionKind})


def command_of(kind: ActionKind) -> str:
    """The command of ``workspace/executeCommand`` for a kind."""
    return COMMAND_OF.get(kind, REFACTOR_COMMAND)


def is_edit(kind: ActionKind) -> bool:
    """True unless it ends in words."""
    return kind not in (ActionKind.EXPLAIN, ActionKind.REVIEW)


def is_wanted(kind: ActionKind, only: Sequence[str]) -> bool:
    """True if one of the kinds a client asks for, or none, holds ``kind``."""
    name = lsp_kind(kind)
    return not only or any(not one or f"{name}.".startswith(f"{one}.") for one in only)


def is_quiet(kind: ActionKind, instruction: str) -> bool:
    """True for what may be offered although nobody asked."""
    return kind in _UNASKED or (kind is ActionKind.INSTRUCTION and bool(instruction))
