"""When work starts, by the rhythm of the user and the speed of the engine."""

from __future__ import annotations

from cornerman.features.pacing import Pace


def typed(pace: Pace, keys: int, gap_ms: float, start_ms: float = 0.0) -> Pace:
    for key in range(keys):
        pace = pace.asked(start_ms + key * gap_ms)
    return pace


def test_the_first_request_does_not_wait() -> None:
    assert Pace().asked(5.0).delay_ms(5.0) == 0


def test_an_engine_faster_than_the_keys_is_always_asked_at_once() -> None:
    pace = typed(Pace(), 30, 200.0).worked(5_000.0, 5_080.0)
    assert pace.delay_ms(5_081.0) == 0


def test_a_slow_engine_rests_after_its_work() -> None:
    pace = typed(Pace(), 50, 60.0).worked(3_000.0, 3_070.0)
    assert 0 < pace.delay_ms(3_071.0) <= 210
    assert pace.delay_ms(3_281.0) == 0


def test_a_pause_ends_every_rest() -> None:
    pace = typed(Pace(), 50, 60.0).worked(3_000.0, 9_000.0)
    assert 60 < pace.delay_ms(9_001.0) < 120


def test_a_slower_rhythm_means_a_longer_wait_for_a_pause() -> None:
    fast = typed(Pace(), 50, 60.0).worked(0.0, 9_000.0)
    slow = typed(Pace(), 50, 300.0).worked(0.0, 9_000.0)
    assert slow.delay_ms(9_001.0) > 2 * fast.delay_ms(9_001.0)


def test_a_pause_is_no_part_of_the_rhythm() -> None:
    before = typed(Pace(), 50, 60.0)
    assert before.asked(60_000.0).gap_ms == before.gap_ms


def test_a_slow_engine_looks_ahead_later() -> None:
    slow, fast = Pace().worked(0.0, 500.0), Pace().worked(0.0, 20.0)
    assert fast.reading_ms < slow.reading_ms
    assert fast.reading_ms > 100


def test_a_pause_is_told_by_the_rhythm_within_bounds() -> None:
    assert typed(Pace(), 50, 60.0).pause_in_ms(49 * 60.0) == 250
    assert 250 < typed(Pace(), 50, 150.0).pause_in_ms(49 * 150.0) < 450
    assert typed(Pace(), 50, 400.0).pause_in_ms(49 * 400.0) == 450


def test_a_pause_that_has_lasted_is_not_waited_for() -> None:
    assert typed(Pace(), 50, 60.0).pause_in_ms(49 * 60.0 + 1_000.0) == 0
