"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """How bad it is: with ``WARN`` Cornerman works, though not as it could."""

    OK = "OK"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. ``fix`` says what to do; ``command`` is it, where it is one.

    None of the texts holds source code.
    """

    subject: str
    level: Level
    detail: str
    fix: str = ""
    command: tuple[str, ...] = ()


def ok(subject: str, detail: str) -> Finding:
    """Nothing is wrong."""
    return Finding(subject, Level.OK, detail)


def warn(subject: str, detail: str, fix: str) -> Finding:
    """Something could be better."""
    return Finding(subject, Level.WARN, detail, fix)


def fail(subject: str, detail: str, fix: str, *command: str) -> Finding:
    """Something is wrong. With ``command``, that is the fix."""
    return Finding(subject, Level.FAIL, detail, fix, command)
