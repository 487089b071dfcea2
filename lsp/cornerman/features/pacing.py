"""When to ask the engine: fast enough for a pause, rarely enough for somebody who types on."""

from __future__ import annotations

from dataclasses import dataclass, replace

# A longer gap between requests is a pause and says nothing about the rhythm of typing.
_LONGEST_GAP_MS = 1_000.0
_SHORTEST_GAP_MS = 20.0
# Waiting this many gaps after a key tells that the next one is late: the user has paused.
_GAPS_OF_A_PAUSE = 1.5
# An unsure suggestion comes no sooner and no later than this after a key.
_SHORTEST_PAUSE_MS, _LONGEST_PAUSE_MS = 250.0, 450.0
_GAPS_OF_A_SURE_PAUSE = 2.5
_REST_PER_WORK = 3.0
_SHORTEST_READING_MS = 400.0
_READING_PER_WORK = 5.0
_WEIGHT_OF_NEWEST = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm of the user and the speed of the engine, in milliseconds of one clock.

    While answers come slower than keys, the engine rests after each piece of work for longer than
    the work took, unless the user pauses: that cuts its load to a quarter and delays no pause.
    """

    gap_ms: float = 150.0
    work_ms: float = 0.0
    asked_ms: float | None = None
    rested_ms: float = 0.0

    def asked(self, now_ms: float) -> Pace:
        """After a request that came by itself, as one does with every key."""
        gap_ms = self.gap_ms
        if self.asked_ms is not None and now_ms - self.asked_ms < _LONGEST_GAP_MS:
            gap_ms = _mixed(gap_ms, max(now_ms - self.asked_ms, _SHORTEST_GAP_MS))
        return replace(self, gap_ms=gap_ms, asked_ms=now_ms)

    def worked(self, started_ms: float, now_ms: float) -> Pace:
        """After a piece of work, finished or thrown away."""
        took_ms = now_ms - started_ms
        work_ms = _mixed(self.work_ms, took_ms) if self.work_ms else took_ms
        return replace(self, work_ms=work_ms, rested_ms=now_ms + took_ms * _REST_PER_WORK)

    def delay_ms(self, now_ms: float) -> float:
        """How long a request that came just now waits before work for it starts."""
        if self.work_ms <= self.gap_ms:
            return 0.0
        return max(min(self.rested_ms - now_ms, self.gap_ms * _GAPS_OF_A_PAUSE), 0.0)

    def pause_in_ms(self, now_ms: float) -> float:
        """How long until the lack of another key means that the user has paused."""
        wanted = self.gap_ms * _GAPS_OF_A_SURE_PAUSE
        pause_ms = min(max(wanted, _SHORTEST_PAUSE_MS), _LONGEST_PAUSE_MS)
        return max((self.asked_ms or now_ms) + pause_ms - now_ms, 0.0)

    @property
    def reading_ms(self) -> float:
        """How long a suggestion is on show before what follows it is worth preparing.

        Somebody who types on, or only pauses for a thought, does not pay for it: the longer the
        work would take, the surer it must be that there is time.
        """
        return max(_SHORTEST_READING_MS, self.work_ms * _READING_PER_WORK)


def _mixed(typical: float, newest: float) -> float:
    return (1 - _WEIGHT_OF_NEWEST) * typical + _WEIGHT_OF_NEWEST * newest
