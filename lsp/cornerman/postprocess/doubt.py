"""Where a suggestion that nobody asked for ends: before the first word the model is unsure of.

What is right up to there is worth more than a whole line that is not. Once it is taken, what
follows is suggested from what the user has made of it; and the engine writes nothing in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from cornerman.core.certainty import Certainty
from cornerman.core.completions import UNSURE
from cornerman.core.site import CompletionSite
from cornerman.postprocess.confidence import Scored, ends, is_balanced, logarithm, tokens_of
from cornerman.postprocess.filter import PostprocessFilter, Rejected

_MAX_TRIES = 4


@dataclass(frozen=True, slots=True)
class Doubt:
    """When to end a stream early, in probabilities; with 0 never.

    A token less likely than ``word`` ends it, and so does a text less likely than ``least`` as a
    whole, which is not shown to anybody.
    """

    word: float = 0.0
    least: float = 0.0


def ending(
    text: str,
    scored: Sequence[Scored],
    doubt: Doubt,
    site: CompletionSite,
    still_good: PostprocessFilter,
) -> str | Rejected | None:
    """What ``text``, whose latest piece is the last of ``scored``, ends as; None if it goes on.

    ``still_good`` judges a beginning of the text: it is as good as the whole if that leaves it
    as it is.
    """
    known, newest = tokens_of(text, scored), len(scored[-1].logprobs)
    if not known.logprobs or not newest:
        return None
    is_hopeless = known.of(0, len(text)) < logarithm(doubt.least)
    for start in _doubtful(known, newest, doubt, is_hopeless=is_hopeless):
        for end in islice(ends(text, start), _MAX_TRIES):
            part = text[:end]
            if is_balanced(part, site) and still_good(part, site) == part:
                return part
    return Rejected(UNSURE) if is_hopeless else None


def _doubtful(known: Certainty, newest: int, doubt: Doubt, *, is_hopeless: bool) -> list[int]:
    """Where those of the newest tokens start that the text may not go on with."""
    starts, logprobs = known.starts[-newest:], known.logprobs[-newest:]
    found = [
        start
        for start, logprob in zip(starts, logprobs, strict=True)
        if logprob < logarithm(doubt.word)
    ]
    return found or ([starts[-1]] if is_hopeless else [])
