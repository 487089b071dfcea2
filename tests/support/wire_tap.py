"""Stands between an editor and the real server: ``wire_tap.py FOLDER COMMAND...``.

Writes what the editor says in ``initialize`` to ``FOLDER/initialize.json``. While there is a file
``FOLDER/hold``, answers to requests for inline completions wait; ``FOLDER/held`` counts them, and
``FOLDER/released`` those that were sent after all.
``FOLDER/cancelled`` counts the requests that the editor cancelled. A COMMAND that does not serve is
run as the real program is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, cast

_METHOD = "textDocument/inlineCompletion"


class Tap:
    """One connection. ``asked`` has the ids of requests for inline completions."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes]) -> None:
        self._folder = folder
        self._server = server
        self._asked: set[object] = set()
        self._writing = threading.Lock()

    def to_server(self) -> None:
        """Pass on what the editor says, until it is silent."""
        server = self._server.stdin
        assert server is not None
        while (body := _read(sys.stdin.buffer)) is not None:
            message = cast("dict[str, Any]", json.loads(body))
            if message.get("method") == "initialize":
                text = json.dumps(message["params"], indent=1, sort_keys=True)
                (self._folder / "initialize.json").write_text(text)
            if message.get("method") == _METHOD:
                self._asked.add(message["id"])
            is_cancellation = message.get("method") == "$/cancelRequest"
            if is_cancellation and message["params"]["id"] in self._asked:
                _count(self._folder / "cancelled")
            _write(server, body)
        server.close()

    def to_editor(self) -> None:
        """Pass on what the server says, until it has gone."""
        server = self._server.stdout
        assert server is not None
        while (body := _read(server)) is not None:
            message = cast("dict[str, Any]", json.loads(body))
            if "method" not in message and message.get("id") in self._asked and self._is_held:
                _count(self._folder / "held")
                threading.Thread(target=self._send_later, args=(body,), daemon=True).start()
            else:
                self._send(body)

    @property
    def _is_held(self) -> bool:
        return (self._folder / "hold").exists()

    def _send_later(self, body: bytes) -> None:
        while self._is_held:
            time.sleep(0.01)
        self._send(body)
        with self._writing:
            _count(self._folder / "released")

    def _send(self, body: bytes) -> None:
        with self._writing:
            _write(sys.stdout.buffer, body)


def _count(file: Path) -> None:
    file.write_text(str(int(file.read_text() if file.exists() else "0") + 1))


def _read(stream: IO[bytes]) -> bytes | None:
    length = 0
    while line := stream.readline():
        if line == b"\r\n":
            return stream.read(length)
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None


def _write(stream: IO[bytes], body: bytes) -> None:
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


def main() -> int:
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    if "serve" not in command:
        return subprocess.call(command)
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    tap = Tap(folder, server)
    threading.Thread(target=tap.to_server, daemon=True).start()
    tap.to_editor()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
