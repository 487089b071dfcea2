"""Where this user's engine listens: the one thing server and engine must agree on.

On POSIX a Unix domain socket in a private directory. On Windows a loopback TCP port, whose number
and random bearer token stand in a private file.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cornerman import paths
from cornerman.core.errors import EngineUnavailableError

SOCKET_NAME = "engine.sock"

# The shortest limit of the supported systems is 104 bytes (macOS), the closing zero included.
_LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach an engine: by ``socket`` when there is one, else by ``url``."""

    url: str
    socket: Path | None = None
    token: str = ""


def private_dir() -> Path:
    """The runtime directory, made when missing, readable by nobody but its owner.

    Raises:
        EngineUnavailableError: it cannot be made, or others can get at it.
    """
    folder = paths.runtime_dir()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(folder)
    except OSError as error:
        raise EngineUnavailableError(
            f"The directory {folder} cannot be used ({error.strerror}); "
            "set CORNERMAN_RUNTIME_DIR to a private directory."
        ) from error
    return folder


def socket_dir() -> Path:
    """The private directory that holds the sockets.

    It is the runtime directory, or, when that path is too long for a socket's address, a short
    directory whose name is derived from it.

    Raises:
        EngineUnavailableError: as for :func:`private_dir`.
    """
    folder = private_dir()
    if len(os.fsencode(folder / SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"cornerman-{os.getuid()}-{digest}"
    try:
        short.mkdir(mode=0o700, exist_ok=True)
        _refuse_foreign(short)
    except OSError as error:
        raise EngineUnavailableError(
            f"The directory {short} cannot be used ({error.strerror}); "
            "set CORNERMAN_RUNTIME_DIR to a private directory with a short path."
        ) from error
    return short


def known() -> Endpoint | None:
    """Where an engine of this user listens if one runs; None when that cannot be known yet."""
    if sys.platform != "win32":
        return Endpoint("http://engine", socket=socket_dir() / SOCKET_NAME)
    try:
        told = cast("dict[str, object]", json.loads(port_file().read_text("utf-8")))
        return Endpoint(f"http://127.0.0.1:{told['port']}", token=str(told["token"]))
    except (OSError, ValueError, KeyError):
        return None


def left_behind() -> bool:
    """Whether an engine that is gone did not clean up: it was killed, or it crashed.

    True once: what it has left is taken away. Only who holds the engine's lock may ask.
    """
    left = port_file() if sys.platform == "win32" else socket_dir() / SOCKET_NAME
    is_left = left.exists()
    left.unlink(missing_ok=True)
    return is_left


def port_file() -> Path:
    """The file that tells port and token where there are no Unix sockets."""
    return private_dir() / "engine.json"


def engine_lock() -> Path:
    """Held by the engine for as long as it lives."""
    return private_dir() / "engine.lock"


def launch_lock() -> Path:
    """Held by whoever is starting an engine."""
    return private_dir() / "launch.lock"


def _refuse_foreign(folder: Path) -> None:
    """Refuse a directory that another user made or can look into."""
    if sys.platform == "win32":
        return  # The user's own profile; access is inherited from it.
    found = folder.lstat()
    owners = {found.st_uid, folder.parent.stat().st_uid}
    if not stat.S_ISDIR(found.st_mode) or not owners <= {os.getuid(), 0}:
        raise EngineUnavailableError(
            f"{folder} belongs to another user; set CORNERMAN_RUNTIME_DIR to a directory of yours."
        )
    if found.st_mode & 0o077:
        raise EngineUnavailableError(
            f"Other users can get into {folder}; run chmod 700 on it and try again."
        )
