"""A program in a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

_ESCAPES = re.compile(
    rb"\x1b(\[[0-9;?<>=]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()].|[=>78cMDE])"
)


class Terminal:
    """100 columns, 30 lines. What was written is kept without its control sequences."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **env, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._raw = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @property
    def text(self) -> str:
        """All that was written since the last :meth:`forget`."""
        return _ESCAPES.sub(b"", self._raw).decode(errors="replace")

    def forget(self) -> None:
        self._raw = b""

    def shows(self, words: str, seconds: float) -> bool:
        """Whether ``words`` are written within ``seconds``."""
        end = time.monotonic() + seconds
        while words not in self.text:
            if time.monotonic() > end:
                return False
            if select.select([self._ours], [], [], 0.05)[0]:
                try:
                    self._raw += os.read(self._ours, 65536)
                except OSError:
                    return words in self.text
        return True
