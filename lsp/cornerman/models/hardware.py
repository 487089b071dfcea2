"""What this machine has to run models with."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cornerman import paths

SHARE = 0.6
"""Of the memory, what the engine may use: the editor and the compiler need some as well."""

_GB = 1_000_000_000
_PROBE_SECONDS = 5.0
# What one core of a usual processor reads from memory, and where its memory ends that.
_CORE_BANDWIDTH, _CPU_BANDWIDTH = 12 * _GB, 48 * _GB
# Bytes a second between memory and chip, as the maker states them, by the name of the chip.
_APPLE_BANDWIDTH = {
    "M1": 68, "M1 Pro": 200, "M1 Max": 400, "M1 Ultra": 800,
    "M2": 100, "M2 Pro": 200, "M2 Max": 400, "M2 Ultra": 800,
    "M3": 100, "M3 Pro": 150, "M3 Max": 400, "M3 Ultra": 819,
    "M4": 120, "M4 Pro": 273, "M4 Max": 546,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as a place for models. Memory in bytes, bandwidth in bytes a second.

    ``memory_bytes`` is what programs of this user may use in all, a container's limit included.
    On Apple silicon the processor and the graphics share it. ``available_bytes`` is what other
    programs leave of it, as far as the system tells. ``video_bytes`` is the memory of a
    graphics card of its own; the engine does not use one, a remote server may.
    """

    chip: str
    is_apple: bool
    cores: int
    memory_bytes: int
    available_bytes: int
    bandwidth: int
    video_bytes: int = 0

    @property
    def limit_bytes(self) -> int:
        """What the engine may use, unless its settings say otherwise."""
        return int(self.memory_bytes * SHARE)


def probe() -> Machine:
    """This machine, as it is now."""
    chip, cores = _chip(), _cores()
    is_apple = sys.platform == "darwin" and platform.machine() == "arm64"
    total = total_memory()
    bandwidth = _apple_bandwidth(chip) if is_apple else min(cores * _CORE_BANDWIDTH, _CPU_BANDWIDTH)
    return Machine(
        chip, is_apple, cores, total, min(_available(total), total), bandwidth, _video_memory()
    )


def free_disk() -> int:
    """Free bytes where models are kept, or would be."""
    folder = paths.cache_dir()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def total_memory() -> int:
    """Bytes of memory of this machine, or of what its container may use."""
    totals: list[int] = []
    for limit in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            totals.append(int(Path("/sys/fs/cgroup", limit).read_text("utf-8")))
    if sys.platform == "win32":
        totals.append(_windows_memory())
    else:
        totals.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(totals)


def _available(total: int) -> int:
    """What other programs leave; all of it where the system does not tell."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return total


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _chip() -> str:
    if sys.platform == "darwin":
        return _output_of("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    with suppress(OSError):
        names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
        if names:
            return str(names[0]).strip()
    return platform.processor() or platform.machine()


def _apple_bandwidth(chip: str) -> int:
    """By the longest name that the chip's contains; a chip too new to be known is no slower."""
    known = [name for name in _APPLE_BANDWIDTH if re.search(rf"\b{name}\b", chip)]
    return _APPLE_BANDWIDTH[max(known, key=len)] * _GB if known else 120 * _GB


@cache
def _video_memory() -> int:
    query = ("--query-gpu=memory.total", "--format=csv,noheader,nounits")
    answer = _output_of("nvidia-smi", *query)
    return sum(int(line) for line in answer.split() if line.isdecimal()) << 20


def _output_of(program: str, *arguments: str) -> str:
    """What a program of the system prints; empty when it is not there or fails."""
    found = shutil.which(program)
    if found is None:
        return ""
    try:
        done = subprocess.run(
            (found, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _windows_memory() -> int:
    import ctypes

    kibibytes = ctypes.c_ulonglong()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (exists on Windows only)
    kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kibibytes))
    return kibibytes.value * 1024
