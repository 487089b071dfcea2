"""The server object that handlers get as their first argument."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from cornerman import __version__, paths
from cornerman.protocol.client_profile import ClientProfile
from cornerman.protocol.convert import lsp_converter
from cornerman.protocol.indexing import IndexingProgress
from cornerman.protocol.progress import Progresses
from cornerman.protocol.settings_files import SettingsFiles
from cornerman.protocol.status import StatusReporter
from cornerman.protocol.wire import State, WireProtocol
from cornerman.session import Pipelines, Session
from cornerman.session.context import WorkspaceContext
from cornerman.statistics.store import FILE_NAME, LocalJournal

logger = logging.getLogger(__name__)


class CornermanServer(LanguageServer):
    """One connection to one editor: its session, what its client can do, and how to stop.

    Has to be made inside a running event loop.
    """

    def __init__(self, pipelines: Pipelines) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]  (pygls: untyped *args)
            "cornerman",
            __version__,
            protocol_cls=WireProtocol,
            converter_factory=lsp_converter,
            max_workers=2,
        )
        self.wire = cast("WireProtocol", self.protocol)
        self.context = WorkspaceContext(paths.state_dir(), IndexingProgress(self))
        journal = LocalJournal(paths.state_dir() / FILE_NAME, tell=self.warn)
        self.session = Session(pipelines, self.warn, journal, self.context)
        self.client = ClientProfile()
        self.progresses = Progresses()
        self.status = StatusReporter(self)
        self.reviewed: set[str] = set()
        self.initial_options: object = None
        self.configuration: object = None
        self.settings_files = SettingsFiles()
        self.registered_inline_completion = False
        self.stopped: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._watch: asyncio.Future[bool] | None = None
        self._told: set[str] = set()

    def warn(self, sentence: str) -> None:
        """Show the user a sentence, once in the life of the server."""
        if sentence in self._told:
            return
        self._told.add(sentence)
        logger.warning("told the user: %s", sentence)
        self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Show the user a sentence."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, sentence))

    def inform(self, sentence: str) -> None:
        """Show the user a sentence that is no warning."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Info, sentence))

    def watch(self, client_gone: Awaitable[bool]) -> None:
        """Leave when ``client_gone`` turns out true."""
        self._watch = asyncio.ensure_future(client_gone)
        self._watch.add_done_callback(self._client_gone)

    def stop(self) -> None:
        """Leave: with exit code 0 after a ``shutdown`` request, as LSP asks, and 1 without."""
        if not self.stopped.done():
            self.stopped.set_result(0 if self.wire.state is State.SHUT_DOWN else 1)

    def _client_gone(self, watch: asyncio.Future[bool]) -> None:
        if not watch.cancelled() and watch.exception() is None and watch.result():
            logger.warning("the editor's process has ended")
            self.stop()

    def report_server_error(
        self,
        error: Exception,
        source: type[Exception],  # noqa: ARG002  (the signature is pygls's)
    ) -> None:
        """Note the kind of an error inside pygls; its text may quote a message."""
        logger.error("%s in the protocol library", type(error).__name__)
