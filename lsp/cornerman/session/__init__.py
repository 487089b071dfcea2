"""The only mutable state of a server."""

from __future__ import annotations

from cornerman.session.pipelines import Pipelines
from cornerman.session.record import Record
from cornerman.session.session import Session

__all__ = ["Pipelines", "Record", "Session"]
