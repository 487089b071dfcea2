"""What users of the code rely on stays: names, signatures, decorators, docstrings, comments."""

from __future__ import annotations

import ast
import re

from cornerman.context.inventory import inventory
from cornerman.context.targets import TargetKind, definition_at
from cornerman.core.actions import ActionKind, Check
from cornerman.features.actions.job import Change
from cornerman.features.actions.python_code import DEFINITIONS, parsed

NAME = "signature"
_ASKS_FOR_ANOTHER = re.compile(
    r"\b(parameters?|arguments?|signature|return type|rename|decorat\w*|async|static|property"
    r"|docstrings?|type hints?|annotations?|method|class|subclass|function named|default)\b",
    re.I,
)
_MARKER = re.compile(r"cornerman:|\b(TODO|FIXME|XXX)\b", re.I)


def keeps_signature(change: Change) -> Check | None:
    """Each definition keeps its name, parameters, decorators, bases and docstring."""
    job = change.job
    if job.kind is ActionKind.INSTRUCTION and _ASKS_FOR_ANOTHER.search(job.request.instruction):
        return Check(NAME, passed=True, detail="The instruction asks for another one.")
    kept = _python_kept(change) if job.is_python else _head_kept(change)
    if kept is None:
        return None
    detail = "Names and signatures are kept." if kept else "A name or signature would change."
    return Check(NAME, passed=kept, detail=detail)


def keeps_comments(change: Change) -> Check | None:
    """Every comment is still there, apart from the one that asked for the change."""
    language = change.job.snapshot.language_id
    before, after = (inventory(code, language) for code in (change.old, change.text))
    lost = [
        text
        for (part, text), count in before.counts.items()
        if part == "comment" and count > after.counts[part, text] and not _MARKER.search(text)
    ]
    if not lost:
        return None
    return Check("comments", passed=False, detail="A comment would be lost.")


def _python_kept(change: Change) -> bool | None:
    before, after = parsed(change.job.snapshot.text), parsed(change.after.text)
    if before is None or after is None:
        return _head_kept(change)
    old, new = _definitions(before.module, ""), _definitions(after.module, "")
    return all(new.get(name) == contract for name, contract in old.items())


def _definitions(node: ast.AST, path: str) -> dict[str, str]:
    """What is promised of each definition that can be reached from outside, by its dotted name."""
    found: dict[str, str] = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DEFINITIONS):
            name = f"{path}.{child.name}"
            parts: list[ast.AST] = list(child.decorator_list)
            if isinstance(child, ast.ClassDef):
                parts += child.bases
                found |= _definitions(child, name)
            else:
                parts.append(child.args)
                parts += [child.returns] if child.returns else []
            docstring = ast.get_docstring(child) or ""
            head = " ".join(ast.dump(part) for part in parts)
            found[name] = f"{type(child).__name__} {head} {docstring}"
        elif not isinstance(child, ast.expr):
            found |= _definitions(child, path)
    return found


def _head_kept(change: Change) -> bool | None:
    """For other languages: what stands before the body is the same."""
    job = change.job
    if job.target.kind is TargetKind.STATEMENTS:
        return None
    kinds = frozenset({job.target.kind})
    after = definition_at(change.after, job.target.start, job.target.start, kinds=kinds)
    return (
        after is not None
        and after.name == job.target.name
        and _head(change.old) == _head(change.text)
    )


def _head(code: str) -> str:
    return "".join(re.split(r"[{:]\s*\n|\{", code, maxsplit=1)[0].split())
