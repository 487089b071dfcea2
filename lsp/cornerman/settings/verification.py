"""The user's own command that an edit must pass, such as a test run.

It is read from the user's configuration folder only, by project: neither a workspace nor an
editor's settings, which a workspace may bring along, can make Cornerman run anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cornerman.core.actions import Check
from cornerman.core.errors import BadInputError
from cornerman.core.uris import path_of
from cornerman.paths import config_dir

FILE = "verify.json"
_NAME = "verify command"
# What a command hardly needs and what takes long to copy.
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", "target"
)


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    command: list[str] = Field(min_length=1)
    seconds: float = Field(default=60.0, gt=0, le=3600)


_Projects = TypeAdapter(dict[str, _Command])


@dataclass(frozen=True, slots=True)
class Verification:
    """A command for the files of one project folder, with its time limit."""

    folder: Path
    command: tuple[str, ...]
    seconds: float

    async def check(self, uri: str, text: str) -> Check:
        """Run the command in a scratch copy of the project in which ``uri`` holds ``text``."""
        with tempfile.TemporaryDirectory(prefix="cornerman-verify-") as scratch:
            copy = Path(scratch) / self.folder.name
            await asyncio.to_thread(_copy, self.folder, copy, path_of(uri), text)
            try:
                code = await self._run(copy)
            except OSError:
                return Check(_NAME, passed=False, detail="Your verify command cannot be started.")
        if code is None:
            detail = f"Your verify command took longer than {self.seconds:.0f} seconds."
            return Check(_NAME, passed=False, detail=detail)
        outcome = "passes" if code == 0 else f"fails with exit code {code}"
        return Check(_NAME, passed=code == 0, detail=f"Your verify command {outcome}.")

    async def _run(self, folder: Path) -> int | None:
        """The exit code; None when the time is up."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return await asyncio.wait_for(process.wait(), self.seconds)
        except asyncio.TimeoutError:
            return None
        finally:
            _end(process)
            await process.wait()


def verification_for(uri: str) -> Verification | None:
    """The command for a file, of the innermost project folder that has one; None without.

    Raises:
        BadInputError: the file with the commands is not sound.
    """
    path = config_dir() / FILE
    file = path_of(uri)
    if file is None or not path.is_file():
        return None
    try:
        projects = _Projects.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInputError(
            f'{path} must look like {{"/path/of/project": {{"command": ["pytest", "-q"]}}}}.'
        ) from error
    folders = {Path(name).expanduser(): command for name, command in projects.items()}
    around = [folder for folder in folders if folder in file.parents]
    if not around:
        return None
    folder = max(around, key=lambda one: len(one.parts))
    return Verification(folder, tuple(folders[folder].command), folders[folder].seconds)


def _end(process: asyncio.subprocess.Process) -> None:
    """End the command and, where there are process groups, what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _copy(folder: Path, copy: Path, file: Path | None, text: str) -> None:
    shutil.copytree(folder, copy, ignore=_LEFT_OUT, symlinks=True)
    if file is not None:
        (copy / file.relative_to(folder)).write_bytes(text.encode("utf-8"))
