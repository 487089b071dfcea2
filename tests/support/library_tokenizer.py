"""llama.cpp's own tokenizer of a model file, to hold ours to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2


class LibraryTokenizer:
    """The library's server for ``path``; its socket is made in ``folder``."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._socket = folder / "library.sock"
        self._server: Any = None
        transport = httpx2.AsyncHTTPTransport(uds=str(self._socket))
        self._http = httpx2.AsyncClient(transport=transport, base_url="http://library", timeout=60)

    async def __aenter__(self) -> LibraryTokenizer:
        self._server = await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()
        # Closed before it has done anything, the library can wait for itself for ever.
        self._server.handle_completions({"prompt": [0], "max_tokens": 1})
        self._server = None

    async def encode(self, text: str, *, starts: bool = True) -> list[int]:
        """The ids of ``text``, control tokens in it as text; ``starts`` with that of the start."""
        body = {"content": text, "add_special": starts, "parse_special": False}
        answer = await self._http.post("/tokenize", json=body)
        ids: list[int] = answer.json()["tokens"]
        return ids

    def _open(self) -> Any:
        import xllamacpp  # pyright: ignore[reportMissingTypeStubs]  # it has none

        library: Any = xllamacpp
        params = library.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx = 256
        params.warmup = False
        params.verbosity = 0
        params.hostnames = [str(self._socket)]
        return library.Server(params)
