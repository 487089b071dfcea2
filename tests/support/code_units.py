"""A text document as a plain list of code units: LSP's rules spelled out, slow and obvious.

Written without Cornerman's own position code, to compare it with.
"""

from __future__ import annotations

import struct

CR, LF = 13, 10


class CodeUnits:
    """A document in ``utf-8``, ``utf-16`` or ``utf-32`` code units."""

    def __init__(self, text: str, encoding: str) -> None:
        self.encoding = encoding
        self.units = self._encoded(text)

    def text(self) -> str:
        return self.part(len(self.units))

    def part(self, end: int) -> str:
        """The text of the units before ``end``, which is not inside a code point."""
        code = {"utf-8": "B", "utf-16": "H", "utf-32": "I"}[self.encoding]
        data = struct.pack(f"<{end}{code}", *self.units[:end])
        return data.decode({"utf-8": "utf-8"}.get(self.encoding, f"{self.encoding}-le"))

    def lines(self) -> list[tuple[int, int]]:
        """Start and end of every line, without its line break."""
        found: list[tuple[int, int]] = []
        start = index = 0
        while index < len(self.units):
            unit = self.units[index]
            if unit in (CR, LF):
                found.append((start, index))
                is_pair = unit == CR and self.units[index + 1 : index + 2] == [LF]
                index += 2 if is_pair else 1
                start = index
            else:
                index += 1
        return [*found, (start, len(self.units))]

    def offset(self, line: int, character: int) -> int:
        """Past the end of a line means its end; inside a code point means the end of that."""
        lines = self.lines()
        if line >= len(lines):
            return len(self.units)
        start, end = lines[line]
        offset = min(start + character, end)
        while offset < end and self._is_inside(offset):
            offset += 1
        return offset

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.units[self.offset(*start) : self.offset(*end)] = self._encoded(text)

    def _is_inside(self, offset: int) -> bool:
        unit = self.units[offset]
        if self.encoding == "utf-8":
            return unit & 0b1100_0000 == 0b1000_0000
        return self.encoding == "utf-16" and 0xDC00 <= unit <= 0xDFFF

    def _encoded(self, text: str) -> list[int]:
        if self.encoding == "utf-8":
            return list(text.encode())
        if self.encoding == "utf-16":
            data = text.encode("utf-16-le")
            return list(struct.unpack(f"<{len(data) // 2}H", data))
        return [ord(char) for char in text]
