"""An editor that types into a session, whose completions the test makes by hand."""

from __future__ import annotations

import asyncio

from cornerman.core.documents import DocumentSnapshot
from cornerman.session import Record, Session
from support.calls import DEADLINE, CalledPipelines, Notes, settled

URI = "file:///a.py"


class Editor:
    """Types at the end of the first line of one document, and asks after every key."""

    def __init__(self) -> None:
        self.pipelines = CalledPipelines()
        self.notes = Notes()
        self.warnings: list[str] = []
        self.session = Session(self.pipelines, self.warnings.append, self.notes)
        self._version = 0

    def holds(self, line: str, uri: str = URI) -> tuple[DocumentSnapshot, int]:
        self._version += 1
        snapshot = DocumentSnapshot(uri, "python", self._version, line + "\nend\n")
        self.session.put(snapshot)
        return snapshot, len(line)

    async def ask(
        self, line: str, uri: str = URI, *, is_automatic: bool = True
    ) -> asyncio.Task[Record]:
        snapshot, offset = self.holds(line, uri)
        asking = asyncio.ensure_future(
            self.session.complete(snapshot, offset, is_automatic=is_automatic)
        )
        await settled()
        return asking

    async def suggested(self, line: str, text: str) -> Record:
        """A suggestion that is on show after ``line``."""
        number = len(self.pipelines.calls) + 1
        asking = await self.ask(line)
        await (await self.pipelines.call(number)).finish(text)
        return await record_of(asking)


async def record_of(asking: asyncio.Task[Record]) -> Record:
    return await asyncio.wait_for(asking, DEADLINE)


def text_of(record: Record) -> str | None:
    return record.outcome.completion.text if record.outcome.completion else None
