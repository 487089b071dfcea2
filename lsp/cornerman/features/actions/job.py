"""What one action works on, and a change it might make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cornerman.context.targets import Target, TargetKind
from cornerman.core.actions import ActionKind, ActionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError


@dataclass(frozen=True)
class Job:
    """A request and the code it is about. Nothing but ``target`` is ever replaced."""

    request: ActionRequest
    target: Target

    @property
    def snapshot(self) -> DocumentSnapshot:
        """The document as it was when the action was asked for."""
        return self.request.snapshot

    @property
    def kind(self) -> ActionKind:
        """Which action."""
        return self.request.kind

    @property
    def is_python(self) -> bool:
        """Whether the checks for Python apply."""
        return self.snapshot.language_id == "python"

    @property
    def is_function(self) -> bool:
        """Whether the code is one function."""
        return self.target.kind is TargetKind.FUNCTION

    @cached_property
    def indent(self) -> str:
        """The white space that the first line of the target starts with."""
        text, start = self.snapshot.text, self.target.start
        line = self.snapshot.index.line_start(self.snapshot.index.line_of(start))
        return text[line:start]

    @cached_property
    def code(self) -> str:
        """The target as it would stand at the margin, its line ends being line feeds."""
        code = self.target.code(self.snapshot).replace("\r\n", "\n").replace("\r", "\n")
        first, *rest = code.split("\n")
        if all(not line.strip() or line.startswith(self.indent) for line in rest):
            rest = [line.removeprefix(self.indent) for line in rest]
        return "\n".join([first, *rest])

    def check_size(self, max_lines: int) -> None:
        """Raises ``BadInputError`` if the target has more lines than that."""
        lines = self.code.count("\n") + 1
        if lines > max_lines:
            raise BadInputError(
                f"This is {lines} lines long; select at most {max_lines}, or raise the setting "
                "actions.max_lines."
            )

    def placed(self, code: str) -> str:
        """``code`` from the margin as it would stand in the place of the target."""
        lines = code.split("\n")
        rest = [self.indent + line if line.strip() else line for line in lines[1:]]
        return self.line_end.join([lines[0], *rest])

    @cached_property
    def line_end(self) -> str:
        """What ends the lines of the document."""
        end = self.snapshot.index.line_end(0)
        following = self.snapshot.text[end : end + 2]
        return following if following == "\r\n" else following[:1] or "\n"

    def changed_to(self, placed: str) -> Change:
        """The change that puts ``placed`` where the target is."""
        return Change(self, placed)


@dataclass(frozen=True)
class Change:
    """A job's target replaced by ``text``, which stands as it would in the document."""

    job: Job
    text: str

    @cached_property
    def after(self) -> DocumentSnapshot:
        """The whole document with the change made."""
        target, before = self.job.target, self.job.snapshot
        return before.replace(target.start, target.end, self.text, before.version + 1)

    @property
    def old(self) -> str:
        """The target's text before the change."""
        return self.job.target.code(self.job.snapshot)

    @property
    def is_empty(self) -> bool:
        """True if nothing but white space at the ends of lines would change."""
        old, new = self.old.splitlines(), self.text.splitlines()
        return [line.rstrip() for line in old] == [line.rstrip() for line in new]
