"""Secrets in text: what keys and passwords look like, and how they are made unreadable."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

# What keys of well-known services look like, by a mark that each of them has: most text has none,
# and is looked through for marks much faster than for patterns.
_TOKENS = (
    ("AKIA", r"AKIA[0-9A-Z]{16}"),
    ("ASIA", r"ASIA[0-9A-Z]{16}"),
    *((f"gh{kind}_", rf"\bgh{kind}_\w{{30,}}") for kind in "pousr"),
    ("github_pat_", r"\bgithub_pat_\w{30,}"),
    ("glpat-", r"\bglpat-[\w-]{18,}"),
    ("hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    ("npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("pypi-", r"\bpypi-[\w-]{40,}"),
    ("sk-", r"\bsk-[\w-]{20,}"),
    *((f"k_{kind}_", rf"\b[rs]k_{kind}_\w{{16,}}") for kind in ("live", "test")),
    ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    ("xox", r"\bxox[abeoprs]-[\w-]{10,}"),
    ("AIza", r"\bAIza[\w-]{30,}"),
    ("ya29.", r"\bya29\.[\w-]{20,}"),
    ("eyJ", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}(?:\.[\w-]*)?"),
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
)
_IN_ADDRESS = re.compile(r"://[^\s/:@\"']+:([^\s/:@\"'{}$<]+)@")
# What secrets are assigned to, in any case.
_WORDS = (
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("auth", "token"),
    ("access", "token"),
)
_NAMES = (
    *("password", "passwd", "secret"),
    *(first + joint + last for first, last in _WORDS for joint in ("", "_")),
)
_ASSIGNED = re.compile(
    rf"(?i)(?:{'|'.join(_NAMES)})"
    r"\w*[\"']?\]?\s*(?::\s*[\w.]+\s*)?[:=]+\s*[\"']([^\"'\s{}$<]{6,})[\"']"
)
_LITERAL = re.compile(r"[\"']([A-Za-z0-9+/=_-]{24,})[\"']")
_MIN_ENTROPY = 4.0
_MASK = "*"


def masked(text: str) -> str:
    """``text`` with stars in place of what looks like a secret; its length stays the same."""
    if "://" in text:
        text = _IN_ADDRESS.sub(_hide_group, text)
    tokens = tuple(pattern for mark, pattern in _TOKENS if mark in text)
    if tokens:
        text = _any_of(tokens).sub(_hide, text)
    if "PRIVATE KEY" in text:
        text = _KEY_BLOCK.sub(_hide_group, text)
    lower = text.casefold()
    if any(word in lower for word in _NAMES):
        text = _ASSIGNED.sub(_hide_group, text)
    return _LITERAL.sub(_hide_random, text)


@lru_cache(maxsize=64)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


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
