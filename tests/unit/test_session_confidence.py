"""What a session shows between two keys, in a pause, and when it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from math import log

import pytest

from cornerman.core.certainty import Certainty
from cornerman.core.completions import UNSURE
from cornerman.settings import CompletionSettings, Settings
from cornerman.settings.completion import ConfidenceSettings
from support.session_editor import Editor, record_of, text_of

LINE = log(0.5)
DOUBTFUL = Certainty((0, 5), (log(0.2), log(0.9)), 0, LINE, 0, log(0.1))
GUESSED = Certainty((0, 5), (log(0.01), log(0.9)), 0, LINE, 0, log(0.1))
HALF = Certainty((0, 5), (log(0.9), log(0.01)), 5, LINE, 0, log(0.1))


@pytest.fixture
async def editor() -> AsyncIterator[Editor]:
    editor = Editor()
    yield editor
    await editor.session.aclose()


async def made(editor: Editor, certainty: Certainty, text: str = "alpha.beta") -> str | None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).finish(text, certainty)
    return text_of(await record_of(asking))


async def test_a_doubtful_suggestion_comes_when_no_other_key_does(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).finish("alpha.beta", DOUBTFUL)
    assert not asking.done()
    assert text_of(await record_of(asking)) == "alpha.beta"


async def test_a_key_ends_the_wait_for_a_pause(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).finish("alpha.beta", DOUBTFUL)
    editor.holds("x = b")
    assert text_of(await record_of(asking)) is None


async def test_a_guess_is_not_shown_and_the_reason_says_so(editor: Editor) -> None:
    assert await made(editor, GUESSED) is None
    assert editor.session.recent()[0]["reason"] == UNSURE


async def test_the_beginning_that_is_sure_is_shown_at_once(editor: Editor) -> None:
    assert await made(editor, HALF) == "alpha"
    assert editor.session.recent()[0]["probability"] == pytest.approx(0.9)


async def test_typing_what_was_doubtful_shows_the_rest_without_the_engine(editor: Editor) -> None:
    assert await made(editor, GUESSED) is None
    record = await record_of(await editor.ask("x = alpha"))
    assert text_of(record) == ".beta"
    assert record.is_from_memory
    assert len(editor.pipelines.calls) == 1


async def test_who_asks_gets_a_guess_from_memory(editor: Editor) -> None:
    assert await made(editor, GUESSED) is None
    asking = await editor.ask("x = ", is_automatic=False)
    for number in (2, 3):
        await (await editor.pipelines.call(number)).finish("")
    assert text_of(await record_of(asking)) == "alpha.beta"


async def test_the_settings_may_keep_guesses_from_those_who_ask_too(editor: Editor) -> None:
    confidence = ConfidenceSettings(invoked=0.5)
    editor.session.configure(Settings(completion=CompletionSettings(confidence=confidence)))
    asking = await editor.ask("x = ", is_automatic=False)
    await (await editor.pipelines.call(1)).finish("alpha.beta", GUESSED)
    record = await record_of(asking)
    assert text_of(record) is None
    assert record.outcome.reason == UNSURE


async def test_the_journal_is_told_how_sure_the_model_was(editor: Editor) -> None:
    await made(editor, HALF)
    [shown] = editor.notes.shown_ones
    assert shown.probability == pytest.approx(0.9)


async def test_what_was_cut_is_not_what_somebody_gets_who_asks(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    first = await editor.pipelines.call(1)
    assert first.is_unasked
    await first.finish("alpha", is_cut=True)
    assert text_of(await record_of(asking)) == "alpha"
    asked = await editor.ask("x = ", is_automatic=False)
    second = await editor.pipelines.call(2)
    assert not second.is_unasked
    await second.finish("alpha.beta")
    await (await editor.pipelines.call(3)).finish("")
    await (await editor.pipelines.call(4)).finish("")
    assert text_of(await record_of(asked)) == "alpha.beta"


async def test_who_asks_does_not_wait_for_what_may_end_early(editor: Editor) -> None:
    waiting = await editor.ask("x = ")
    first = await editor.pipelines.call(1)
    await first.say("al")
    asked = await editor.ask("x = ", is_automatic=False)
    assert not (await editor.pipelines.call(2)).is_unasked
    assert text_of(await record_of(waiting)) is None
    asked.cancel()


async def test_what_follows_a_cut_suggestion_is_prepared_once(editor: Editor) -> None:
    asking = await editor.ask("x = ")
    await (await editor.pipelines.call(1)).finish("alpha", is_cut=True)
    await record_of(asking)
    ahead = await editor.pipelines.call(2)
    assert (ahead.offset, ahead.is_unasked) == (len("x = alpha"), True)
    await ahead.finish(".beta", is_cut=True)
    assert text_of(await record_of(await editor.ask("x = alpha"))) == ".beta"
    assert len(editor.pipelines.calls) == 2
