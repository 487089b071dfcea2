"""The document must parse as well as before."""

from __future__ import annotations

import warnings

from cornerman.context.syntax import SyntaxTree
from cornerman.core.actions import Check
from cornerman.features.actions.job import Change

NAME = "syntax"


def parses(change: Change) -> Check | None:
    """No more syntax errors than before; a Python file that compiles still does."""
    job = change.job
    tree = SyntaxTree.of(job.snapshot)
    if tree is None:
        return None
    errors = tree.errors_with(job.target.start, job.target.end, change.text).total
    if errors > tree.errors:
        return Check(NAME, passed=False, detail="The result has a syntax error.")
    if job.is_python and compiles(job.snapshot.text):
        if not compiles(change.after.text):
            return Check(NAME, passed=False, detail="Python cannot compile the result.")
        return Check(NAME, passed=True, detail="The file compiles.")
    return Check(NAME, passed=True, detail="The file parses as well as before.")


def compiles(text: str) -> bool:
    """Whether Python takes ``text`` for a module; nothing of it is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<document>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
