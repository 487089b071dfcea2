"""Several candidates, and what is prepared while the user reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Priority
from cornerman.features.pacing import Pace
from cornerman.settings import CompletionSettings, Settings
from support.session_editor import Editor, record_of, text_of


@pytest.fixture
async def editor() -> AsyncIterator[Editor]:
    editor = Editor()
    yield editor
    await editor.session.aclose()


async def test_asked_by_hand_there_are_several_different_ones(editor: Editor) -> None:
    asking = await editor.ask("x = ", is_automatic=False)
    for number, text in enumerate(["alpha", "alpha", "beta"], start=1):
        call = await editor.pipelines.call(number)
        assert call.variant == number - 1
        await call.finish(text)
    record = await record_of(asking)
    assert [completion.text for completion in record.completions] == ["alpha", "beta"]
    again = await record_of(await editor.ask("x = ", is_automatic=False))
    assert [completion.text for completion in again.completions] == ["alpha", "beta"]
    assert text_of(await record_of(await editor.ask("x = b"))) == "eta"
    assert len(editor.pipelines.calls) == 3


async def test_asked_by_hand_the_one_on_show_stays_the_first(editor: Editor) -> None:
    first = await editor.suggested("x = ", "alpha")
    asking = await editor.ask("x = ", is_automatic=False)
    await (await editor.pipelines.call(2)).finish("beta")
    await (await editor.pipelines.call(3)).finish("gamma")
    record = await record_of(asking)
    texts = [completion.text for completion in record.completions]
    assert texts == ["alpha", "beta", "gamma"]
    assert record.suggestion_id == first.suggestion_id
    assert len(editor.notes.shown_ones) == 1


async def test_by_themselves_come_no_others(editor: Editor) -> None:
    record = await editor.suggested("x = ", "alpha")
    assert len(record.completions) == 1


async def test_one_candidate_can_be_enough(editor: Editor) -> None:
    editor.session.configure(Settings(completion=CompletionSettings(candidates=1)))
    asking = await editor.ask("x = ", is_automatic=False)
    await (await editor.pipelines.call(1)).finish("alpha")
    assert len((await record_of(asking)).completions) == 1


async def test_an_error_among_the_others_leaves_the_first(editor: Editor) -> None:
    asking = await editor.ask("x = ", is_automatic=False)
    await (await editor.pipelines.call(1)).finish("alpha")
    await (await editor.pipelines.call(2)).fail(EngineRequestError("It broke; try again."))
    assert text_of(await record_of(asking)) == "alpha"
    assert editor.warnings == []


@pytest.fixture
def fast_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "reading_ms", 0.0)


@pytest.mark.usefixtures("fast_reader")
async def test_what_follows_an_acceptance_is_prepared(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    ahead = await editor.pipelines.call(2)
    assert ahead.priority is Priority.BACKGROUND
    assert ahead.snapshot.text == "x = alpha\nend\n"
    assert ahead.offset == len("x = alpha")
    await ahead.finish(".beta")
    record = await record_of(await editor.ask("x = alpha"))
    assert text_of(record) == ".beta"
    assert record.is_from_memory


@pytest.mark.usefixtures("fast_reader")
async def test_an_acceptance_joins_what_is_being_prepared(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    ahead = await editor.pipelines.call(2)
    asking = await editor.ask("x = alpha")
    await ahead.finish(".beta")
    assert text_of(await record_of(asking)) == ".beta"


@pytest.mark.usefixtures("fast_reader")
async def test_preparing_ends_when_something_else_is_typed(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    ahead = await editor.pipelines.call(2)
    await editor.ask("x = b")
    await editor.pipelines.call(3)
    assert ahead.cancelled


async def test_nothing_is_prepared_for_somebody_who_types_on(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "reading_ms", 50.0)
    await editor.suggested("x = ", "alpha")
    asking = await editor.ask("x = b")
    call = await editor.pipelines.call(2)
    assert call.priority is Priority.COMPLETION
    await asyncio.sleep(0.1)
    assert len(editor.pipelines.calls) == 2
    asking.cancel()
