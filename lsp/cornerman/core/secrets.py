"""Secrets in text: what keys and passwords look like, and how they are made unreadable."""

from __future__ import annotations

import math
import re
from collections import Counter

# Each alternative is led by a literal or by a word boundary, so that long text is read fast.
_TOKEN = re.compile(
    r"AKIA[0-9A-Z]{16}"
    r"|ASIA[0-9A-Z]{16}"
    r"|\bgh[pousr]_\w{30,}"
    r"|\bgithub_pat_\w{30,}"
    r"|\bglpat-[\w-]{18,}"
    r"|\bhf_[A-Za-z0-9]{30,}"
    r"|\bnpm_[A-Za-z0-9]{30,}"
    r"|\bpypi-[\w-]{40,}"
    r"|\bsk-[\w-]{20,}"
    r"|\b[rs]k_(?:live|test)_\w{16,}"
    r"|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bxox[abeoprs]-[\w-]{10,}"
    r"|\bAIza[\w-]{30,}"
    r"|\bya29\.[\w-]{20,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}(?:\.[\w-]*)?"
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
)
_IN_ADDRESS = re.compile(r"://[^\s/:@\"']+:([^\s/:@\"'{}$<]+)@")
_ASSIGNED = re.compile(
    r"(?i)(?:password|passwd|secret|api_?key|access_?key|private_?key|auth_?token|access_?token)"
    r"\w*[\"']?\]?\s*(?::\s*[\w.]+\s*)?[:=]+\s*[\"']([^\"'\s{}$<]{6,})[\"']"
)
_LITERAL = re.compile(r"[\"']([A-Za-z0-9+/=_-]{24,})[\"']")
_MIN_ENTROPY = 4.0
_MASK = "*"


def masked(text: str) -> str:
    """``text`` with stars in place of what looks like a secret; its length stays the same."""
    if "://" in text:
        text = _IN_ADDRESS.sub(_hide_group, text)
    text = _TOKEN.sub(_hide, text)
    if "PRIVATE KEY" in text:
        text = _KEY_BLOCK.sub(_hide_group, text)
    return _LITERAL.sub(_hide_random, _ASSIGNED.sub(_hide_group, text))


def _hide(match: re.Match[str]) -> str:
    return _MASK * len(match[0])


def _hide_group(match: re.Match[str]) -> str:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    hidden = re.sub(r"[^\n]", _MASK, match[1])
    return match[0][:start] + hidden + match[0][end:]


def _hide_random(match: re.Match[str]) -> str:
    """Letters and digits without any order are a key; words and constants are not."""
    value = match[1]
    kinds = (any(c.isdigit() for c in value), any(c.islower() for c in value))
    is_mixed = all(kinds) and (any(c.isupper() for c in value) or len(value) >= 32)
    counts = Counter(value).values()
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
    return _hide_group(match) if is_mixed and entropy >= _hex_or(value) else match[0]


def _hex_or(value: str) -> float:
    """The least entropy of a random value; sixteen digits cannot reach that of sixty letters."""
    return 3.2 if all(c in "0123456789abcdefABCDEF-" for c in value) else _MIN_ENTROPY
