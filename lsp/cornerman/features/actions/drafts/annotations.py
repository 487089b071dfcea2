"""Type hints for a Python function, as far as its code does not contradict them."""

from __future__ import annotations

import ast
import re

from cornerman.features.actions.answer import Unusable
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
    """The target with the types of the answer's ``def`` line where they are plausible."""
    code = parsed(job.snapshot.text)
    function = code.definition_at(job.target.start) if code else None
    proposed = _proposed(answer)
    if code is None or function is None or isinstance(function, ast.ClassDef):
        return Unusable("Types are added to a function of a file that parses.")
    if proposed is None:
        return Unusable("The model did not answer with the head of a function.")
    known = _Names(code)
    hints: dict[int, str] = {}
    _hint_parameters(code, function, proposed, known, hints)
    _hint_result(code, function, proposed, known, hints)
    if not hints:
        return Unusable("No proposed type agrees with what the code does.")
    text = job.target.code(job.snapshot)
    for place in sorted(hints, reverse=True):
        at = place - job.target.start
        rest = text[at:]
        if hints[place].startswith(":") and re.match(r"=\s*", rest):
            rest = " = " + rest[1:].lstrip()
        text = text[:at] + hints[place] + rest
    return text


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
    code: PythonCode, function: Function, proposed: Function, known: _Names, hints: dict[int, str]
) -> None:
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults = dict(
        zip(reversed([a.arg for a in positional]), reversed(spec.defaults), strict=False)
    )
    for argument, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = default
    wanted = {argument.arg: argument.annotation for argument in arguments(proposed)}
    stars = {one.arg for one in (spec.vararg, spec.kwarg) if one is not None}
    for argument in _untyped(code, function):
        annotation = wanted.get(argument.arg)
        if annotation is None or argument.arg in stars:
            continue
        hint = known.accepted(annotation)
        if hint is None or contradicts(argument.arg, _base(hint), function):
            continue
        fitting = _with_default(hint, defaults.get(argument.arg))
        if fitting is not None:
            hints[code.end(argument)] = f": {fitting}"


def _hint_result(
    code: PythonCode, function: Function, proposed: Function, known: _Names, hints: dict[int, str]
) -> None:
    if function.returns is not None:
        return
    hint = known.accepted(proposed.returns) if proposed.returns is not None else None
    fitting = _result(hint, returned_types(function), function)
    if fitting is None:
        return
    listed = arguments(function)
    values = [*function.args.defaults, *(d for d in function.args.kw_defaults if d is not None)]
    ends = [code.end(node) for node in (*listed, *values)]
    opening = re.compile(rf"def\s+{function.name}\s*\(").search(code.text, code.start(function))
    start = max(ends, default=opening.end() if opening else 0)
    match = _BEFORE_PARENTHESIS.match(code.text, start)
    if match is not None:
        hints[match.end()] = f" -> {fitting}"


def _result(hint: str | None, types: set[str] | None, function: Function) -> str | None:
    """The type of the result: as proposed, corrected by what the code is sure of."""
    if types is None:
        is_iterator = hint is not None and _base(hint) in ("Iterator", "Iterable", "Generator")
        return hint if is_iterator else None
    if all(_is_placeholder(statement) for statement in function.body):
        return None
    if types == {"None"}:
        return "None"
    certain = types - {"None", ""}
    if len(certain) != 1:
        # What a function of somewhere else gives is not to be guessed.
        return None
    known = next(iter(certain))
    if "" in types and (hint is None or _base(hint) != known):
        return None
    fitting = hint if hint is not None and _base(hint) == known else known
    return _with_none(fitting) if "None" in types else fitting


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
