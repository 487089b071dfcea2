"""Lines cut from real packages where something defined in another file of the package is used."""

from __future__ import annotations

import ast
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = ("call", "attribute", "arguments")
_MAX_LINE = 90
_MIN_NAME = 4
# A name that more files define than this says little about which definition is needed.
_MAX_FILES = 3
# Names that values of built-in types have as well, whoever else defines them.
_BUILT_IN = frozenset(
    name
    for kind in (str, bytes, list, dict, set, tuple, int, re.Match, re.Pattern, io.StringIO, Path)
    for name in dir(kind)
)


@dataclass(frozen=True, slots=True)
class CrossFileHole:
    """A cursor at ``offset`` of ``path`` in a package; ``middle`` is the rest of the line.

    ``needed`` is the name whose definition, in another file, says what to write.
    """

    kind: str
    path: str
    before: str
    middle: str
    after: str
    needed: str

    @property
    def is_new(self) -> bool:
        """True if the name is not used, or defined, within 40 lines of the cursor."""
        above = "\n".join(self.before.split("\n")[-40:])
        below = "\n".join(self.after.split("\n")[:20])
        return self.kind == "arguments" or self.needed not in above + below


def cut(package: Path, count: int, seed: int) -> list[CrossFileHole]:
    """``count`` holes of each kind from the package in the folder ``package``."""
    chance = random.Random(seed)
    modules = {path: _parsed(path) for path in sorted(package.rglob("*.py"))}
    trees = {path: tree for path, tree in modules.items() if tree is not None}
    defined = {path: _defined(tree) for path, tree in trees.items()}
    files = Counter(name for names in defined.values() for name in names)
    telling = {name for name, count in files.items() if count <= _MAX_FILES} - _BUILT_IN
    pool: dict[str, list[CrossFileHole]] = {kind: [] for kind in KINDS}
    for path, tree in trees.items():
        foreign = telling - defined[path]
        for hole in _holes(path, package, tree, foreign):
            pool[hole.kind].append(hole)
    return [h for kind in KINDS for h in chance.sample(pool[kind], min(count, len(pool[kind])))]


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return None


def _defined(tree: ast.Module) -> set[str]:
    """Names of functions, classes, methods, class fields and attributes of ``self``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute):
                    found.add(target.attr)
                elif isinstance(target, ast.Name) and node.col_offset in (0, 4):
                    found.add(target.id)
    return found


def _holes(
    path: Path, package: Path, tree: ast.Module, foreign: set[str]
) -> Iterator[CrossFileHole]:
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    own, outside = _imported(tree, package.name)
    imported = own & foreign
    seen: set[int] = set()
    for statement in _statements(tree):
        if statement.lineno != statement.end_lineno or statement.lineno in seen:
            continue
        line = lines[statement.lineno - 1]
        if not line.isascii() or len(line) > _MAX_LINE or "  #" in line:
            continue
        for kind, column, needed in _places(statement, imported, foreign, outside):
            seen.add(statement.lineno)
            offset = starts[statement.lineno - 1] + column
            end = starts[statement.lineno] - 1
            name = path.relative_to(package.parent).as_posix()
            middle = source[offset:end]
            yield CrossFileHole(kind, name, source[:offset], middle, source[end:], needed)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                if isinstance(inner, (ast.Expr, ast.Assign, ast.Return, ast.AnnAssign)):
                    yield inner


def _places(
    statement: ast.stmt, imported: set[str], foreign: set[str], outside: set[str]
) -> Iterator[tuple[str, int, str]]:
    """Kind, column and needed name of every place to cut a statement."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            name = _callee(node, imported, foreign, outside)
            end = node.func.end_col_offset
            if not name or end is None:
                continue
            if isinstance(node.func, ast.Name):
                yield "call", node.func.col_offset, name
            if node.args or node.keywords:
                yield "arguments", end + 1, name
        elif isinstance(node, ast.Attribute) and _is_foreign(node, foreign, outside):
            yield "attribute", (node.end_col_offset or 0) - len(node.attr), node.attr


def _callee(node: ast.Call, imported: set[str], foreign: set[str], outside: set[str]) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id if node.func.id in imported else ""
    if isinstance(node.func, ast.Attribute) and _is_foreign(node.func, foreign, outside):
        return node.func.attr
    return ""


def _is_foreign(node: ast.Attribute, foreign: set[str], outside: set[str]) -> bool:
    """True for a name behind a dot that only other files of the package define."""
    root = _root(node)
    if not root or root in outside:
        return False
    return node.attr in foreign and len(node.attr) >= _MIN_NAME


def _imported(tree: ast.Module, package: str) -> tuple[set[str], set[str]]:
    """Names that a module has from its own package, and those that it has from elsewhere."""
    own: set[str] = set()
    outside: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            is_own = node.level > 0 or (node.module or "").split(".")[0] == package
            found = own if is_own else outside
            found.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                is_own = alias.name.split(".")[0] == package
                found = own if is_own else outside
                found.add(alias.asname or alias.name.split(".")[0])
    return own, outside | _made_outside(tree, outside)


def _made_outside(tree: ast.Module, outside: set[str]) -> set[str]:
    """Names of values that other packages make, as in ``logger = logging.getLogger()``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if _root(node.value.func) in outside:
                found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.arg) and isinstance(node.annotation, ast.Attribute):
            found.update({node.arg} if _root(node.annotation) in outside else ())
    return found


def _root(node: ast.expr) -> str:
    """The name that an expression of attributes begins with, "" for others."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
