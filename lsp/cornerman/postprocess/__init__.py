"""From the model's raw text to a suggestion: an ordered list of filters."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.blank import blank
from cornerman.postprocess.duplicate_line import duplicate_line
from cornerman.postprocess.filter import PostprocessFilter, Rejected
from cornerman.postprocess.suffix_overlap import suffix_overlap

FILTERS: tuple[PostprocessFilter, ...] = (suffix_overlap, duplicate_line, blank)


def postprocess(text: str, site: CompletionSite) -> str | Rejected:
    """Apply every filter in order; the first rejection ends it."""
    for apply in FILTERS:
        result = apply(text, site)
        if isinstance(result, Rejected):
            return result
        text = result
    return text
