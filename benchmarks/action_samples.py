"""Small real functions to try actions on, and what becomes of them when they are called.

``judge`` runs in a process of its own: it loads a module once as it was and once as it would be,
calls the function with the same sample inputs and compares what comes out.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import cast

from action_probe import Probe

MODULES = (
    *("posixpath", "ntpath", "colorsys", "fnmatch", "html", "shlex"),
    *("calendar", "textwrap", "stat", "difflib", "urllib.parse", "email.utils", "string"),
    *("email.quoprimime", "email.header", "inspect", "gettext", "reprlib", "quopri", "pyclbr"),
    *("statistics", "base64", "mimetypes", "tokenize", "sre_parse", "plistlib", "cgi", "locale"),
    *("jinja2.utils", "jinja2.filters", "rich.cells", "rich.filesize", "rich._wrap", "rich.color"),
    *("rich._ratio", "rich._pick", "packaging.utils", "pygments.util", "idna.core"),
    *("docutils.utils.roman", "markdown_it.common.utils", "pip._internal.utils.misc"),
)
_UNSAFE = ("os.", "open(", "print(", "sys.", "subprocess", "socket", "exec(", "input(", "shutil")
_LINES = range(5, 31)
_SECONDS = 40
_CALLS = 1200


@dataclass(frozen=True, slots=True)
class Sample:
    """A function of a module: the module's text and the offset of its ``def``."""

    module: str
    name: str
    text: str
    offset: int

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


def samples(seed: int, lines: range = _LINES) -> Iterator[Sample]:
    """All functions of so many lines that can be called without harm, shuffled by ``seed``."""
    found = [sample for name in MODULES for sample in _of_module(name, lines)]
    random.Random(seed).shuffle(found)
    return iter(found)


def _of_module(name: str, lines: range) -> Iterator[Sample]:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return
    text = Path(spec.origin).read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef) or node.decorator_list:
            continue
        code = ast.get_source_segment(text, node) or ""
        is_safe = not any(word in code for word in _UNSAFE)
        if is_safe and code.count("\n") + 1 in lines and node.args.args:
            yield Sample(name, node.name, text, starts[node.lineno - 1])


def judge(sample: Sample, new_text: str) -> str:
    """``same``, ``different``, ``broken`` or ``unknown`` (no sample input is accepted)."""
    wanted = {"module": sample.module, "name": sample.name, "old": sample.text, "new": new_text}
    try:
        done = subprocess.run(
            [sys.executable, __file__],
            input=json.dumps(wanted),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "unknown"
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else "broken"


def _values() -> list[object]:
    return [
        *("", "a", "a/b.txt", "Hello, world", "x=1&y=2", "  two  words\n", "*.py", "Ünï 12"),
        *(0, 1, -3, 7, 255, 2.5, 0.25, None, True, b"ab=20c", ("a", 1), (1, 2, 3)),
        *([], [3, 1, 2], ["a", "bb", "a"], [("k", "v")], {}, {"a": 1}, {"k": [1]}, {1, 2}),
    ]


_BY_NAME: dict[str, list[object]] = {
    "text": ["a b", "Hello, world", "x=1;y='2'", "über\n"],
    "path": ["a/b.txt", "/a/../b", "C:\\a\\b.py", "", "."],
    "number": [0, 1, 2, 7, 12, 255, 1024, -3],
    "sequence": [[3, 1, 2], ["a", "bb"], (1, 2, 3), [], ["a", "b", "a"]],
    "ratio": [0.0, 0.25, 0.5, 1.0],
}
_KINDS_OF_NAMES = {
    "text": "s text string value data line word msg name pat pattern title header c label msgid",
    "path": "p path filename file fname a start base root url uri src dst",
    "number": "n i x y num number size width length count mode index level indent year month day",
    "sequence": "seq items values iterable args l lst parts words paths lines data strings",
    "ratio": "r g b h s v l ratio",
}


def _likely(node: ast.FunctionDef, module: ast.Module) -> list[list[object]]:
    """For each parameter, values that its annotation, default, name and examples speak for."""
    names = [argument.arg for argument in node.args.args]
    found: list[list[object]] = [[] for _ in names]
    for argument, values in zip(node.args.args, found, strict=True):
        hint = ast.unparse(argument.annotation) if argument.annotation else ""
        for kind, words in _KINDS_OF_NAMES.items():
            if argument.arg.strip("_0123456789").lower() in words.split():
                values += _BY_NAME[kind]
        values += [one for one in _values() if hint and type(one).__name__ in hint]
    for values, default in zip(reversed(found), reversed(node.args.defaults), strict=False):
        values += _literals([default])
    for call in _examples(node, module):
        for values, argument in zip(found, call.args, strict=False):
            values += _literals([argument])
    return found


def _examples(node: ast.FunctionDef, module: ast.Module) -> Iterator[ast.Call]:
    """The calls of the function in its module and in the examples of both docstrings."""
    trees: list[ast.AST] = [module]
    for place in (module, node):
        try:
            found = doctest.DocTestParser().get_examples(ast.get_docstring(place) or "")
            trees += [ast.parse(example.source) for example in found]
        except (SyntaxError, ValueError):
            continue
    for tree in trees:
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == node.name:
                yield call


def _literals(nodes: list[ast.expr]) -> list[object]:
    try:
        return [ast.literal_eval(node) for node in nodes]
    except (ValueError, TypeError, SyntaxError):
        return []


def _calls(likely: list[list[object]], required: int) -> Iterator[list[object]]:
    """Sample arguments, half of them of the likely values; the same ones every time."""
    count = len(likely)
    chance = random.Random(count)
    probes: list[list[object]] = [
        [Probe(f"p{number}_{n}") for n in range(9)] for number in range(count)
    ]
    anything: list[list[object]] = [_values() for _ in likely]
    known = [values or _values() for values in likely]
    # Objects of unknown types beside values that are likely: what fits is found by trying.
    mixed = [
        values + found * (1 + len(values) // 9) for values, found in zip(known, probes, strict=True)
    ]
    kinds = (known, anything, mixed, probes)
    for turn in range(_CALLS):
        number = chance.randint(required, count)
        wanted = kinds[turn % len(kinds)]
        yield [chance.choice(values) for values in wanted[:number]]


def _outcome(function: Callable[..., object], arguments: list[object]) -> tuple[str, object]:
    Probe.steps = 0
    try:
        result = function(*arguments)
        if isinstance(result, Iterator):
            found = cast("Iterator[object]", result)
            result = [item for _, item in zip(range(50), found, strict=False)]
    except RecursionError:
        return "raises RecursionError", None
    except Exception as error:
        return f"raises {type(error).__name__}", None
    return f"{result!r} {arguments!r}", result


def _function(name: str, module: str, text: str) -> FunctionType:
    real = importlib.import_module(module)
    scope: dict[str, object] = {
        key: value for key, value in vars(real).items() if key.startswith("__")
    }
    exec(compile(text, module, "exec", dont_inherit=True), scope)
    return cast("FunctionType", scope[name])


def _judge(wanted: dict[str, str]) -> str:
    old = _function(wanted["name"], wanted["module"], wanted["old"])
    new = _function(wanted["name"], wanted["module"], wanted["new"])
    module = ast.parse(wanted["old"])
    node = next(
        n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == wanted["name"]
    )
    likely = _likely(node, module)
    count = len(likely)
    accepted = 0
    kept: list[bool | None] = []
    for arguments in _calls(likely, count - len(node.args.defaults)):
        before, result = _outcome(old, _copy(arguments))
        after, _ = _outcome(new, _copy(arguments))
        if any("ExhaustedError" in outcome for outcome in (before, after)):
            continue
        if before != after:
            return "different"
        accepted += not before.startswith("raises")
        kept += _agrees(new, arguments, before, result)
    # One result of another type is enough; an error may come from what is in a list.
    if False in kept or (accepted and kept and not any(kept)):
        return "different"
    return "same" if accepted else "unknown"


def _agrees(
    function: FunctionType, arguments: list[object], outcome: str, result: object
) -> list[bool | None]:
    """Whether a call that keeps to the type hints gives what they say; None if it fails."""
    hints = {name: str(hint) for name, hint in function.__annotations__.items()}
    names = function.__code__.co_varnames
    # What a stand-in makes of an operation says nothing about types.
    if any("Probe" in type(value).__name__ for value in (*arguments, result)):
        return []
    if not hints or not all(
        _is_of(value, hints[name])
        for name, value in zip(names, arguments, strict=False)
        if name in hints
    ):
        return []
    if outcome in ("raises TypeError", "raises AttributeError"):
        return [None]
    if outcome.startswith("raises") or "return" not in hints:
        return [True]
    return [_is_of(result, hints["return"])]


def _is_of(value: object, hint: str) -> bool:
    """Whether a value may have a type, as far as the names of builtins tell."""
    hint = hint.removeprefix("<class '").removesuffix("'>")
    parts = [part.strip().partition("[")[0] for part in hint.split("|")]
    known = {"str", "int", "float", "bool", "list", "dict", "set", "tuple", "bytes", "None"}
    name = "None" if value is None else type(value).__name__
    is_number = name == "int" and "float" in parts
    return name in parts or is_number or not set(parts) <= known


def _copy(arguments: list[object]) -> list[object]:
    import copy

    return copy.deepcopy(arguments)


if __name__ == "__main__":
    sys.stdout.write("\n" + _judge(json.load(sys.stdin)) + "\n")
