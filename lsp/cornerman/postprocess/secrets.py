"""Nothing that looks like a secret, and no stand-ins for code."""

from __future__ import annotations

import re

from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_CHARS_LEFT = 200
_SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}"
    r"|\bgh[pousr]_\w{30,}"
    r"|\bgithub_pat_\w{30,}"
    r"|\bsk-[\w-]{20,}"
    r"|\bxox[abprs]-[\w-]{10,}"
    r"|\bAIza[\w-]{30,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|://[^\s/:@\"']+:[^\s/:@\"'{}$<]+@"
    r"|(?i:\b\w*(?:password|passwd|secret|api_?key|access_?key|auth_?token)\w*[\"']?\s*[:=]\s*"
    r"[\"'][^\"'\s{}$<]{6,}[\"'])"
)
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
    if _is_new(_SECRET, site.line_prefix[-_CHARS_LEFT:] + text, site):
        return Rejected("The suggestion held something that looks like a password or key.")
    return text


def placeholders(text: str, site: CompletionSite) -> str | Rejected:
    """Reject text that only marks where code is to be written."""
    if _is_new(_PLACEHOLDER, text, site):
        return Rejected("The suggestion held a placeholder instead of code.")
    return text


def _is_new(pattern: re.Pattern[str], text: str, site: CompletionSite) -> bool:
    return any(match.group() not in site.snapshot.text for match in pattern.finditer(text))
