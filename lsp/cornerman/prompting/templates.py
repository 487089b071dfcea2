"""Prompt templates: one Markdown file a task, under ``prompts/``.

A file starts with its declared variables and has a system and a user part:

    variables: language, code

    # system
    ...
    # user
    ... {{ code }} ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from cornerman.core.errors import BadInputError
from cornerman.core.generation import Message

_VARIABLE = re.compile(r"\{\{ *(\w+) *\}\}")
_FILE = re.compile(
    r"variables:(?P<variables>.*)\n+# system\n(?P<system>.*)\n# user\n(?P<user>.*)", re.S
)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template. Variables are filled in once: what they hold is never expanded."""

    task: str
    variables: frozenset[str]
    system: str
    user: str

    def render(self, **values: str) -> tuple[Message, ...]:
        """The conversation with every variable filled in.

        Raises:
            BadInputError: a declared variable is missing, or an undeclared one was given.
        """
        if wrong := self.variables ^ values.keys():
            names = ", ".join(sorted(wrong))
            raise BadInputError(f"Prompt {self.task!r}: missing or unknown variables: {names}.")

        def fill(part: str) -> str:
            return _VARIABLE.sub(lambda match: values[match[1]], part)

        return Message("system", fill(self.system)), Message("user", fill(self.user))


def parse(task: str, text: str) -> Template:
    """A template from its file's text.

    Raises:
        BadInputError: a part is missing, or declared and used variables differ.
    """
    match = _FILE.fullmatch(text)
    if match is None:
        raise BadInputError(
            f"Prompt {task!r} needs a line 'variables:', then '# system', then '# user'."
        )
    declared = frozenset(name.strip() for name in match["variables"].split(",") if name.strip())
    used = frozenset(_VARIABLE.findall(match["system"] + match["user"]))
    if declared != used:
        names = ", ".join(sorted(declared ^ used))
        raise BadInputError(f"Prompt {task!r}: declared and used variables differ: {names}.")
    return Template(task, declared, match["system"].strip(), match["user"].strip())


@cache
def load(task: str) -> Template:
    """The template ``prompts/<task>.md``."""
    return parse(task, (folder() / f"{task}.md").read_text(encoding="utf-8"))


def folder() -> Path:
    """Where the templates are: in the installed package, or beside the sources."""
    packaged = Path(str(resources.files("cornerman"))) / "prompts"
    return packaged if packaged.is_dir() else packaged.parents[2] / "prompts"
