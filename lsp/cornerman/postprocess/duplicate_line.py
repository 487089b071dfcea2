"""Do not suggest a line that stands next to the cursor anyway."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_LINES_BELOW = 3
# Short lines, such as ``return x`` or ``else:``, come again for good reasons.
_MIN_CHARS_ABOVE = 12


def duplicate_line(text: str, site: CompletionSite) -> str | Rejected:
    """Reject a suggestion whose first line is one of the next lines, or the one above again."""
    first = text.lstrip("\n").partition("\n")[0]
    starts_here = not text.startswith("\n")
    rest = site.line_suffix if "\n" not in text else ""
    line = ((site.line_prefix if starts_here else "") + first + rest).strip()
    if not any(char.isalnum() for char in line):
        return text
    below = [below.strip() for below in site.code_lines_below(_LINES_BELOW)]
    if line in below[:1] or (len(line) >= _MIN_CHARS_ABOVE and line in below):
        return Rejected("The model repeated a line that follows.")
    above = site.line_prefix if not starts_here else next(iter(site.code_lines_above(1)), "")
    if len(line) >= _MIN_CHARS_ABOVE and line == above.strip():
        return Rejected("The model repeated the line above.")
    return text
