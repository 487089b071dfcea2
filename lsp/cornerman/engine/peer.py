"""Who is at the other end of a Unix domain socket: the system says, not the other end."""

from __future__ import annotations

import os
import socket
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

_CONNECT_SECONDS = 1.0

# Linux: struct ucred, of process, user and group. The option's number is that of most processors.
_LINUX_OPTION: int = getattr(socket, "SO_PEERCRED", 17)
_UCRED = struct.Struct("3i")
# macOS: struct xucred, of version, user and up to 16 groups; the process has an option of its own.
_SOL_LOCAL, _LOCAL_PEERCRED, _LOCAL_PEERPID = 0, 1, 2
_XUCRED = struct.Struct("=IIh2x16I")
_PID = struct.Struct("i")


@dataclass(frozen=True, slots=True)
class Peer:
    """A process, and the user it runs as."""

    pid: int
    uid: int


def peer_of(connection: socket.socket, platform: str = sys.platform) -> Peer | None:
    """The process at the other end of a connection; None on systems that do not tell.

    Of the side that listens it is the process that began to listen. Raises ``OSError`` when the
    connection is gone.
    """
    if platform == "linux":
        raw = connection.getsockopt(socket.SOL_SOCKET, _LINUX_OPTION, _UCRED.size)
        pid, uid, _ = _UCRED.unpack(raw)
        return Peer(pid, uid)
    if platform == "darwin":
        raw = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
        uid = _XUCRED.unpack(raw)[1]
        (pid,) = _PID.unpack(connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID, _PID.size))
        return Peer(pid, uid)
    return None


def is_foreign(peer: Peer | None) -> bool:
    """Whether it is known to run as another user than this process."""
    return sys.platform != "win32" and peer is not None and peer.uid != os.getuid()


def listener_at(path: Path) -> Peer | None:
    """The process that listens on a socket; None when nobody does, or that cannot be told."""
    if sys.platform == "win32":
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(str(path))
            return peer_of(connection)
        except OSError:
            return None


class OwnUsersOnly(socket.socket):
    """A listening Unix domain socket that hangs up on the processes of other users."""

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection; raises ``ConnectionAbortedError`` when it is a foreign one."""
        connection, address = super().accept()
        try:
            foreign = is_foreign(peer_of(connection))
        except OSError:
            foreign = True
        if foreign:
            connection.close()
            # What a server makes of it: the other side has gone, look for the next one.
            raise ConnectionAbortedError
        return connection, address
