"""Line breaks as the document writes them."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected


def line_breaks(text: str, site: CompletionSite) -> str | Rejected:
    """Write line breaks like the first one of the document."""
    document = site.snapshot.text
    index = site.snapshot.index
    if index.line_count < 2 or "\n" not in text:
        return text
    own = document[index.line_end(0) : index.line_start(1)]
    return text.replace("\n", own)
