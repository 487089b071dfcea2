"""Control tokens of a model are not code."""

from __future__ import annotations

import re

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_CONTROL_TOKEN = re.compile(
    r"<[|｜][\w▁-]+[|｜]>"
    r"|<\[(?:fim-\w+|\w+▁of▁\w+)\]>"
    r"|</s>\s*$"
    r"|<(?:fim|repo|file|jupyter|issue|gh|commit)_\w+>"
    r"|▁?<(?:PRE|SUF|MID|EOT|END)>"
    r"|\[(?:PREFIX|SUFFIX|MIDDLE)\]"
    r"|<(?:end_of_turn|start_of_turn|endoftext|eos|bos|pad)>"
)


def control_tokens(text: str, site: CompletionSite) -> str | Rejected:
    """End the text at the first control token that the document does not spell itself."""
    for match in _CONTROL_TOKEN.finditer(text):
        if match.group() not in site.snapshot.text:
            return text[: match.start()]
    return text
