"""Code actions on marked text, and a model that says what a test wants."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from cornerman.core.actions import (
    ActionKind,
    ActionRequest,
    Diagnostic,
    Offer,
    OfferStatus,
    Progress,
)
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest, Timings
from cornerman.features.actions.rewrite import rewrite
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, ActionSettings

CURSOR = "‸"
URI = "file:///project/sample.py"


@dataclass
class Answers:
    """An engine that gives the answers in turn, the last one again and again."""

    answers: tuple[str, ...]
    finish: FinishReason = FinishReason.STOP
    requests: list[GenerationRequest] = field(default_factory=list[GenerationRequest])

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        text = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        for line in text.splitlines(keepends=True):
            yield Chunk(line)
        yield Chunk("", finish=self.finish, timings=Timings(generated=8, decode_ms=100.0))


def marked(text: str, language: str = "python") -> tuple[DocumentSnapshot, int, int]:
    """A document, and the offsets of the two ``‸`` in ``text``, or of the one."""
    parts = text.split(CURSOR)
    start = len(parts[0])
    end = start + len(parts[1]) if len(parts) > 2 else start
    return DocumentSnapshot(URI, language, 3, "".join(parts)), start, end


def request_in(
    text: str,
    kind: ActionKind,
    instruction: str = "",
    *,
    language: str = "python",
    problem: str = "",
    takes_unverified: bool = False,
) -> ActionRequest:
    """A request at the marks; with ``problem`` they are the range of a diagnostic."""
    snapshot, start, end = marked(text, language)
    diagnostic = Diagnostic(start, end, problem) if problem else None
    return ActionRequest(
        kind, snapshot, start, end, instruction, diagnostic, takes_unverified=takes_unverified
    )


async def offered(
    request: ActionRequest, *answers: str, settings: ActionSettings | None = None
) -> Offer:
    """What is offered when the model says ``answers``."""
    said: list[Progress] = []
    return await rewrite(
        request,
        settings or ActionSettings(),
        find(STARTER_MODEL),
        Answers(answers),
        on_progress=said.append,
    )


async def result_of(request: ActionRequest, *answers: str) -> str:
    """The document after the offer; fails if there is none."""
    offer = await offered(request, *answers)
    assert offer.status is OfferStatus.OFFERED, offer.reason
    assert all(check.passed for check in offer.checks)
    return offer.edits[0].applied()


async def reason_for(request: ActionRequest, *answers: str) -> str:
    """Why nothing is offered."""
    offer = await offered(request, *answers)
    assert (offer.status, offer.edits) == (OfferStatus.REFUSED, ())
    return offer.reason


def fenced(code: str) -> str:
    """Code as models answer it."""
    return f"```python\n{code.strip()}\n```"
