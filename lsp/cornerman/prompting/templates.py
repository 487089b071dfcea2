"""Prompt templates: one Markdown file a task, under ``prompts/`` or in a folder of the user's.

A file declares its variables and has a system part, any number of examples and a user part:

    variables: language, code

    # system
    ...
    # example
    a question
    # answer
    what the model should say to it
    # user
    ... {{ code }} ...

Variables stand in the user part only, so that everything before it is the same for each request
of a task and stays in the engine's KV cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

from cornerman.core.errors import BadInputError
from cornerman.core.generation import Message

_VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}")
_DECLARATION = "variables:"
_ROLES = {"system": "system", "example": "user", "answer": "assistant", "user": "user"}
_HEADING = re.compile(r"# (\w+)")
# What may stand behind each part.
_NEXT = {
    "": {"system"},
    "system": {"example", "user"},
    "example": {"answer"},
    "answer": {"example", "user"},
}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template. Variables are filled in once: what they hold is never expanded."""

    task: str
    variables: frozenset[str]
    messages: tuple[Message, ...]

    def render(self, **values: str) -> tuple[Message, ...]:
        """The conversation with every variable filled in.

        Raises:
            BadInputError: a declared variable is missing, or an undeclared one was given.
        """
        if wrong := self.variables ^ values.keys():
            names = ", ".join(sorted(wrong))
            raise BadInputError(f"Prompt {self.task!r}: missing or unknown variables: {names}.")
        *fixed, user = self.messages
        content = _VARIABLE.sub(lambda match: values[match[1]], user.content)
        return (*fixed, Message("user", content))


def parse(task: str, text: str, where: str = "") -> Template:
    """A template from its file's text; ``where`` names the file in errors.

    Raises:
        BadInputError: a part is missing or out of place, or declared and used variables differ;
            the text names the line.
    """
    where = where or f"Prompt {task!r}"
    lines = text.split("\n")
    if not lines[0].startswith(_DECLARATION):
        raise BadInputError(f"{where}, line 1: must start with '{_DECLARATION}'.")
    names = lines[0].removeprefix(_DECLARATION).split(",")
    declared = frozenset(name.strip() for name in names if name.strip())
    parts = _parts(lines, where)
    used = _used(lines, parts[-1].first, declared, where)
    if missing := declared - used:
        raise BadInputError(f"{where}, line 1: the user part lacks {', '.join(sorted(missing))}.")
    return Template(task, declared, tuple(part.message(lines) for part in parts))


@dataclass(slots=True)
class _Part:
    name: str
    first: int
    end: int = 0

    def message(self, lines: list[str]) -> Message:
        return Message(_ROLES[self.name], "\n".join(lines[self.first : self.end]).strip())


def _parts(lines: list[str], where: str) -> list[_Part]:
    parts: list[_Part] = []
    former = ""
    for number, line in enumerate(lines[1:], 2):
        match = _HEADING.fullmatch(line)
        if match is None or match[1] not in _ROLES:
            if not parts and line.strip():
                raise BadInputError(f"{where}, line {number}: '# system' must come first.")
            continue
        if match[1] not in _NEXT.get(former, set[str]()):
            raise BadInputError(f"{where}, line {number}: '{line}' is out of place.")
        former = match[1]
        if parts:
            parts[-1].end = number - 1
        parts.append(_Part(former, number))
    if former != "user":
        raise BadInputError(f"{where}, line {len(lines)}: '# user' must come at the end.")
    parts[-1].end = len(lines)
    return parts


def _used(lines: list[str], user: int, declared: frozenset[str], where: str) -> frozenset[str]:
    """The variables in the lines from index ``user`` on; none may stand anywhere else."""
    used: set[str] = set()
    for number, line in enumerate(lines, 1):
        for name in _VARIABLE.findall(line):
            if number <= user:
                raise BadInputError(f"{where}, line {number}: variables belong to the user part.")
            if name not in declared:
                raise BadInputError(f"{where}, line {number}: {name!r} is not declared in line 1.")
            used.add(name)
    return frozenset(used)


def load(task: str, own: Path | None = None) -> Template:
    """The template ``<task>.md`` of the user's folder ``own`` if it has one, else the shipped one.

    Raises:
        BadInputError: the user's template is not sound, or asks for other variables.
    """
    shipped = _shipped(task)
    path = own / f"{task}.md" if own is not None else None
    if path is None or not path.is_file():
        return shipped
    try:
        template = parse(task, path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"{path} cannot be read as UTF-8 text; correct or remove it."
        ) from error
    if unknown := template.variables - shipped.variables:
        known = ", ".join(sorted(shipped.variables))
        raise BadInputError(
            f"{path}, line 1: there is no {', '.join(sorted(unknown))}; there is: {known}."
        )
    # It may do without some of them.
    return replace(template, variables=shipped.variables)


@cache
def _shipped(task: str) -> Template:
    return parse(task, (folder() / f"{task}.md").read_text(encoding="utf-8"))


def folder() -> Path:
    """Where the shipped templates are: in the installed package, or beside the sources."""
    packaged = Path(str(resources.files("cornerman"))) / "prompts"
    return packaged if packaged.is_dir() else packaged.parents[2] / "prompts"
