"""What is read ahead while nothing is typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import EngineUnavailableError
from cornerman.session import rest
from cornerman.session.rest import change_end
from cornerman.settings import CompletionSettings, Settings
from support.calls import DEADLINE, settled
from support.session_editor import URI, Editor, record_of


@pytest.fixture
async def editor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Editor]:
    monkeypatch.setattr(rest, "REST_SECONDS", 0.05)
    monkeypatch.setattr(rest, "OPENED_SECONDS", 0.05)
    editor = Editor()
    yield editor
    await editor.session.aclose()


async def read_at(editor: Editor) -> int:
    """Where was read first, once something was."""
    await asyncio.wait_for(editor.pipelines.has_read.wait(), DEADLINE)
    return editor.pipelines.read_ahead_at[0]


async def test_where_somebody_rests_is_read(editor: Editor) -> None:
    await editor.suggested("x = ", "1")
    assert await read_at(editor) == 4


async def test_a_change_tells_where_the_cursor_is(editor: Editor) -> None:
    editor.holds("first")
    editor.holds("first second")
    assert await read_at(editor) == len("first second")


async def test_an_opened_document_is_read_at_its_end(editor: Editor) -> None:
    snapshot, _ = editor.holds("x = ")
    assert await read_at(editor) == len(snapshot.text.rstrip())


async def test_nothing_is_read_while_a_completion_is_made(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    await asyncio.sleep(0.15)
    assert editor.pipelines.read_ahead_at == []
    await call.finish("1")
    await record_of(asking)
    assert await read_at(editor) == 4


async def test_a_key_ends_what_is_being_read(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def read_ahead(snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return True

    monkeypatch.setattr(editor.pipelines, "read_ahead", read_ahead)
    editor.holds("x = ")
    await asyncio.wait_for(began.wait(), DEADLINE)
    editor.holds("x = 1")
    await asyncio.wait_for(ended.wait(), DEADLINE)


async def test_failures_are_kept_from_the_user(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()

    async def read_ahead(snapshot: DocumentSnapshot, offset: int, settings: Settings) -> bool:
        failed.set()
        raise EngineUnavailableError("There is no engine.")

    monkeypatch.setattr(editor.pipelines, "read_ahead", read_ahead)
    editor.holds("x = ")
    await asyncio.wait_for(failed.wait(), DEADLINE)
    await settled()
    assert editor.warnings == []


@pytest.mark.parametrize("ending", ["closed", "off"])
async def test_nothing_is_read_of_what_is_closed_or_turned_off(editor: Editor, ending: str) -> None:
    if ending == "off":
        completion = CompletionSettings(enabled=False)
        editor.session.configure(Settings(completion=completion))
    editor.holds("x = ")
    if ending == "closed":
        editor.session.forget(URI)
    await asyncio.sleep(0.15)
    assert editor.pipelines.read_ahead_at == []


@pytest.mark.parametrize(
    ("before", "after", "end"),
    [("ab", "axb", 2), ("ab", "b", 0), ("", "abc", 3), ("abc", "", 0), ("aa", "aaa", 1)],
)
def test_a_change_ends_before_what_stayed(before: str, after: str, end: int) -> None:
    assert change_end(before, after) == end
