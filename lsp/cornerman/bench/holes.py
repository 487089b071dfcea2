"""Infilling problems cut from code that every machine has: the standard library."""

from __future__ import annotations

import ast
import difflib
import io
import keyword
import random
import re
import sysconfig
import tokenize
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.documents import DocumentSnapshot

MODULES = (
    *("argparse", "ast", "bisect", "calendar", "cmd", "configparser", "contextlib", "copy", "csv"),
    *("dataclasses", "difflib", "dis", "filecmp", "fnmatch", "fractions", "functools", "getopt"),
    *("gettext", "glob", "gzip", "heapq", "inspect", "ipaddress", "linecache", "mailbox"),
    *("mimetypes", "netrc", "numbers", "optparse", "pdb", "pickletools", "platform", "plistlib"),
    *("pprint", "profile", "queue", "quopri", "random", "sched", "selectors", "shelve", "shlex"),
    *("shutil", "smtplib", "socketserver", "statistics", "string", "symtable", "tarfile"),
    *("tempfile", "textwrap", "threading", "timeit", "tokenize", "trace", "traceback", "types"),
    *("urllib/parse", "urllib/request", "uuid", "warnings", "weakref", "zipapp", "zipfile"),
)
KINDS = ("line start", "after indent", "word boundary", "mid-word", "block body")


@dataclass(frozen=True, slots=True)
class Hole:
    """A cursor: the model sees ``before`` and ``after`` and should say ``middle``."""

    kind: str
    module: str
    before: str
    middle: str
    after: str

    def document(self, typed: str = "") -> tuple[DocumentSnapshot, int]:
        """The document with ``typed`` in the hole, and the offset of the cursor after it."""
        before = self.before + typed
        uri = f"file:///{self.module}.py"
        return DocumentSnapshot(uri, "python", 1, before + self.after), len(before)

    def is_filled_by(self, text: str) -> bool:
        """Whether ``text`` is what the model should say, white space at its end aside."""
        return text.rstrip() == self.middle.rstrip()

    def likeness(self, text: str) -> float:
        """How much ``text`` is like what the model should say, from 0 to 1."""
        return difflib.SequenceMatcher(None, text.rstrip(), self.middle.rstrip()).ratio()


def cut_holes(count: int, seed: int = 7) -> list[Hole]:
    """``count`` holes of each kind, the same ones for the same seed and Python version."""
    chance = random.Random(seed)  # noqa: S311  # a sample, not a secret
    pool: dict[str, list[Hole]] = {kind: [] for kind in KINDS}
    for module in MODULES:
        path = Path(sysconfig.get_path("stdlib"), f"{module}.py")
        if path.is_file():
            for hole in _of_module(module, path.read_text(encoding="utf-8"), chance):
                pool[hole.kind].append(hole)
    return [
        hole for kind in KINDS for hole in chance.sample(pool[kind], min(count, len(pool[kind])))
    ]


def _of_module(module: str, source: str, chance: random.Random) -> list[Hole]:
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    prose = _prose_lines(source)
    functions = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and 8 <= _end(node) - node.lineno <= 60
    ]
    chance.shuffle(functions)
    holes: list[Hole] = []
    for function in functions[:3]:
        candidates = [
            number
            for number in range(function.lineno + 3, _end(function) - 1)
            if number not in prose and 16 <= len(lines[number - 1].strip()) <= 60
        ]
        if candidates:
            holes += _of_line(module, lines, chance.choice(candidates), chance)
        holes += _of_body(module, lines, function)
    return holes


def _of_line(module: str, lines: list[str], number: int, chance: random.Random) -> list[Hole]:
    line = lines[number - 1].rstrip("\n")
    indent = len(line) - len(line.lstrip())
    columns = {"line start": 0, "after indent": indent}
    words = [
        word
        for word in re.finditer(r"[A-Za-z_]\w{4,}", line)
        if word.start() >= indent + 4 and not keyword.iskeyword(word.group())
    ]
    if words:
        word = chance.choice(words)
        columns["mid-word"] = chance.randrange(word.start() + 2, word.end() - 1)
    boundaries = [at for at in range(indent + 4, len(line) - 4) if line[at - 1] in "(.,=[ "]
    if boundaries:
        columns["word boundary"] = chance.choice(boundaries)
    before, after = "".join(lines[: number - 1]), "\n" + "".join(lines[number:])
    return [
        Hole(kind, module, before + line[:column], line[column:], after)
        for kind, column in columns.items()
    ]


def _of_body(module: str, lines: list[str], function: ast.FunctionDef) -> list[Hole]:
    """The body after the docstring, if it is short enough to be guessed."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body or _end(body[-1]) - body[0].lineno > 8:
        return []
    first, last = body[0].lineno, _end(body[-1])
    text = "".join(lines[first - 1 : last]).rstrip("\n")
    indent = len(text) - len(text.lstrip())
    before = "".join(lines[: first - 1]) + text[:indent]
    return [Hole("block body", module, before, text[indent:], "\n" + "".join(lines[last:]))]


def _prose_lines(source: str) -> set[int]:
    """Lines with comments or strings of several lines, where nothing is to be guessed."""
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_long_string = token.type == tokenize.STRING and token.start[0] != token.end[0]
        if token.type == tokenize.COMMENT or is_long_string:
            found.update(range(token.start[0], token.end[0] + 1))
    return found


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno
