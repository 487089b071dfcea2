"""Messages cut out of a byte stream: LSP's base protocol, without any input or output."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_HEADER_BYTES = 8 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_SKIPPED_BYTES = 2 * 1024 * 1024 * 1024

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_DIGITS = re.compile(rb"[0-9]{1,15}")


class FramingError(Exception):
    """The stream cannot be followed any further. The text quotes nothing of it."""


class FrameDecoder:
    """Collects bytes in pieces of any size and gives back whole message bodies.

    Header names may be in any case and any order; headers other than ``Content-Length`` are
    skipped. So are bodies of more than ``MAX_BODY_BYTES``: None stands for each of them.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._body_bytes: int | None = None
        self._is_skipping = False

    @property
    def is_empty(self) -> bool:
        """False in the middle of a message."""
        return not self._buffer and self._body_bytes is None

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """Add ``data`` and yield every body that is complete now.

        Raises:
            FramingError: no usable ``Content-Length``, or more than the limits allow.
        """
        self._buffer += data
        while True:
            if self._body_bytes is None:
                self._body_bytes = self._take_header()
            if self._body_bytes is None:
                return
            if self._is_skipping:
                here = min(len(self._buffer), self._body_bytes)
                del self._buffer[:here]
                self._body_bytes -= here
            if len(self._buffer) < self._body_bytes:
                return
            body = None if self._is_skipping else bytes(self._buffer[: self._body_bytes])
            del self._buffer[: self._body_bytes]
            self._body_bytes = None
            yield body

    def _take_header(self) -> int | None:
        end = _HEADER_END.search(self._buffer, 0, MAX_HEADER_BYTES)
        if end is None:
            if len(self._buffer) >= MAX_HEADER_BYTES:
                raise FramingError(f"a message header is longer than {MAX_HEADER_BYTES} bytes")
            return None
        header = bytes(self._buffer[: end.start()])
        del self._buffer[: end.end()]
        length = _content_length(header)
        self._is_skipping = length > MAX_BODY_BYTES
        return length


def frame(body: bytes) -> bytes:
    """``body`` with its header."""
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def _content_length(header: bytes) -> int:
    found: set[int] = set()
    for line in header.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            if not _DIGITS.fullmatch(value.strip()):
                raise FramingError("a Content-Length header is not a number")
            found.add(int(value))
    if len(found) != 1:
        raise FramingError("a message has no Content-Length header, or several that differ")
    length = found.pop()
    if length > MAX_SKIPPED_BYTES:
        raise FramingError(f"a message is longer than {MAX_SKIPPED_BYTES} bytes")
    return length
