from __future__ import annotations

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.backoff import Backoff

ERROR = EngineUnavailableError("Do this.")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def is_paused(backoff: Backoff) -> bool:
    try:
        backoff.check()
    except EngineUnavailableError:
        return True
    return False


def pause(backoff: Backoff, clock: Clock) -> float:
    """Let the pause pass; how long it was, in steps of half a second."""
    start = clock.now
    while is_paused(backoff):
        clock.now += 0.5
    return clock.now - start


def test_pauses_double_up_to_a_minute_and_begin_anew_after_success() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    assert not is_paused(backoff)
    lengths: list[float] = []
    for _ in range(8):
        backoff.failed(ERROR)
        lengths.append(pause(backoff, clock))
    assert lengths == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.succeeded()
    assert not is_paused(backoff)
    backoff.failed(ERROR)
    assert pause(backoff, clock) == 1


def test_requests_that_fail_together_count_once() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    for _ in range(5):
        backoff.failed(ERROR)
    assert pause(backoff, clock) == 1


@pytest.mark.parametrize(("asked", "length"), [(10.0, 10.0), (0.5, 1.0), (1e9, 3600.0)])
def test_a_server_may_ask_for_a_longer_pause(asked: float, length: float) -> None:
    clock = Clock()
    backoff = Backoff(clock)
    backoff.failed(ERROR, asked)
    assert pause(backoff, clock) == length


def test_the_sentence_stays_the_same_and_the_error_is_a_new_one() -> None:
    backoff = Backoff(Clock())
    backoff.failed(ERROR)
    with pytest.raises(EngineUnavailableError, match=r"^Do this\.$") as caught:
        backoff.check()
    assert caught.value is not ERROR
