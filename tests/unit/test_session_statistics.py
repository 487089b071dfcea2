"""What a session counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from cornerman.settings import Settings, StatisticsSettings
from support.calls import DEADLINE
from support.session_editor import Editor, record_of


@pytest.fixture
async def editor() -> AsyncIterator[Editor]:
    editor = Editor()
    yield editor
    await editor.session.aclose()


async def test_a_suggestion_is_counted_once_however_it_is_typed(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha()")
    await record_of(await editor.ask("x = a"))
    await record_of(await editor.ask("x = al"))
    [shown] = editor.notes.shown_ones
    assert (shown.language, shown.model, shown.characters) == ("python", "m", 7)
    assert [answer.source for answer in editor.notes.answers] == ["engine", "memory", "memory"]


async def test_requests_that_were_overtaken_are_not_counted(editor: Editor) -> None:
    await editor.ask("x = ")
    asking = await editor.ask("x = a")
    call = await editor.pipelines.call(1)
    await call.finish("alpha")
    await record_of(asking)
    assert len(editor.notes.answers) == 1
    assert len(editor.session.recent()) == 2


async def test_an_acceptance_shows_in_the_document(editor: Editor) -> None:
    record = await editor.suggested("x = ", "alpha()")
    editor.holds("x = alpha()")
    editor.session.accept(record.id)
    assert editor.notes.accepted_ones == [(record.suggestion_id, 7)]
    assert editor.session.recent()[0]["accepted"] is True


async def test_a_part_may_be_accepted(editor: Editor) -> None:
    record = await editor.suggested("x = ", "alpha.beta()")
    editor.holds("x = alpha")
    editor.holds("x = alpha.beta()")
    number = record.suggestion_id
    assert editor.notes.accepted_ones == [(number, 5), (number, 12)]


async def test_typing_a_suggestion_is_no_acceptance(editor: Editor) -> None:
    await editor.suggested("x = ", "abc")
    for line in ("x = a", "x = ab", "x = abc"):
        editor.holds(line)
    assert editor.notes.accepted_ones == []


@pytest.mark.parametrize(("line", "is_kept"), [("x = alpha() + 1", True), ("x = beta", False)])
async def test_what_was_accepted_is_looked_for_later(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, line: str, *, is_kept: bool
) -> None:
    monkeypatch.setattr("cornerman.session.showcase.KEPT_AFTER_SECONDS", 0.0)
    record = await editor.suggested("x = ", "alpha()")
    editor.holds("x = alpha()")
    editor.holds(line)
    await asyncio.wait_for(editor.notes.kept_news.wait(), DEADLINE)
    assert editor.notes.kept_ones == [(record.suggestion_id, is_kept)]


async def test_turned_off_nothing_is_counted(editor: Editor) -> None:
    off = Settings(statistics=StatisticsSettings(enabled=False))
    await editor.suggested("x = ", "alpha()")
    editor.session.configure(off)
    editor.holds("x = alpha()")
    assert editor.notes.accepted_ones == []
    record = await editor.suggested("y = ", "beta()")
    editor.session.accept(record.id)
    assert editor.notes.accepted_ones == []
    assert len(editor.notes.answers) == len(editor.notes.shown_ones) == 1
