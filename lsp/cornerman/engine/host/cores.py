"""How many CPU cores there are to compute on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from cornerman.engine.host.power import on_battery

_TOPOLOGY = Path("/sys/devices/system/cpu")


def cores_to_use(*, save_battery: bool) -> int:
    """All physical cores; with ``save_battery``, half of them while on battery."""
    cores = physical_cores()
    return max(1, cores // 2) if save_battery and on_battery() else cores


def physical_cores() -> int:
    """Cores this process may use, counting a core with two hardware threads once."""
    if sys.platform == "linux":
        usable = os.sched_getaffinity(0)
        cores: set[str] = set()
        with suppress(OSError):
            for cpu in usable:
                siblings = _TOPOLOGY / f"cpu{cpu}" / "topology" / "thread_siblings_list"
                cores.add(siblings.read_text())
            return max(1, len(cores))
        return max(1, len(usable))
    logical = os.cpu_count() or 1
    # Apple silicon has one thread a core; elsewhere two is the rule.
    return logical if sys.platform == "darwin" else max(1, logical // 2)
