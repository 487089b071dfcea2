"""No secret of the document itself is in the prompts that are made of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest, Prompt
from cornerman.features.complete import complete
from cornerman.features.workspace import is_secret
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings

TOKEN = "PLANTED" + "a8Kd93mNx72LqPz5VbTw"
TEXT = f'API_TOKEN = "{TOKEN}"\nlimit = 10\n\n\ndef f(x):\n    return \n\n\nkey = "{TOKEN}"\n'


class RecordingEngine:
    """Answers every request with nothing and keeps what it was asked."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        assert isinstance(request.prompt, Prompt)
        self.prompts.append(request.prompt.as_text())
        yield Chunk("x\n", finish=FinishReason.STOP)


async def test_the_window_is_masked_at_every_key() -> None:
    engine = RecordingEngine()
    snapshot = DocumentSnapshot("file:///app/a.py", "python", 1, TEXT)
    at = TEXT.index("return ") + len("return ")
    for char in "limit + 1":
        await complete(
            CompletionRequest(snapshot, at), CompletionSettings(), find(STARTER_MODEL), engine
        )
        snapshot = snapshot.replace(at, at, char, snapshot.version + 1)
        at += 1
    assert len(engine.prompts) > 3
    assert all("limit = 10" in prompt for prompt in engine.prompts)
    assert not any(TOKEN in prompt for prompt in engine.prompts)


@pytest.mark.parametrize(
    ("uri", "secret"),
    [
        ("file:///home/me/app/.env", True),
        ("file:///home/me/app/deploy/key.pem", True),
        ("file:///home/me/app/private/notes.py", True),
        ("file:///home/me/app/main.py", False),
        ("untitled:Untitled-1", False),
    ],
)
def test_documents_of_secrets_are_left_alone(uri: str, *, secret: bool) -> None:
    assert is_secret(uri, ["private/"]) is secret
