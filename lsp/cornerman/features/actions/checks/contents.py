"""Nothing is silently dropped: what the code is made of, before and after."""

from __future__ import annotations

import re

from cornerman.context.inventory import Inventory, inventory
from cornerman.core.actions import ActionKind, Check
from cornerman.features.actions.job import Change

NAME = "contents"
_ASKS_FOR_LESS = re.compile(
    r"\b(remov\w*|delet\w*|drop\w*|merg\w*|inlin\w*|simplif\w*|combin\w*|replac\w*|instead"
    r"|without|comprehension|early returns?|flatten\w*|convert\w*|rewrite|use|extract\w*"
    r"|move\w*|shorten\w*|turn|unnest\w*)\b",
    re.I,
)
_ESSENTIAL = ("definition", "branch", "loop", "return", "raise", "yield", "await", "handler")
_EVERYTHING = (*_ESSENTIAL, "assertion", "resource", "jump", "import", "call", "string", "number")
_WORDS = {"call": "a call", "string": "a text", "import": "an import", "await": "an await"}


def keeps_contents(change: Change) -> Check:
    """No definition, branch, loop, return, raise, … is gone without the instruction asking."""
    job = change.job
    before, after = (inventory(c, job.snapshot.language_id) for c in (change.old, change.text))
    parts = _ESSENTIAL
    if job.kind is ActionKind.INSTRUCTION and _ASKS_FOR_LESS.search(job.request.instruction):
        parts = ("definition",)
    return _check(before, after, *parts)


def keeps_everything(change: Change) -> Check:
    """Nothing at all is gone, down to calls and literals."""
    language = change.job.snapshot.language_id
    before, after = (inventory(code, language) for code in (change.old, change.text))
    return _check(before, after, *_EVERYTHING)


def only_adds(change: Change) -> Check:
    """Every line of code is still there, in order; comments and placeholders may go."""
    new = iter(line.strip() for line in change.text.splitlines())
    lines = (line.strip() for line in change.old.splitlines())
    lost = [line for line in lines if line and not _is_placeholder(line) and line not in new]
    detail = "A line of code would be lost." if lost else "Every line of code is kept."
    return Check(NAME, passed=not lost, detail=detail)


def _is_placeholder(line: str) -> bool:
    is_comment = line.startswith(("#", "//", "--", "/*", "*"))
    return is_comment or line in ("pass", "...") or "NotImplemented" in line or "todo!" in line


def _check(before: Inventory, after: Inventory, *parts: str) -> Check:
    missing = before.missing_in(after, *parts)
    if not missing:
        return Check(NAME, passed=True, detail="Nothing is dropped.")
    words = sorted(_WORDS.get(part, f"a {part}") for part in missing)
    return Check(NAME, passed=False, detail=f"It would drop {', '.join(words)}.")
