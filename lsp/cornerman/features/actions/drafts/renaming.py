"""Better names for the local variables of a Python function."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Mapping

from cornerman.context.inventory import identifiers
from cornerman.features.actions.answer import Unusable
from cornerman.features.actions.equivalence.facts import (
    bound_by_name,
    bound_otherwise,
    has_own_frame,
)
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import Function, PythonCode, own_nodes, parsed

_PAIR = re.compile(r"^[\s*`-]*(\w+)`?\s*(?:->|=>|→|:)\s*`?(\w+)`?\s*$", re.M)
_GOOD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VAGUE = frozenset({"temp", "data", "value", "thing", "stuff", "item", "result", "vals", "dict_"})
_CUSTOMARY = frozenset({"_", "i", "j", "k"})
_SHORT, _LONG = 3, 30


def vague_names(code: PythonCode, function: Function) -> list[str]:
    """The local variables whose names say little, in order; only those that can be renamed."""
    if has_own_frame(function):
        return []
    taken = bound_otherwise(function) | code.global_names()
    return [n for n in dict.fromkeys(_stored(function)) if n not in taken and _is_vague(n)]


def better_names(job: Job, answer: str) -> str | Unusable:
    """The target with the variables renamed as the answer's lines ``old -> new`` say."""
    code = parsed(job.snapshot.text)
    function = code.definition_at(job.target.start) if code else None
    if code is None or function is None or isinstance(function, ast.ClassDef):
        return Unusable("Names are improved in a function of a file that parses.")
    new = _usable(_PAIR.findall(answer), vague_names(code, function), code)
    if not new:
        return Unusable("The model has no better names that are free here.")
    return _renamed(job, code, function, new)


def is_renaming(old: ast.AST, new: ast.AST) -> Mapping[str, str] | None:
    """How ``new`` renames local variables of ``old`` one to one, if that is all that differs.

    ``new`` has the names of ``old`` afterwards.
    """
    first = [node for node in ast.walk(old) if isinstance(node, ast.Name)]
    second = [node for node in ast.walk(new) if isinstance(node, ast.Name)]
    if len(first) != len(second):
        return None
    mapping: dict[str, str] = {}
    for before, after in zip(first, second, strict=True):
        if mapping.setdefault(before.id, after.id) != after.id:
            return None
        after.id = before.id
    changed = {before for before, after in mapping.items() if before != after}
    is_one_to_one = len(set(mapping.values())) == len(mapping)
    is_local = changed <= bound_by_name(old) - bound_otherwise(old)
    is_all = ast.dump(old) == ast.dump(new)
    return mapping if is_one_to_one and is_local and is_all else None


def _usable(pairs: list[tuple[str, str]], vague: list[str], code: PythonCode) -> dict[str, str]:
    known = {name for (_, name) in identifiers(code.text, "python")} | set(dir(builtins))
    new: dict[str, str] = {}
    for old, name in pairs:
        is_good = _GOOD.fullmatch(name) is not None and not keyword.iskeyword(name)
        is_free = name not in known and name not in new.values()
        is_telling = _SHORT < len(name) <= _LONG and not _is_vague(name)
        if old in vague and old not in new and is_good and is_free and is_telling:
            new[old] = name
    return new


def _renamed(job: Job, code: PythonCode, function: Function, new: dict[str, str]) -> str:
    """Python 3.11 does not say where names in f-strings are, so a pattern finds what is left."""
    text = job.target.code(job.snapshot)
    start = job.target.start
    texts = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr)]
    spans = [(code.start(node) - start, code.end(node) - start) for node in texts]
    places: dict[int, str] = {}
    inside_texts = "|".join(map(re.escape, new))
    for first, last in spans:
        for match in re.finditer(rf"(?<![\w.])({inside_texts})\b", text[first:last]):
            if "{" in text[first : first + match.start()]:
                places[first + match.start()] = match[1]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in new:
            place = code.start(node) - start
            if text[place : place + len(node.id)] == node.id:
                places[place] = node.id
    for place in sorted(places, reverse=True):
        old = places[place]
        text = text[:place] + new[old] + text[place + len(old) :]
    return text


def _stored(function: Function) -> list[str]:
    names = [node for node in own_nodes(function) if isinstance(node, ast.Name)]
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]


def _is_vague(name: str) -> bool:
    bare = name.strip("_").rstrip("0123456789")
    is_short = len(bare) <= _SHORT or bare in _VAGUE
    return is_short and name not in _CUSTOMARY
