"""Who may talk to the engine's socket, by what the system says of the other end."""

from __future__ import annotations

import os
import socket
import struct
import threading
from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import peer
from cornerman.engine.launcher import find_engine
from cornerman.engine.peer import OwnUsersOnly, Peer, is_foreign, listener_at, peer_of
from cornerman.engine.silence import Silence
from support.engine import private_folders


class SystemSays(socket.socket):
    """A socket whose system answers with these bytes, by level and option."""

    answers: dict[tuple[int, int], bytes]

    def getsockopt(self, level: int, option: int, length: int = 0) -> bytes:  # type: ignore[override]
        answer = self.answers[level, option]
        assert len(answer) == length
        return answer


def test_each_system_is_asked_in_its_words() -> None:
    with SystemSays() as connection:
        user = struct.pack("=IIh2x16I", 0, 501, 1, *[20] * 16)
        connection.answers = {(0, 1): user, (0, 2): struct.pack("i", 4711)}
        assert peer_of(connection, "darwin") == Peer(4711, 501)
        connection.answers = {(socket.SOL_SOCKET, 17): struct.pack("3i", 4711, 501, 20)}
        assert peer_of(connection, "linux") == Peer(4711, 501)
        assert peer_of(connection, "freebsd") is None


def test_only_a_known_other_user_is_foreign() -> None:
    assert is_foreign(Peer(1, os.getuid() + 1))
    assert not is_foreign(Peer(1, os.getuid()))
    assert not is_foreign(None)


def test_a_listener_is_known_by_its_process(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    assert listener_at(path) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        assert listener_at(path) == Peer(os.getpid(), os.getuid())
    assert listener_at(path) is None


def accepted(path: Path) -> bool:
    """Whether a connection of this process is let in."""
    with OwnUsersOnly(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        connecting = threading.Thread(target=listener_at, args=(path,))
        connecting.start()
        try:
            connection, _ = listener.accept()
        except ConnectionAbortedError:
            return False
        finally:
            connecting.join()
        connection.close()
        return True


def test_the_engine_hangs_up_on_other_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accepted(tmp_path / "one")
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert not accepted(tmp_path / "two")


async def test_nothing_is_sent_to_another_users_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody(_: Path) -> Peer:
        return Peer(1, os.getuid() + 1)

    with private_folders(tmp_path):
        monkeypatch.setattr(peer, "listener_at", somebody)
        with pytest.raises(EngineUnavailableError, match="Another user's program"):
            await find_engine()


def test_silence_counts_from_the_first_question_without_an_answer() -> None:
    now = 0.0
    silence = Silence(lambda: now)
    now = 1000.0
    assert not silence.is_long
    silence.asked()
    now += 15
    silence.asked()
    assert not silence.is_long
    now += 6
    assert silence.is_long
    silence.heard()
    assert not silence.is_long
