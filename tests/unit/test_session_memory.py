"""A session in motion: what is typed through, joined, given up, prepared, and never answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Priority
from cornerman.features.pacing import Pace
from cornerman.session import Record, Session
from cornerman.settings import CompletionSettings, Settings, StatisticsSettings
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


# Candidates


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


# Looking ahead


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


# Statistics


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
