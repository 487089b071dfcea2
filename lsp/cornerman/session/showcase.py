"""What is on show in each document, and what became of it; writes the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cornerman.core.completions import Completion
from cornerman.core.documents import DocumentSnapshot
from cornerman.statistics.acceptance import OnShow, accepted_characters, is_kept
from cornerman.statistics.journal import Journal, Shown

KEPT_AFTER_SECONDS = 30.0
_TAKEN_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A completion on show, and what the journal may know about it."""

    shown: Shown
    uri: str
    on_show: OnShow


class Showcase:
    """``text_of`` gives the current text of an open document. For one event loop."""

    def __init__(self, journal: Journal, text_of: Callable[[str], str | None]) -> None:
        self._journal = journal
        self._text_of = text_of
        self._exhibits: dict[str, Exhibit] = {}
        self._last_shown: dict[str, str] = {}
        self._taken: dict[str, int] = {}
        self._editor_tells = False

    def show(
        self,
        snapshot: DocumentSnapshot,
        completion: Completion,
        suggestion_id: str,
        *,
        model: str,
        is_automatic: bool,
        probability: float | None = None,
    ) -> None:
        """A completion is drawn from now on. What is left of a suggestion is no new one."""
        characters = len(completion.text)
        language = snapshot.language_id
        shown = Shown(suggestion_id, language, model, is_automatic, characters, probability)
        on_show = OnShow(suggestion_id, snapshot.text, completion)
        if self._last_shown.get(snapshot.uri) != suggestion_id and not self._editor_tells:
            self._journal.shown(shown)
        self._last_shown[snapshot.uri] = suggestion_id
        self._exhibits[snapshot.uri] = Exhibit(shown, snapshot.uri, on_show)

    def changed(self, before: DocumentSnapshot, after: DocumentSnapshot) -> None:
        """The user changed a document, perhaps by taking what was on show."""
        exhibit = self._exhibits.get(after.uri)
        if exhibit is not None:
            characters = accepted_characters(exhibit.on_show, before.text, after.text)
            if characters:
                self._take(exhibit, characters)

    def accept(self, suggestion_id: str) -> None:
        """The editor says that the user took a suggestion. Ids of old ones are ignored."""
        for exhibit in self._exhibits.values():
            if exhibit.shown.id == suggestion_id:
                self._take(exhibit, len(exhibit.on_show.completion.text))

    def confirm(self, suggestion_id: str) -> None:
        """The editor says that it draws a suggestion: from now on it is what tells."""
        self._editor_tells = True
        for exhibit in self._exhibits.values():
            if exhibit.shown.id == suggestion_id:
                self._journal.shown(exhibit.shown)

    def accept_part(self, suggestion_id: str, characters: int) -> None:
        """The editor says that so many characters of a suggestion were taken, in total."""
        for exhibit in self._exhibits.values():
            if exhibit.shown.id == suggestion_id:
                whole = len(exhibit.on_show.completion.text)
                self._take(exhibit, min(characters, whole))

    def clear(self, uri: str) -> None:
        """The document is closed."""
        self._exhibits.pop(uri, None)
        self._last_shown.pop(uri, None)

    def _take(self, exhibit: Exhibit, characters: int) -> None:
        number = exhibit.shown.id
        if characters <= self._taken.get(number, 0):
            return
        is_first = number not in self._taken
        self._taken[number] = characters
        if len(self._taken) > _TAKEN_REMEMBERED:
            del self._taken[next(iter(self._taken))]
        self._journal.accepted(number, characters)
        if is_first:
            part = exhibit.on_show.accepted_part(characters)
            loop = asyncio.get_running_loop()
            loop.call_later(KEPT_AFTER_SECONDS, self._look_again, exhibit, part)

    def _look_again(self, exhibit: Exhibit, part: str) -> None:
        text = self._text_of(exhibit.uri)
        if text is not None:
            self._journal.kept(exhibit.shown.id, is_kept=is_kept(part, text))
