"""Nothing to show."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected


def blank(text: str, site: CompletionSite) -> str | Rejected:  # noqa: ARG001
    """Reject white space; drop white space at the end of anything else."""
    return text.rstrip() or Rejected("The model had nothing to add here.")
