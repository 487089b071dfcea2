"""How much of a suggestion the model is sure enough of.

Measured on infilling problems, the probability of a suggestion as a whole (the product over its
tokens) tells right ones from wrong ones better than the mean or the least of its tokens'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log

from cornerman.core.certainty import Certainty
from cornerman.core.site import CompletionSite, Extent
from cornerman.postprocess.filter import PostprocessFilter

# A shorter beginning is not worth a look.
_SHORTEST = 3
_MAX_TRIES = 12
_MEANING_END = re.compile(r"[\w)\]}\"'`:;]$")


@dataclass(frozen=True, slots=True)
class Scored:
    """A piece of the model's text with the natural logarithms of its tokens' probabilities."""

    text: str
    logprobs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely a suggestion must be to be right as a whole: one of a line, one of a block.

    Of one that is less likely, a ``beginning`` may be shown that is at least so likely. In a
    ``pause`` its lines need not be more likely than that on the average, nor a beginning.
    Probabilities; with 0 everything is shown.
    """

    line: float = 0.0
    block: float = 0.0
    beginning: float = 0.0
    pause: float = 0.0


def certainty(
    text: str,
    scored: Sequence[Scored],
    least: Likelihoods,
    site: CompletionSite,
    still_good: PostprocessFilter,
) -> Certainty:
    """How sure the model was of ``text``, which filters have made from the pieces ``scored``.

    ``still_good`` judges a beginning of the text: it is as good as the whole if that leaves it
    as it is.
    """
    is_block = site.extent is Extent.BLOCK or "\n" in text.strip()
    known = replace(
        tokens_of(text, scored),
        least=logarithm(least.block if is_block else least.line),
        # Somebody who pauses reads line by line.
        least_pausing=logarithm(least.pause) * (text.strip().count("\n") + 1),
    )
    sure = _sure(text, known, known.least, logarithm(least.beginning), site, still_good)
    pausing = known.least_pausing
    in_a_pause = _sure(text, known, pausing, logarithm(least.pause), site, still_good)
    return replace(known, sure=sure, sure_pausing=in_a_pause)


def _sure(
    text: str,
    known: Certainty,
    whole: float,
    beginning: float,
    site: CompletionSite,
    still_good: PostprocessFilter,
) -> int:
    """Length of the text, or of its longest good beginning, if that is as likely as it must be."""
    if known.of(0, len(text)) >= whole:
        return len(text)
    for end in _beginnings(text, known, beginning):
        part = text[:end]
        if is_balanced(part, site) and still_good(part, site) == part:
            return end
    return 0


def tokens_of(text: str, scored: Sequence[Scored]) -> Certainty:
    """Where the tokens start in ``text``, which may begin with less white space than they do."""
    raw = "".join(piece.text for piece in scored)
    start = len(text) - len(text.lstrip()) - (len(raw) - len(raw.lstrip()))
    starts: list[int] = []
    logprobs: list[float] = []
    for piece in scored:
        if start >= len(text):
            break
        starts += [max(start, 0)] * len(piece.logprobs)
        logprobs += piece.logprobs
        start += len(piece.text)
    return Certainty(tuple(starts), tuple(logprobs))


def _beginnings(text: str, known: Certainty, least: float) -> Iterator[int]:
    """Where beginnings that are likely enough may end, the longest first: lines, then words."""
    last, total = len(text) - 1, 0.0
    for start, logprob in zip(known.starts, known.logprobs, strict=True):
        total += logprob
        if total < least:
            last = min(last, start)
            break
    found = list(ends(text, last))
    lines = [end for end in found if text[end] == "\n"]
    yield from [*lines, *(end for end in found if text[end] != "\n")][:_MAX_TRIES]


def ends(text: str, last: int) -> Iterator[int]:
    """Where a beginning of ``text`` may end that is worth a look, from ``last`` backwards."""
    return (end for end in range(last, _SHORTEST - 1, -1) if _is_end(text, end))


def _is_end(text: str, end: int) -> bool:
    is_within_word = bool(re.match(r"\w\w", text[end - 1 : end + 1]))
    beginning = text[:end]
    is_long = len(beginning.strip()) >= _SHORTEST
    return is_long and not is_within_word and bool(_MEANING_END.search(beginning))


def is_balanced(text: str, site: CompletionSite) -> bool:
    """True if ``text`` leaves nothing open at ``site``."""
    reading = site.read_on(text)
    return not reading.opened and not reading.open_string


def logarithm(probability: float) -> float:
    """Its natural logarithm, minus infinity for 0."""
    return log(probability) if probability > 0 else float("-inf")
