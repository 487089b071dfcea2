"""Noticing that the editor's process has died without a word."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys

_SECONDS_BETWEEN_LOOKS = 2.0


async def wait_until_gone(process_id: int) -> bool:
    """Return True once the process has ended, False at once if it cannot be seen from here.

    A client that has just sent a message is alive; when its process cannot be found all the same,
    it lives in another process namespace (a container), and its end cannot be seen either.
    """
    if not _is_alive(process_id):
        return False
    while _is_alive(process_id):  # noqa: ASYNC110  (no event tells of it on every system)
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    return True


if sys.platform == "win32":
    _SYNCHRONIZE = 0x00100000
    _WAIT_TIMEOUT = 0x102

    def _is_alive(process_id: int) -> bool:
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, process_id)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(handle)

else:

    def _is_alive(process_id: int) -> bool:
        if process_id <= 0:
            return False
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
        return True
