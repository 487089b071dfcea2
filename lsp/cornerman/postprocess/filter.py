"""What a filter is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cornerman.core.site import CompletionSite


@dataclass(frozen=True, slots=True)
class Rejected:
    """The suggestion is not worth showing; ``reason`` says why in one sentence."""

    reason: str


PostprocessFilter = Callable[[str, CompletionSite], str | Rejected]
