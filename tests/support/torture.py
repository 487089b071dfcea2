"""A random editor: whatever it can do, in any order, against a model of its documents."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
)

from support.code_units import CodeUnits
from support.correspondence import Json
from support.random_edits import random_change, random_position, random_text
from support.shared_server import SharedServer
from support.torture_server import MARK, digest

# Its choices are hypothesis' own: they are shrunk and repeated like everything drawn.
_RANDOMS = st.randoms(use_true_random=False)
_NAMES = st.sampled_from("abcde")
_LINES, _CHARACTERS = st.integers(0, 5), st.integers(0, 7)
_COMMANDS = ("refactor", "document", "test", "todo", "why", "status", "review")
_AT_START = {"line": 0, "character": 0}
_ASKED = {"diagnostics": list[object](), "triggerKind": 1}


@dataclass(eq=False)
class Document:
    """What the editor has of one open document."""

    uri: str
    content: CodeUnits
    version: int = 1


def _says_something(session: RandomSession) -> bool:
    return not session.asks_model


class RandomSession(RuleBasedStateMachine):
    """A window from its first document to the end, when everything has to be answered and equal.

    With ``asks_model`` the server is the real one, whose answers say nothing of the documents;
    what takes a model long is left out then.

    What a response brings must not decide what is drawn next: it comes when it comes.
    """

    documents: Bundle[Document] = Bundle("documents")

    def __init__(
        self, server: SharedServer, folder: Path, encoding: str, *, asks_model: bool = False
    ) -> None:
        super().__init__()
        self.asks_model = asks_model
        self._server = server
        self._folder = folder
        self._encoding = encoding
        self._open: dict[str, Document] = {}
        self._actions: list[Json] = []
        server.begin_session()

    def teardown(self) -> None:
        """Everything is answered, and what the server has of the documents is what we have."""
        self._server.all_answered()
        if not self._open:
            self._begin("last", "")
        tasks = 0
        for document in self._open.values() if not self.asks_model else ():
            text = self._server.command("explain", {"uri": document.uri, "position": _AT_START})
            said, _, count = str(text["text"]).partition(" ")
            assert said == digest(document.content.text(), 0), f"{document.uri} has diverged"
            tasks = int(count)
        for document in list(self._open.values()):
            self._close(document)
        self._server.end_session(tasks)

    @initialize(target=documents, text=_RANDOMS)
    def begin(self, text: random.Random) -> Document:
        self._configure({})
        return self._begin("first", random_text(text, 60))

    @rule(target=documents, name=_NAMES, text=_RANDOMS)
    def open(self, name: str, text: random.Random) -> Document | MultipleResults[Document]:
        return multiple() if self._is_open(name) else self._begin(name, random_text(text, 60))

    @rule(document=consumes(documents))
    def close(self, document: Document) -> None:
        self._close(document)

    @rule(target=documents, document=consumes(documents), name=_NAMES)
    def rename(self, document: Document, name: str) -> Document | MultipleResults[Document]:
        """Editors tell of a new name by closing the document and opening it again."""
        self._close(document)
        return multiple() if self._is_open(name) else self._begin(name, document.content.text())

    @rule(document=documents, rng=_RANDOMS, times=st.integers(1, 3))
    def edit(self, document: Document, rng: random.Random, times: int) -> None:
        changes = [random_change(rng, document.content) for _ in range(times)]
        document.version += times
        where = {"uri": document.uri, "version": document.version}
        params = {"textDocument": where, "contentChanges": changes}
        self._server.notify("textDocument/didChange", params)

    @rule(document=documents, rng=_RANDOMS, trigger=st.sampled_from((1, 2)))
    def complete(self, document: Document, rng: random.Random, trigger: int) -> None:
        line, character = random_position(rng, document.content)
        before = document.content.part(document.content.offset(line, character))
        expected = MARK + digest(document.content.text(), len(before))

        def check(response: Json) -> None:
            items: list[Json] = response["result"]["items"] if "result" in response else []
            self._server.counts["suggestions"] += bool(items)
            for item in items:
                said = item["insertText"].partition("#")[0]
                assert self.asks_model or said == expected, "it was made for another text"

        params = {
            "textDocument": {"uri": document.uri},
            "position": {"line": line, "character": character},
            "context": {"triggerKind": trigger},
        }
        self._server.ask("textDocument/inlineCompletion", params, check)

    @rule(document=documents, rng=_RANDOMS, keys=st.integers(2, 8))
    def type(self, document: Document, rng: random.Random, keys: int) -> None:
        """Keys come faster than answers."""
        for _ in range(keys):
            self.edit(document, rng, 1)
            self.complete(document, rng, 2)

    @rule(back=st.integers(-1, 12))
    def cancel(self, back: int) -> None:
        """One of the latest requests, answered or not, or one that was never made."""
        self._server.notify("$/cancelRequest", {"id": self._server.last_id - back})

    @precondition(_says_something)
    @rule(document=documents)
    def explain(self, document: Document) -> None:
        expected = digest(document.content.text(), 0)

        def check(response: Json) -> None:
            if "result" in response:
                self._server.counts["explanations"] += 1
                assert str(response["result"]["text"]).startswith(expected)

        arguments = {"uri": document.uri, "position": _AT_START, "partialResultToken": "p"}
        self._execute("explain", arguments, check)

    @rule(document=documents, line=_LINES, character=_CHARACTERS)
    def code_action(self, document: Document, line: int, character: int) -> None:
        def keep(response: Json) -> None:
            found: list[Json] = response.get("result") or []
            self._actions = [one for one in found if "data" in one] or self._actions

        params = {
            "textDocument": {"uri": document.uri},
            "range": _range(line, character),
            "context": _ASKED,
        }
        self._server.ask("textDocument/codeAction", params, keep)

    @precondition(_says_something)
    @rule(number=st.integers(0, 20))
    def resolve(self, number: int) -> None:
        if self._actions:
            action = self._actions[number % len(self._actions)]
            self._server.ask("codeAction/resolve", action)

    @precondition(_says_something)
    @rule(document=documents, name=st.sampled_from(_COMMANDS), line=_LINES, character=_CHARACTERS)
    def command(self, document: Document, name: str, line: int, character: int) -> None:
        place = {"uri": document.uri, "range": _range(line, character)}
        self._execute(name, {**place, "kind": "simplify"})

    @rule(number=st.integers(1, 1000))
    def take(self, number: int) -> None:
        """Accept a suggestion, whether there was one of that number or not."""
        self._execute("accepted", str(number))
        shown = {"item": {"insertText": "x"}}
        self._server.notify("textDocument/didShowCompletion", shown)

    @rule(
        asked=st.sampled_from(("no/such", "textDocument/inlineCompletion", "$/x")),
        told=st.sampled_from(("no/such", "$/setTrace")),
        params=st.sampled_from((None, [], {"position": -1}, "x", 5)),
    )
    def talk_nonsense(self, asked: str, told: str, params: object) -> None:
        self._server.ask(asked, params)
        self._server.notify(told, params)

    @rule(
        enabled=st.booleans(),
        actions=st.booleans(),
        deadline_ms=st.sampled_from((100, 200, -1)),
        candidates=st.sampled_from((1, 3, "many")),
    )
    def configure(
        self, enabled: bool, actions: bool, deadline_ms: int, candidates: int | str
    ) -> None:
        completion = {"enabled": enabled, "deadline_ms": deadline_ms, "candidates": candidates}
        self._configure({"completion": completion, "actions": {"enabled": actions}})

    @rule(seconds=st.sampled_from((0.0, 0.001, 0.02)))
    def wait(self, seconds: float) -> None:
        self._server.pause(seconds)

    def _begin(self, name: str, text: str) -> Document:
        document = Document(self._uri(name), CodeUnits(text, self._encoding))
        self._open[document.uri] = document
        item = {"uri": document.uri, "languageId": "python", "version": 1, "text": text}
        self._server.notify("textDocument/didOpen", {"textDocument": item})
        return document

    def _close(self, document: Document) -> None:
        del self._open[document.uri]
        self._server.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})

    def _configure(self, settings: Json) -> None:
        sent = {"completion": {"deadline_ms": 100}, **settings}
        params = {"settings": {"cornerman": sent}}
        self._server.notify("workspace/didChangeConfiguration", params)

    def _execute(
        self, name: str, arguments: object, check: Callable[[Json], None] = lambda _: None
    ) -> None:
        params = {"command": f"cornerman.{name}", "arguments": [arguments]}
        self._server.ask("workspace/executeCommand", params, check)

    def _is_open(self, name: str) -> bool:
        return self._uri(name) in self._open

    def _uri(self, name: str) -> str:
        return (self._folder / f"{name}.py").as_uri()


def _range(line: int, character: int) -> Any:
    """From there to the same column, at most two lines below."""
    end = {"line": line + character % 3, "character": character}
    return {"start": {"line": line, "character": character}, "end": end}
