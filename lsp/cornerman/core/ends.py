"""What two sequences have in common at their ends.

By halving, because comparing slices is a hundred times as fast as a loop over items. Each slice
covers only what is not known yet, so that all of them together are as long as the sequences.
"""

from __future__ import annotations

from collections.abc import Sequence


def common_start(one: Sequence[object], other: Sequence[object]) -> int:
    """The number of items that both start with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(one: Sequence[object], other: Sequence[object], behind: int = 0) -> int:
    """The number of items that both end with, of those ``behind`` the first so many."""
    low, high = 0, min(len(one), len(other)) - behind
    first, second = len(one), len(other)
    while low < high:
        middle = (low + high + 1) // 2
        if one[first - middle : first - low] == other[second - middle : second - low]:
            low = middle
        else:
            high = middle - 1
    return low
