"""Do not suggest the line that comes next anyway."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected


def duplicate_line(text: str, site: CompletionSite) -> str | Rejected:
    """Reject a suggestion that makes the cursor's line the same as the next line of code."""
    suggested = (site.line_prefix + text + site.line_suffix).strip()
    if suggested and suggested == site.next_code_line().strip():
        return Rejected("The model repeated the next line.")
    return text
