"""Selected statements of a Python function as a function of their own."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from dataclasses import dataclass
from typing import cast

from cornerman.context.inventory import identifiers
from cornerman.features.actions.answer import Unusable
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import (
    Function,
    PythonCode,
    docstring_node,
    parsed,
)
from cornerman.features.actions.values import values_between

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FEWEST_STATEMENTS = 2
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class _Selection:
    """The statements, where they are, and the values that go in and come out."""

    start: int
    end: int
    inputs: list[str]
    outputs: list[str]


def is_extractable(job: Job) -> bool:
    """Whether the request's range holds statements that can be a function of their own."""
    code = parsed(job.snapshot.text)
    return code is not None and _selection(job, code) is not None


def extracted(job: Job, answer: str) -> str | Unusable:
    """The target with a call in the place of the selection, and the new function before it."""
    code = parsed(job.snapshot.text)
    selection = _selection(job, code) if code else None
    if code is None or selection is None:
        return Unusable("The selected statements cannot be a function of their own.")
    known = {name for _, name in identifiers(code.text, "python")} | set(dir(builtins))
    words = [word.strip("_") for word in re.findall(r"[a-z]\w*", answer) if "_" in word]
    good = (word for word in words if _NAME.fullmatch(word) and len(word) <= _LONGEST_NAME)
    name = next((w for w in good if w not in known and not keyword.iskeyword(w)), None)
    if name is None:
        return Unusable("The model has no name for the new function that is free here.")
    return _written(job, selection, f"_{name}")


def _written(job: Job, selection: _Selection, name: str) -> str:
    text, start, eol = job.snapshot.text, job.target.start, job.line_end
    line = max(text.rfind("\n", 0, selection.start), text.rfind("\r", 0, selection.start)) + 1
    indent = text[line : selection.start]
    step = indent[len(job.indent) :] if len(indent) - len(job.indent) < 5 else "    "
    unit = step or "    "
    body = text[line : selection.end].splitlines()
    lines = [job.indent + unit + one.removeprefix(indent) if one.strip() else "" for one in body]
    outputs = ", ".join(selection.outputs)
    head = f"def {name}({', '.join(selection.inputs)}):"
    made = [head, *lines, *([f"{job.indent}{unit}return {outputs}"] if outputs else [])]
    call = f"{name}({', '.join(selection.inputs)})"
    call = f"{outputs} = {call}" if outputs else call
    rest = text[start : selection.start] + call + text[selection.end : job.target.end]
    return eol.join([*made, "", "", job.indent + rest])


def _selection(job: Job, code: PythonCode) -> _Selection | None:
    function = code.definition_at(job.target.start)
    if function is None or isinstance(function, ast.ClassDef) or job.indent:
        # A method's part would need its class; only functions of a module are split.
        return None
    statements = _selected(job, code, function)
    if len(statements) < _FEWEST_STATEMENTS or docstring_node(function) in statements:
        return None
    values = values_between(function, statements)
    if values is None:
        return None
    start, end = code.start(statements[0]), code.end(statements[-1])
    return _Selection(start, end, values.inputs, values.outputs)


def _selected(job: Job, code: PythonCode, function: Function) -> list[ast.stmt]:
    """The statements of one block that the request's range covers; none if it cuts through."""
    start, end = job.request.start, job.request.end
    start += len(job.snapshot.text[start:end]) - len(job.snapshot.text[start:end].lstrip())
    end -= len(job.snapshot.text[start:end]) - len(job.snapshot.text[start:end].rstrip())
    for node in ast.walk(function):
        for field in ("body", "orelse", "finalbody"):
            block = _block(node, field)
            inner = [s for s in block if code.start(s) < end and code.end(s) > start]
            covers = inner and code.start(inner[0]) >= start and code.end(inner[-1]) <= end
            if covers and not (node is function and len(inner) == len(block)):
                return inner
    return []


def _block(node: ast.AST, field: str) -> list[ast.stmt]:
    statements = getattr(node, field, None)
    return cast("list[ast.stmt]", statements) if isinstance(statements, list) else []
