"""The real server, with suggestions from a file in place of a model's.

``scripted_suggestions.py FOLDER serve …``: FOLDER/suggestions holds a JSON list, read at each
request: ``{"text": …, "before": …, "after": …}``, where the last two are how many characters left
and right of the cursor are replaced. The second and later ones are alternatives. FOLDER/edited is
what a code action makes of the document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict, cast

from cornerman.core.actions import (
    ActionRequest,
    Check,
    FileEdit,
    Offer,
    OfferStatus,
    OnProgress,
    TextEdit,
)
from cornerman.core.completions import Completion, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Priority
from cornerman.server import run
from cornerman.settings import Settings
from support.scripted_server import ScriptedPipelines


class Suggestion(TypedDict, total=False):
    text: str
    before: int
    after: int


class FilePipelines(ScriptedPipelines):
    """Completions as the file says now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def complete(
        self,
        snapshot: DocumentSnapshot,
        offset: int,
        settings: Settings,
        *,
        priority: Priority,
        variant: int,
        on_text: Callable[[str], None],
    ) -> Outcome:
        found = cast("list[Suggestion]", json.loads((self._folder / "suggestions").read_text()))
        if variant >= len(found):
            return Outcome(None, "there is no other suggestion")
        wanted = found[variant]
        text = wanted.get("text", "")
        start, end = offset - wanted.get("before", 0), offset + wanted.get("after", 0)
        return Outcome(Completion(text, start, end), model=settings.model)

    async def offer(
        self, request: ActionRequest, settings: Settings, *, on_progress: OnProgress
    ) -> Offer:
        snapshot = request.snapshot
        text = (self._folder / "edited").read_text()
        edit = FileEdit(snapshot, (TextEdit(0, len(snapshot.text), text),))
        checks = (Check("syntax", passed=True, detail="it parses"),)
        return Offer(OfferStatus.OFFERED, "Refactor it", edits=(edit,), checks=checks)


if __name__ == "__main__":
    sys.exit(run(FilePipelines(Path(sys.argv[1]))))
