"""The real server, with suggestions from a file in place of a model's.

``scripted_suggestions.py FOLDER serve …``: FOLDER/suggestions holds a JSON list, read at each
request: ``{"text": …, "before": …, "after": …}``, where the last two are how many characters left
and right of the cursor are replaced. The second and later ones are alternatives. FOLDER/edited is
what a code action makes of the document, or the file of tests that it creates. FOLDER/asked holds
what the latest code action was asked for. An explanation stops in the middle until there is a file
FOLDER/more; FOLDER/ended is made when it is broken off. Other commands than ``serve`` are the real
program's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TypedDict, cast

from cornerman.cli import main as command_line
from cornerman.core.actions import (
    ActionKind,
    ActionRequest,
    Check,
    FileEdit,
    Offer,
    OfferStatus,
    OnProgress,
    TextEdit,
)
from cornerman.core.completions import Completion, CompletionRequest, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk
from cornerman.core.models import Fit, ModelOffer
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

    async def complete(self, request: CompletionRequest, settings: Settings) -> Outcome:
        offset, variant = request.offset, request.variant
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
        asked = {
            "kind": request.kind.value,
            "text": snapshot.text[request.start : request.end],
            "instruction": request.instruction,
            "diagnostic": request.diagnostic.message if request.diagnostic else "",
        }
        (self._folder / "asked").write_text(json.dumps(asked))
        text = (self._folder / "edited").read_text()
        edit = FileEdit(snapshot, (TextEdit(0, len(snapshot.text), text),))
        if request.kind is ActionKind.TEST:
            uri = (self._folder / "test_made.py").as_uri()
            new = DocumentSnapshot(uri, snapshot.language_id, 0, "")
            edit = FileEdit(new, (TextEdit(0, 0, text),), creates=True)
        checks = (Check("syntax", passed=True, detail="it parses"),)
        return Offer(OfferStatus.OFFERED, "Refactor it", edits=(edit,), checks=checks)

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[Chunk, None]:
        yield Chunk("The first of ")
        try:
            while not (self._folder / "more").exists():  # noqa: ASYNC110 - made by another process
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            (self._folder / "ended").touch()
            raise
        yield Chunk("all numbers.")

    async def models(self, settings: Settings) -> list[ModelOffer]:
        return [_model("here", is_installed=True), _model("there", is_installed=False)]


def _model(name: str, *, is_installed: bool) -> ModelOffer:
    return ModelOffer(
        name=name,
        title=name.title(),
        roles=("completion",),
        size_bytes=500_000_000,
        memory_bytes=900_000_000,
        installed=is_installed,
        fit=Fit.WELL,
        speed="fast",
        license="Apache-2.0",
        license_note="",
        recommended=False,
        in_use=is_installed,
    )


def main() -> int:
    folder, *words = sys.argv[1:]
    return run(FilePipelines(Path(folder))) if "serve" in words else command_line(words)


if __name__ == "__main__":
    sys.exit(main())
