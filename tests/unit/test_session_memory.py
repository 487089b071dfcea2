"""A session in motion: what is typed through, joined, given up, and never answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cornerman.core.completions import Completion, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Priority
from cornerman.session.context import WorkspaceContext
from cornerman.session.workshop import Workshop
from cornerman.settings import Settings
from support.calls import DEADLINE, CalledPipelines, settled
from support.session_editor import URI, Editor, record_of, text_of


@pytest.fixture
async def editor() -> AsyncIterator[Editor]:
    editor = Editor()
    yield editor
    await editor.session.aclose()


async def test_what_is_typed_as_suggested_does_not_touch_the_engine(editor: Editor) -> None:
    first = await editor.suggested("x = ", "alpha()")
    for line, rest in [("x = a", "lpha()"), ("x = alpha", "()"), ("x = al", "pha()")]:
        record = await record_of(await editor.ask(line))
        assert text_of(record) == rest
        assert record.is_from_memory
        assert record.suggestion_id == first.suggestion_id
    assert len(editor.pipelines.calls) == 1


async def test_typing_and_taking_back_finds_both_suggestions(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    await editor.suggested("x = b", "eta")
    assert text_of(await record_of(await editor.ask("x = "))) == "alpha"
    assert text_of(await record_of(await editor.ask("x = b"))) == "eta"
    assert len(editor.pipelines.calls) == 2


async def test_a_request_joins_the_work_that_still_fits(editor: Editor) -> None:
    first = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    await call.say("al")
    second = await editor.ask("x = a")
    third = await editor.ask("x = alp")
    for superseded in (first, second):
        assert (await record_of(superseded)).outcome.completion is None
    await call.finish("alpha")
    record = await record_of(third)
    assert text_of(record) == "ha"
    assert not record.is_from_memory
    assert len(editor.pipelines.calls) == 1


async def test_work_is_given_up_once_it_says_something_else(editor: Editor) -> None:
    await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    asking = await editor.ask("x = b")
    assert not call.cancelled
    await call.say("al")
    await asyncio.wait_for(call.ended.wait(), DEADLINE)
    assert call.cancelled
    await (await editor.pipelines.call(2)).finish("eta")
    assert text_of(await record_of(asking)) == "eta"


async def test_work_for_another_place_is_given_up_at_once(editor: Editor) -> None:
    await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    await editor.ask("y")
    assert call.cancelled


async def test_work_for_another_document_is_given_up_when_nobody_waits(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    other = await editor.ask("y = ", "file:///b.py")
    await (await editor.pipelines.call(2)).finish("1")
    assert text_of(await record_of(other)) == "1"
    assert not call.cancelled
    asking.cancel()
    await settled()
    await editor.ask("z = ", "file:///b.py")
    assert call.cancelled


async def test_work_goes_on_for_a_moment_after_its_request_is_cancelled(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    asking.cancel()
    await settled()
    assert not call.cancelled
    again = await editor.ask("x = a")
    await call.finish("alpha")
    assert text_of(await record_of(again)) == "lpha"


async def test_work_nobody_comes_back_for_is_given_up(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    asking.cancel()
    await asyncio.wait_for(call.ended.wait(), DEADLINE)
    assert call.cancelled


async def test_work_that_ends_with_nothing_for_what_was_typed_is_begun_anew(
    editor: Editor,
) -> None:
    await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    asking = await editor.ask("x = a")
    await call.finish("")
    await (await editor.pipelines.call(2)).finish("nt")
    assert text_of(await record_of(asking)) == "nt"


async def test_a_reason_is_told_and_not_remembered(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).finish("")
    assert (await record_of(asking)).outcome.reason == "nothing to add"
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(2)).finish("1")
    assert text_of(await record_of(asking)) == "1"


async def test_an_error_is_told_and_not_remembered(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).fail(EngineRequestError("It broke; try again."))
    assert (await record_of(asking)).outcome.reason == "It broke; try again."
    assert editor.warnings == ["It broke; try again."]
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(2)).finish("1")
    assert text_of(await record_of(asking)) == "1"


async def test_a_changed_document_gets_no_stale_answer(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    call = await editor.pipelines.call(1)
    editor.holds("x = b")
    await call.finish("alpha")
    record = await record_of(asking)
    assert text_of(record) is None
    assert "changed" in record.outcome.reason


async def test_other_settings_forget_everything(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    editor.session.configure(Settings(model="other"))
    await editor.ask("x = ")
    assert (await editor.pipelines.call(2)).priority is Priority.COMPLETION


async def test_a_closed_document_is_forgotten(editor: Editor) -> None:
    await editor.suggested("x = ", "alpha")
    editor.session.forget(URI)
    await editor.ask("x = ")
    assert (await editor.pipelines.call(2)).priority is Priority.COMPLETION


class Beside(WorkspaceContext):
    """Says that the prompts show what the test says."""

    shown = frozenset({"def alpha(): ..."})

    def shown_beside(self, uri: str) -> frozenset[str]:
        return self.shown


async def test_nothing_made_with_other_code_of_the_workspace_is_recalled(tmp_path: Path) -> None:
    pipelines, context = CalledPipelines(), Beside(tmp_path)
    workshop = Workshop(pipelines, context)
    snapshot = DocumentSnapshot(URI, "python", 1, "x = ")

    async def made(number: int, text: str) -> str:
        making = asyncio.ensure_future(workshop.make(snapshot, 4, Settings(), is_automatic=True))
        call = await pipelines.call(number)
        call.outcome.set_result(Outcome(Completion(text, 4, 4), beside=context.shown))
        return (await asyncio.wait_for(making, DEADLINE)).completions[0].text

    assert await made(1, "alpha()") == "alpha()"
    again = await workshop.make(snapshot, 4, Settings(), is_automatic=True)
    assert again.is_from_memory
    context.shown = frozenset({"def alphabet(): ..."})
    assert await made(2, "alphabet()") == "alphabet()"
    await context.aclose()
