"""What is shown to the model of other files: providers asked, the best of their snippets chosen."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from cornerman.context.chains import receiver
from cornerman.context.index.facts import FileRef
from cornerman.context.providers import (
    called,
    definitions,
    enclosing_class,
    installed_packages,
    members,
    problems,
    recent_edits,
    similar_code,
    visited_files,
)
from cornerman.context.question import ContextProvider, Diff, Problem, Provider, Question
from cornerman.context.select import parts_of, select, worth
from cornerman.core.snippets import Room, Snippet, Surroundings
from cornerman.features.workspace import Workspace

logger = logging.getLogger(__name__)

PROVIDERS: Sequence[ContextProvider] = (
    Provider(called.NAME, called.called),
    Provider(members.NAME, members.members),
    Provider(definitions.NAME, definitions.definitions),
    Provider(similar_code.NAME, similar_code.similar_code),
    Provider(enclosing_class.NAME, enclosing_class.enclosing_class),
    Provider(recent_edits.NAME, recent_edits.recent_edits),
    Provider(problems.NAME, problems.problems),
    Provider(visited_files.COUNTERPART, visited_files.counterpart),
    Provider(installed_packages.NAME, installed_packages.installed_packages),
    Provider(visited_files.VISITED, visited_files.visited_files),
)
# Other snippets have to be this much better to be shown instead of those that the engine has
# read: it would have to read everything behind them again.
_CLEARLY_BETTER = 1.5
# Who has found nothing more by then goes on beside the others, for the next prompt.
_TURN_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class History:
    """What the user did lately, the latest first, and what other tools say about the document."""

    edits: Sequence[Diff] = ()
    visited: Sequence[FileRef] = ()
    problems: Sequence[Problem] = ()


@dataclass(slots=True)
class Search:
    """One question put to all providers. ``found`` grows until it ``is_done``.

    ``milliseconds`` has what each provider took, once it has ended.
    """

    question: Question
    found: list[Snippet] = field(default_factory=list[Snippet])
    milliseconds: dict[str, float] = field(default_factory=dict[str, float])
    _late: list[Future[None]] = field(default_factory=list[Future[None]])
    _is_asked: bool = False

    @property
    def is_done(self) -> bool:
        """True once every provider has ended."""
        return self._is_asked and all(late.done() for late in self._late)

    def begin(self, providers: Sequence[ContextProvider] = PROVIDERS) -> None:
        """Ask the providers in turn; none is waited for longer than its turn.

        What fails in one costs its snippets, not the suggestion.
        """
        # A thread is made only where all others still work for one that is late.
        threads = ThreadPoolExecutor(len(providers), "provider")
        for provider in providers:
            asked = threads.submit(self._ask, provider)
            if wait([asked], _TURN_SECONDS).not_done:
                self._late.append(asked)
        threads.shutdown(wait=False)
        self._is_asked = True

    def finish(self) -> None:
        """Wait for those that are late."""
        wait(self._late)

    def run(self, providers: Sequence[ContextProvider] = PROVIDERS) -> None:
        """Ask the providers, and wait for all of them."""
        self.begin(providers)
        self.finish()

    def _ask(self, provider: ContextProvider) -> None:
        started = time.perf_counter()
        try:
            for snippet in provider.snippets(self.question):
                self.found.append(snippet)
        except Exception as error:
            logger.warning("no snippets from %s: %s", provider.name, type(error).__name__)
        finally:
            self.milliseconds[provider.name] = (time.perf_counter() - started) * 1000

    def chosen(self, chars: int) -> tuple[Snippet, ...]:
        """The best of what was found by now that fit into so many characters."""
        return select(tuple(self.found), chars, shown_text(self.question))


def history_of(
    workspace: Workspace,
    edits: Iterable[tuple[str, str, str]],
    visited: Iterable[str],
    problems: Iterable[tuple[int, str]] = (),
) -> History:
    """History from URIs, with lines before and after for each edit; other files are left out.

    Problems are lines, from zero, and messages.
    """
    located = ((workspace.locate(uri), before, after) for uri, before, after in edits)
    files = (workspace.locate(uri) for uri in visited)
    return History(
        [Diff(file, before, after) for file, before, after in located if file and before != after],
        [file for file in files if file is not None],
        [Problem(line, message) for line, message in problems],
    )


def question_of(workspace: Workspace, file: FileRef, room: Room, history: History) -> Question:
    """What is to be asked for a prompt."""
    return Question(
        room.snapshot,
        room.offset,
        file,
        workspace.index,
        (room.first, room.last),
        history.edits,
        [visited for visited in history.visited if visited != file],
        history.problems,
    )


def surroundings_of(file: FileRef, snippets: tuple[Snippet, ...]) -> Surroundings:
    """The snippets with the names of their repository and of the document."""
    repository = file.folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return Surroundings(repository, file.path, snippets)


def is_clearly_better(
    new: Sequence[Snippet], kept: Sequence[Snippet], found: Iterable[Snippet]
) -> bool:
    """True if ``new`` are worth reading in the place of ``kept``, as things are at the cursor."""
    scores: dict[str, float] = {}
    for snippet in found:
        scores[snippet.identity] = max(scores.get(snippet.identity, 0.0), worth(snippet))
    return _total(new, scores) > _CLEARLY_BETTER * _total(kept, scores)


def topic_of(snapshot_line: str) -> str:
    """What the cursor stands behind the dot of, "" if it does not: a topic of its own."""
    return receiver(snapshot_line)


def shown_text(question: Question) -> str:
    """The part of the document that is in the prompt anyway."""
    index = question.snapshot.index
    first, last = question.shown
    start, end = index.line_start(first), index.line_end(min(last, index.line_count - 1))
    return question.snapshot.text[start:end]


def _total(snippets: Sequence[Snippet], scores: Mapping[str, float]) -> float:
    return sum(scores.get(part, 0.0) for snippet in snippets for part in parts_of(snippet))
