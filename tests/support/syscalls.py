"""What processes did, from the system's point of view: files written to, and sockets."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.editors import editor

_TRACED = (
    "open,openat,creat,write,pwrite64,writev,pwritev,sendto,sendmsg,connect,bind,listen,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat"
)
_LINE = re.compile(r"\d+ +(\w+)\((.*)")
_TARGET = re.compile(r"\d+<((?:[^<>]|->)*)>")
_WRITES = ("write", "pwrite64", "writev", "pwritev", "sendto", "sendmsg")
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """A system call. ``target`` is the file, pipe or socket of its first argument, if any."""

    name: str
    arguments: str
    target: str

    @property
    def is_write(self) -> bool:
        return self.name in _WRITES

    @property
    def opened_for_writing(self) -> str | None:
        """The path that is opened, if it is opened to be changed."""
        if self.name == "creat" or (
            self.name.startswith("open") and re.search("O_WRONLY|O_RDWR|O_CREAT", self.arguments)
        ):
            found = re.search(r'"((?:[^"\\]|\\.)*)"', self.arguments)
            return found[1] if found else None
        return None


def tracer() -> Sequence[str]:
    """The command that traces a command and all that it starts; put a file's name behind it."""
    strace = shutil.which("strace") or str(editor("strace"))
    options = ("-f", "--seccomp-bpf", "-qq", "-yy", "-s", str(_LONGEST), "-e", f"trace={_TRACED}")
    return (strace, *options, "-o")


def without_network() -> Sequence[str]:
    """The command that runs a command in a network namespace that has no interface that is up."""
    command = ("unshare", "--map-root-user", "--net", "--")
    probe = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    assert probe.returncode == 0, f"Network namespaces cannot be made here: {probe.stderr}"
    return command


def calls(trace: Path) -> Iterator[Call]:
    """Every call of a trace, in order."""
    with trace.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if found := _LINE.match(line):
                target = _TARGET.match(found[2])
                yield Call(found[1], found[2], target[1] if target else "")
