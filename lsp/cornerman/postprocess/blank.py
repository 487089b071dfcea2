"""Nothing to show."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_NOTHING = "The model had nothing to add here."
# Marks that begin something without saying what.
_MEANINGLESS = {",", ".", "#", "//", "/*", "--", "\\", "=", "-", "+", "*", "/", "_", '"', "'"}


def blank(text: str, site: CompletionSite) -> str | Rejected:
    """Reject white space and single marks; drop white space at the end of anything else."""
    text = text.rstrip()
    words = text.strip()
    closes_string = words[:1] in {'"', "'"} and site.read_on(text).outward is not None
    if not words or (words in _MEANINGLESS and not closes_string):
        return Rejected(_NOTHING)
    return text
