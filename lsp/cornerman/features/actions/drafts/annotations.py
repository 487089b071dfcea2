"""Type hints for a Python function, as far as its code does not contradict them."""

from __future__ import annotations

import ast
import re

from cornerman.core.actions import TextEdit
from cornerman.features.actions.answer import Unusable
from cornerman.features.actions.drafts.evidence import default_values, shown_types, supports
from cornerman.features.actions.drafts.inference import (
    BUILTIN_TYPES,
    contradicts,
    returned_types,
    type_of,
)
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import Function, PythonCode, arguments, parsed

_HEAD = re.compile(
    r"^[ \t]*((?:async[ \t]+)?def[ \t].*?:)[ \t]*(?:\.\.\.|pass)?[ \t]*$", re.M | re.S
)
_BEFORE_PARENTHESIS = re.compile(r"(?:\s|,|/|\*|#[^\n]*)*\)")
_ABSTRACT = {"Iterable", "Iterator", "Callable", "Sequence", "Mapping"}
_TYPING = {"Any"}
_ONE_PARAMETER = frozenset({"list", "set", "frozenset", "Iterable", "Iterator", "Sequence"})
_TWO_PARAMETERS = frozenset({"dict", "Mapping", "Callable"})
_NEWER_NAMES = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "Type": "type"}


def hinted(job: Job, answer: str) -> str | Unusable:
    """The target with those types of the answer's ``def`` line that its code bears out."""
    proposed = _proposed(answer)
    if proposed is None:
        return Unusable("The model did not answer with the head of a function.")
    edits = _hints(job, proposed)
    if not edits:
        return Unusable("The code bears out none of the proposed types.")
    text, start = job.target.code(job.snapshot), job.target.start
    for edit in reversed(edits):
        text = text[: edit.start - start] + edit.text + text[edit.end - start :]
    return text


def known_hints(job: Job) -> tuple[TextEdit, ...]:
    """The type hints that the code leaves no doubt about."""
    return _hints(job, None)


def _hints(job: Job, proposed: Function | None) -> tuple[TextEdit, ...]:
    code = parsed(job.snapshot.text)
    function = code.definition_at(job.target.start) if code else None
    if code is None or function is None or isinstance(function, ast.ClassDef):
        return ()
    hints: dict[int, str] = {}
    _hint_parameters(code, function, proposed, hints)
    _hint_result(code, function, hints)
    edits: list[TextEdit] = []
    for place in sorted(hints):
        match = re.compile(r"=\s*").match(code.text, place)
        if hints[place].startswith(":") and match is not None:
            edits.append(TextEdit(place, match.end(), f"{hints[place]} = "))
        else:
            edits.append(TextEdit(place, place, hints[place]))
    return tuple(edits)


def lacks_types(job: Job) -> bool:
    """Whether a function has a parameter or a result without a type."""
    code = parsed(job.snapshot.text)
    function = code.definition_at(job.target.start) if code else None
    if function is None or isinstance(function, ast.ClassDef) or code is None:
        return False
    return function.returns is None or bool(_untyped(code, function))


def _proposed(answer: str) -> Function | None:
    text = re.sub(r"^[ \t]*(```|~~~)\w*", "", answer, flags=re.M)
    match = _HEAD.search(text)
    try:
        statement = ast.parse(match[1] + " pass").body[0] if match else None
    except SyntaxError:
        return None
    return statement if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _untyped(code: PythonCode, function: Function) -> list[ast.arg]:
    spec = function.args
    listed = arguments(function)
    if code.class_around(function) is not None and listed and listed[0] not in spec.kwonlyargs:
        del listed[0]
    return [one for one in listed if one.annotation is None]


def _hint_parameters(
    code: PythonCode, function: Function, proposed: Function | None, hints: dict[int, str]
) -> None:
    spec = function.args
    known = _Names(code)
    shown = shown_types(code, function)
    wanted = {one.arg: one.annotation for one in arguments(proposed)} if proposed else {}
    stars = {one.arg for one in (spec.vararg, spec.kwarg) if one is not None}
    defaults = dict(default_values(function))
    for argument in _untyped(code, function):
        if argument.arg in stars:
            continue
        hint = shown.get(argument.arg)
        if hint is not None and not known.has(hint):
            continue
        annotation = wanted.get(argument.arg)
        if hint is None and annotation is not None:
            hint = known.accepted(annotation)
            base = _base(hint or "")
            is_borne_out = supports(argument.arg, base, function)
            if contradicts(argument.arg, base, function) or not is_borne_out:
                continue
            # What is in a collection is a guess.
            hint = _with_default(base, defaults.get(argument.arg))
        if hint is not None:
            hints[code.end(argument)] = f": {hint}"


def _hint_result(code: PythonCode, function: Function, hints: dict[int, str]) -> None:
    fitting = _result(function) if function.returns is None else None
    if fitting is None or not _Names(code).has(fitting):
        return
    listed = arguments(function)
    values = [*function.args.defaults, *(d for d in function.args.kw_defaults if d is not None)]
    ends = [code.end(node) for node in (*listed, *values)]
    opening = re.compile(rf"def\s+{function.name}\s*\(").search(code.text, code.start(function))
    start = max(ends, default=opening.end() if opening else 0)
    match = _BEFORE_PARENTHESIS.match(code.text, start)
    if match is not None:
        hints[match.end()] = f" -> {fitting}"


def _result(function: Function) -> str | None:
    """The type of the result if the code leaves no doubt about it."""
    types = returned_types(function)
    if types is None or all(_is_placeholder(statement) for statement in function.body):
        return None
    certain = types - {"None"}
    if "" in types or len(certain) > 1:
        return None
    known = next(iter(certain), "None")
    return _with_none(known) if certain and "None" in types else known


def _is_placeholder(node: ast.stmt) -> bool:
    """True for what says nothing about the result of a method that others are to write."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, (ast.Pass, ast.Raise))


def _with_default(hint: str, default: ast.expr | None) -> str | None:
    known = type_of(default) if default is not None else ""
    if known == "None":
        return _with_none(hint)
    if known in BUILTIN_TYPES and _base(hint) in BUILTIN_TYPES and known != _base(hint):
        return hint if (known, _base(hint)) == ("int", "float") else None
    return hint


def _with_none(hint: str) -> str:
    parts = [part.strip() for part in hint.split("|")]
    return hint if "None" in parts or hint == "Any" else f"{hint} | None"


def _base(hint: str) -> str:
    return hint.split("[")[0].strip() if "|" not in hint.split("[")[0] else hint


class _Names:
    """The names that a type may be made of in a file."""

    def __init__(self, code: PythonCode) -> None:
        self._global = code.global_names()
        self._classes = {n.name for n in code.module.body if isinstance(n, ast.ClassDef)}

    def has(self, hint: str) -> bool:
        """Whether the builtins that a type is made of mean themselves in the file."""
        return not {part.strip() for part in hint.split("|")} & self._global

    def accepted(self, node: ast.expr) -> str | None:
        """The type as it can be written in the file; None if it is no type there."""
        try:
            return ast.unparse(self._checked(node))
        except ValueError:
            return None

    def _checked(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Constant) and node.value is None:
            return node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return ast.BinOp(self._checked(node.left), ast.BitOr(), self._checked(node.right))
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            return self._generic(node, node.value)
        raise ValueError

    def _name(self, node: ast.Name) -> ast.Name:
        name = node.id
        if name in _NEWER_NAMES and name not in self._global:
            name = _NEWER_NAMES[name]
        is_builtin = name in BUILTIN_TYPES and name not in self._global
        is_imported = name in self._global and (
            name in self._classes or name in _ABSTRACT | _TYPING
        )
        if not is_builtin and not is_imported:
            raise ValueError
        return ast.Name(name, ast.Load())

    def _generic(self, node: ast.Subscript, value: ast.Name) -> ast.expr:
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if value.id == "Optional":
            return ast.BinOp(self._checked(inner[0]), ast.BitOr(), ast.Constant(None))
        if value.id == "Union":
            made = self._checked(inner[0])
            for part in inner[1:]:
                made = ast.BinOp(made, ast.BitOr(), self._checked(part))
            return made
        base = self._name(value)
        if base.id == "tuple":
            if len(inner) != 2 or _ellipsis_in(inner[1:]) is None:
                # How many things are in it, and which, is a guess that fails too often.
                return base
        elif len(inner) != (base.id in _ONE_PARAMETER) + 2 * (base.id in _TWO_PARAMETERS):
            raise ValueError
        parts = [_ellipsis_in([part]) or self._checked(part) for part in inner]
        index = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
        return ast.Subscript(base, index, ast.Load())


def _ellipsis_in(nodes: list[ast.expr]) -> ast.expr | None:
    """The ``...`` of ``tuple[x, ...]``."""
    marks = (node for node in nodes if isinstance(node, ast.Constant) and node.value is ...)
    return next(marks, None)
