"""Offers and reviews by script, for the scripted server."""

from __future__ import annotations

import asyncio

from cornerman.core.actions import (
    ActionKind,
    ActionRequest,
    Check,
    FileEdit,
    Offer,
    OfferStatus,
    OnProgress,
    Progress,
    ReviewComment,
    TextEdit,
)
from cornerman.core.documents import DocumentSnapshot

NEW_FILE = "file:///project/test_new.py"
REASON = "No answer passed the checks."
CHECKS = (Check("parses", True, "It parses."), Check("names", True))


async def offer(request: ActionRequest, script: str, on_progress: OnProgress) -> Offer:
    """``refuse``, ``never``, or an edit that says what was asked for and where."""
    on_progress(Progress("attempt 1", 12, 34.5))
    if script == "never":
        await asyncio.Event().wait()
    kind = request.kind
    if script == "refuse":
        return Offer(OfferStatus.REFUSED, kind.value, REASON, checks=(Check("parses", False),))
    edits = (TextEdit(request.start, request.end, _said(request)),)
    changes = FileEdit(request.snapshot, edits)
    if kind is ActionKind.TEST:
        new = DocumentSnapshot(NEW_FILE, "python", 0, "")
        changes = FileEdit(new, (TextEdit(0, 0, _said(request)),), creates=True)
    title = f"Scripted {kind.value}"
    warning = "It fails a check." if request.takes_unverified else ""
    return Offer(
        OfferStatus.OFFERED,
        title,
        edits=(changes,),
        checks=CHECKS,
        tokens_per_second=34.5,
        warning=warning,
    )


async def review(
    request: ActionRequest, script: str, on_progress: OnProgress
) -> tuple[ReviewComment, ...]:
    """``never``, nothing for ``refuse``, or one remark about the whole range."""
    on_progress(Progress("", 5))
    if script == "never":
        await asyncio.Event().wait()
    if script == "refuse":
        return ()
    return (ReviewComment(request.start, request.end, "Say what it returns."),)


def _said(request: ActionRequest) -> str:
    parts = [request.kind.value, request.instruction]
    if request.diagnostic is not None:
        parts += [request.diagnostic.message, request.diagnostic.source, request.diagnostic.code]
    return "<" + "|".join(part for part in parts if part) + ">"
