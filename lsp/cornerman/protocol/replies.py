"""What clients answer. It arrives as plain JSON, whatever pygls's annotations say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast


def says_yes(reply: object, key: str) -> bool:
    """True if ``reply`` is an object with true at ``key``; anything else means no."""
    return isinstance(reply, Mapping) and cast("Mapping[str, object]", reply).get(key) is True
