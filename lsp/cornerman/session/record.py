"""How one request for a completion ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from cornerman.core.completions import Completion, Outcome


@dataclass(frozen=True, slots=True)
class Record:
    """How one request for a completion ended. Times in milliseconds.

    ``completions`` has every candidate, the best one first; ``probability`` is how likely the
    model takes that one to be right, None if it did not tell.
    """

    id: str
    uri: str
    version: int
    is_automatic: bool
    total_ms: float
    outcome: Outcome
    completions: tuple[Completion, ...] = ()
    suggestion_id: str = ""
    is_from_memory: bool = False
    is_accepted: bool = False
    probability: float | None = None

    def as_json(self) -> dict[str, object]:
        """Plain values, without the text of the suggestion."""
        outcome = self.outcome
        return {
            "id": self.id,
            "uri": self.uri,
            "version": self.version,
            "automatic": self.is_automatic,
            "suggested": outcome.completion is not None,
            "fromMemory": self.is_from_memory,
            "accepted": self.is_accepted,
            "reason": outcome.reason,
            "model": outcome.model,
            "totalMs": round(self.total_ms, 1),
            "contextMs": round(outcome.context_ms, 1),
            "probability": None if self.probability is None else round(self.probability, 3),
            "timings": asdict(outcome.timings) if outcome.timings else None,
        }
