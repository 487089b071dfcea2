"""What the prompts of one editor window show of other files, and what is known about them."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.passages import Findings
from cornerman.core.snippets import Room, Surroundings
from cornerman.session.edits import EditHistory
from cornerman.session.indexing import Indexing, OnIndexing
from cornerman.settings import ContextSettings

if TYPE_CHECKING:
    from cornerman.features.surroundings import Search
    from cornerman.features.workspace import Workspace

logger = logging.getLogger(__name__)

# A prompt waits this long for the providers; what comes later is used next time.
_DEADLINE_SECONDS = 0.12
_OPENING_SECONDS = 0.3
_LOOK_SECONDS = 60.0
_MOST_DOCUMENTS = 32
_MOST_VISITED = 12
# The measured speed of reading, and with it the room, varies; so little more is no reason to read
# everything again.
_CLEARLY_MORE = 1.3


@dataclass(slots=True)
class _Chosen:
    """What the prompts of a document show, and the search it comes from."""

    region: str
    topic: str
    chars: int
    surroundings: Surroundings
    search: Search
    is_late: bool
    knowledge: int


class WorkspaceContext:
    """Belongs to one event loop. Nothing is read or imported before it is first needed.

    ``state`` is where indexes are kept. ``on_indexing`` is told how indexing goes on.
    """

    def __init__(self, state: Path, on_indexing: OnIndexing = lambda _done, _all: None) -> None:
        self._state = state
        self._settings = ContextSettings()
        self._folders: list[Path] = []
        self._workspace: Workspace | None = None
        self._on_indexing = on_indexing
        self._indexing = Indexing(state, self._note_indexing)
        self._knowledge = 0
        self._opening: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, "context")
        self._edits = EditHistory()
        self._visited: OrderedDict[str, None] = OrderedDict()
        self._open: dict[str, DocumentSnapshot] = {}
        self._chosen: OrderedDict[str, _Chosen] = OrderedDict()
        self._unread: dict[str, _Chosen] = {}
        self._problems: dict[str, Sequence[tuple[int, str]]] = {}
        self._looking: asyncio.Task[None] | None = None

    def configure(self, settings: ContextSettings) -> None:
        """Use other settings: what was chosen and indexed with the former ones may not stay."""
        if settings != self._settings:
            self._settings = settings
            self._close_workspace()

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Take these folders for the workspace from now on."""
        if list(folders) != self._folders:
            self._folders = list(folders)
            self._close_workspace()

    def change_folders(self, added: Iterable[Path], removed: Iterable[Path]) -> None:
        """Add folders to the workspace and take others out of it."""
        gone = set(removed)
        kept = [folder for folder in self._folders if folder not in gone]
        self.set_folders(list(dict.fromkeys([*kept, *added])))

    def put(self, before: DocumentSnapshot | None, after: DocumentSnapshot) -> None:
        """A document was opened, or changed from ``before``."""
        self._visit(after.uri)
        self._open[after.uri] = after
        if before is not None:
            self._edits.changed(before, after)
            if before.index.line_count != after.index.line_count:
                self._problems.pop(after.uri, None)
        elif self._workspace is None and self._opening is None and self._is_of_use:
            # Before the first key is typed, but not while the editor is still starting.
            loop = asyncio.get_running_loop()
            self._opening = loop.call_later(_OPENING_SECONDS, self._opened_workspace)

    def forget(self, uri: str) -> None:
        """A document was closed: its file counts again, as it is on disk now."""
        self._open.pop(uri, None)
        self._chosen.pop(uri, None)
        self._unread.pop(uri, None)
        self._problems.pop(uri, None)
        if self._workspace is not None and (file := self._workspace.locate(uri)):
            self._workspace.index.close(file)
            self.files_changed([Path(file.folder) / file.path])

    def note_problems(self, uri: str, problems: Sequence[tuple[int, str]]) -> None:
        """What other tools say about a document: lines, from zero, and messages.

        It counts until lines come or go.
        """
        self._problems[uri] = problems

    def files_changed(self, paths: Sequence[Path]) -> None:
        """Files were changed, made or deleted on disk."""
        if self._workspace is not None:
            refreshing = self._in_thread(self._workspace.refresh, paths)
            refreshing.add_done_callback(lambda _: self._learn())

    def look_for_changes(self) -> None:
        """Look through the folders from time to time: nobody tells of changes on disk."""
        self._looking = asyncio.ensure_future(self._look())

    async def surroundings(self, room: Room) -> Surroundings:
        """What to show beside a document: the same while the user types in one region.

        In another region, or when the user rests, what was shown before stays unless something
        clearly better is found, because the engine has to read everything behind it again. What
        is chosen for a user who rests is first shown to others after ``keep``.
        """
        if not self._is_of_use or room.chars <= 0:
            return Surroundings()
        workspace = self._opened_workspace()
        file = workspace.locate(room.snapshot.uri)
        if file is None or not workspace.admits(file):
            return Surroundings()
        from cornerman.features.surroundings import (
            Search,
            history_of,
            question_of,
            topic_of,
        )

        topic = topic_of(_line_prefix(room))
        known = self._chosen.get(room.snapshot.uri)
        if room.is_glance:
            return known.surroundings if known is not None else Surroundings()
        self._unread.pop(room.snapshot.uri, None)
        if known is not None and _still_holds(known, room, topic, self._knowledge):
            return known.surroundings
        edits = [(edit.uri, edit.before, edit.after) for edit in self._edits.latest()]
        visited = list(reversed(self._visited))
        problems = self._problems.get(room.snapshot.uri, ())
        history = history_of(workspace, edits, visited, problems)
        search = Search(question_of(workspace, file, room, history))
        running = self._in_thread(self._search, workspace, search)
        await asyncio.wait({running}, timeout=None if room.is_resting else _DEADLINE_SECONDS)
        if room.is_resting:
            await asyncio.to_thread(search.finish)
        chosen = self._choose(known, room, topic, search)
        self._unread[room.snapshot.uri] = chosen
        if not room.is_resting:
            self.keep(room.snapshot.uri)
        return chosen.surroundings

    def keep(self, uri: str) -> None:
        """See ``ContextSource``."""
        if (chosen := self._unread.pop(uri, None)) is None:
            return
        self._chosen[uri] = chosen
        self._chosen.move_to_end(uri)
        while len(self._chosen) > _MOST_DOCUMENTS:
            self._chosen.popitem(last=False)

    def shown_beside(self, uri: str) -> frozenset[str]:
        """What the latest prompt of a document has shown of other files."""
        known = self._chosen.get(uri)
        return known.surroundings.shown if known is not None else frozenset()

    async def retrieve(self, question: str) -> Findings:
        """What the workspace has to say about a question, once its first indexing is over."""
        if not self._is_of_use:
            return Findings()
        from cornerman.features.workspace import retrieve

        workspace = self._opened_workspace()
        await self._indexing.finished()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, retrieve, workspace, question)

    async def aclose(self) -> None:
        """Stop indexing and let go of the indexes."""
        if self._looking is not None:
            self._looking.cancel()
        await self._indexing.aclose()
        self._close_workspace()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._workspace is not None and self._settings.index:
                self._indexing.begin(self._folders, self._settings)

    def _choose(self, known: _Chosen | None, room: Room, topic: str, search: Search) -> _Chosen:
        from cornerman.features.surroundings import is_clearly_better, surroundings_of

        file = search.question.file
        found = tuple(search.found)
        snippets = search.chosen(room.chars)
        kept = known.surroundings.snippets if known is not None else ()
        is_more = room.is_resting and known is not None and _has_clearly_more(room, known)
        if kept and not is_more and not is_clearly_better(snippets, kept, found):
            snippets = kept
        shown = surroundings_of(file, snippets)
        chars = max(room.chars, known.chars if known is not None and snippets is kept else 0)
        late = not search.is_done
        return _Chosen(room.region, topic, chars, shown, search, late, self._knowledge)

    def _search(self, workspace: Workspace, search: Search) -> None:
        """In the thread: take the open documents as they are now, then ask the providers."""
        for snapshot in list(self._open.values()):
            workspace.put(snapshot)
        workspace.put(search.question.snapshot)
        search.begin()

    def _opened_workspace(self) -> Workspace:
        """The workspace; opened on first use, when indexing begins as well."""
        from cornerman.features.workspace import Workspace, open_folder

        if self._workspace is None:
            self._workspace = Workspace()
            for folder in self._folders:
                self._workspace.add(open_folder(folder, self._settings, self._state))
            if self._settings.index:
                self._indexing.begin(self._folders, self._settings)
        return self._workspace

    def _close_workspace(self) -> None:
        self._chosen.clear()
        self._unread.clear()
        self._indexing.stop()
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        workspace, self._workspace = self._workspace, None
        if workspace is not None:
            for folder in workspace.folders:
                workspace.remove(folder)

    @property
    def _is_of_use(self) -> bool:
        return self._settings.enabled and bool(self._folders)

    def _note_indexing(self, done: int, total: int) -> None:
        if done == total:
            self._learn()
        self._on_indexing(done, total)

    def _learn(self) -> None:
        """More is known than when snippets were chosen: look again at the next key."""
        self._knowledge += 1

    def _visit(self, uri: str) -> None:
        self._visited[uri] = None
        self._visited.move_to_end(uri)
        while len(self._visited) > _MOST_VISITED:
            self._visited.popitem(last=False)

    def _in_thread(self, work: Callable[..., None], *values: object) -> asyncio.Future[None]:
        running = asyncio.get_running_loop().run_in_executor(self._thread, work, *values)
        running.add_done_callback(_note_failure)
        return running


def _still_holds(known: _Chosen, room: Room, topic: str, knowledge: int) -> bool:
    """True if there is nothing to look for.

    While the user types in one region there is not, unless all of a prompt is read between two
    keys: other snippets make the engine read everything behind them again. On other machines what
    is worth that comes when the user rests.
    """
    if known.region != room.region:
        return False
    is_new_topic = bool(topic) and topic != known.topic
    is_outdated = known.is_late or known.knowledge != knowledge
    may_change = room.is_resting or room.is_quick
    return not (may_change and (is_new_topic or is_outdated or _has_clearly_more(room, known)))


def _has_clearly_more(room: Room, known: _Chosen) -> bool:
    return room.chars > known.chars * _CLEARLY_MORE


def _line_prefix(room: Room) -> str:
    index = room.snapshot.index
    return room.snapshot.text[index.line_start(index.line_of(room.offset)) : room.offset]


def _note_failure(running: asyncio.Future[None]) -> None:
    if not running.cancelled() and (error := running.exception()) is not None:
        logger.warning("the workspace could not be searched: %s", type(error).__name__)
