"""Show only what the model is sure enough of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cornerman.core.site import CompletionSite, Extent
from cornerman.postprocess.filter import PostprocessFilter, Rejected


@dataclass(frozen=True, slots=True)
class Scored:
    """A piece of the model's text with the natural logarithms of its tokens' probabilities."""

    text: str
    logprobs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least that the mean and the least of a suggestion's log-probabilities may be."""

    mean: float
    minimum: float


@dataclass(frozen=True, slots=True)
class ConfidenceThresholds:
    """A threshold for each extent of a suggestion."""

    line: Threshold
    block: Threshold


def confidence_gate(
    scored: Sequence[Scored], thresholds: ConfidenceThresholds
) -> PostprocessFilter:
    """A filter that rejects text whose tokens were less likely than the thresholds.

    Tokens that other filters cut off do not count. Without log-probabilities nothing is
    rejected.
    """

    def confident(text: str, site: CompletionSite) -> str | Rejected:
        threshold = thresholds.line if site.extent is Extent.LINE else thresholds.block
        values = list(_of_shown(scored, len(text)))
        if not values:
            return text
        mean = sum(values) / len(values)
        if mean < threshold.mean or min(values) < threshold.minimum:
            return Rejected("The model was not sure enough.")
        return text

    return confident


def _of_shown(scored: Sequence[Scored], length: int) -> Iterator[float]:
    """Log-probabilities of the pieces that start within the first ``length`` characters."""
    start = 0
    for piece in scored:
        if start >= length:
            return
        yield from piece.logprobs
        start += len(piece.text)
