"""Nothing that looks like a secret, and no stand-ins for code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cornerman.core.secrets import masked
from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_CHARS_LEFT = 200
_STARS = re.compile(r"\*+")
_PLACEHOLDER = re.compile(
    r"(?i)\byour[_ -](?:\w+[_ -])*(?:api|key|token|secret|password|code|name|username|email|path)"
    r"(?:[_ -]here)?\b"
    r"|\b(?:your|add|insert|put|write)\b[^\n]{0,30}\b(?:code|logic|implementation)\b[^\n]{0,12}\bhere\b"
    r"|<your[ _-][^>\n]*>"
    r"|\blorem ipsum\b"
    r"|\bTODO:? (?:implement|write|add) (?:this|me|it|your)\b"
)


def secrets(text: str, site: CompletionSite) -> str | Rejected:
    """Reject made-up credentials; what the document spells already may be repeated."""
    # The part of the line left of the cursor names what is assigned.
    found = _secrets_in(site.line_prefix[-_CHARS_LEFT:] + text)
    if any(secret not in site.snapshot.text for secret in found):
        return Rejected("The suggestion held something that looks like a password or key.")
    return text


def placeholders(text: str, site: CompletionSite) -> str | Rejected:
    """Reject text that only marks where code is to be written."""
    found = (match.group() for match in _PLACEHOLDER.finditer(text))
    if any(words not in site.snapshot.text for words in found):
        return Rejected("The suggestion held a placeholder instead of code.")
    return text


def _secrets_in(text: str) -> Iterator[str]:
    for match in _STARS.finditer(masked(text)):
        hidden = text[match.start() : match.end()]
        if hidden != match.group():
            yield hidden
