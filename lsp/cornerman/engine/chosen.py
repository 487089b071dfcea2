"""The engine that the settings choose, behind one client as long as they choose the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cornerman.settings import Settings

if TYPE_CHECKING:
    from cornerman.engine.client import EngineClient
    from cornerman.engine.endpoint import Endpoint
    from cornerman.engine.remote_address import Remote


class ChosenEngine:
    """Starts the local engine when it is first needed; the latest settings count when it starts.

    The client is imported on first use, because an editor waits for the server to start.
    """

    def __init__(self) -> None:
        self._client: EngineClient | None = None
        self._remote: Remote | None = None
        self._settings = Settings()

    @property
    def remote_name(self) -> str:
        """The remote engine of the last client; empty for the one of this machine."""
        return self._remote.name if self._remote is not None else ""

    async def client(self, settings: Settings) -> EngineClient:
        """The client of the engine that ``settings`` choose; the former one is closed."""
        from cornerman.engine.client import EngineClient
        from cornerman.engine.remote_address import remote_of

        self._settings = settings
        remote, former = remote_of(settings), None
        if self._client is None or remote != self._remote:
            former, self._remote = self._client, remote
            self._client = EngineClient(self._found)
        client = self._client
        if former is not None:
            await former.aclose()
        return client

    async def aclose(self) -> None:
        """Close the connections to the engine; the engine itself stays for other windows."""
        if self._client is not None:
            await self._client.aclose()

    async def _found(self) -> Endpoint | Remote:
        from cornerman.engine.launcher import ensure_engine

        return self._remote or await ensure_engine(self._settings.engine)
