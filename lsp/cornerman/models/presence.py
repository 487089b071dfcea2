"""Which models are here and whole.

A file counts as whole while it looks as it did when its hash was last computed; when it does not,
it is computed again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from cornerman import paths
from cornerman.models import markers, pins
from cornerman.models.hashing import sha256_of
from cornerman.models.markers import Marker
from cornerman.models.pins import Pin
from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec


def folder_of(spec: ModelSpec) -> Path:
    """The folder of all that is fetched for a model."""
    return paths.cache_dir() / "models" / spec.name


def path_of(spec: ModelSpec, form: GgufFile | MlxFolder) -> Path:
    """Where a form of a model is or would be."""
    if form.path is not None:
        return Path(form.path)
    return folder_of(spec) / (form.filename if isinstance(form, GgufFile) else "mlx")


def is_here(spec: ModelSpec, form: GgufFile | MlxFolder) -> bool:
    """Whether a form is here and whole.

    Cheap as long as nothing has been touched since it was last checked; otherwise it is hashed
    again, which takes a second or so. A form of the user's own only has to be there.
    """
    path = path_of(spec, form)
    try:
        if isinstance(form, MlxFolder):
            is_whole = form.path is not None or markers.is_whole(path)
            return (path / "config.json").is_file() and (is_whole or is_right(spec, form))
        if form.path is not None:
            return path.is_file()
        known = _known(spec, form)
        if known is None or path.stat().st_size != known.size_bytes:
            return False
        return markers.read_marker(path) == Marker.of(path, known.sha256) or is_right(spec, form)
    except OSError:
        return False


def is_right(spec: ModelSpec, form: GgufFile | MlxFolder) -> bool:
    """Whether a form is what it has to be, hashed whatever is remembered about it.

    Raises:
        OSError: it cannot be read.
    """
    path = path_of(spec, form)
    if form.path is not None:
        return path.exists()
    if isinstance(form, MlxFolder):
        return _is_folder_right(path)
    expected = _known(spec, form)
    found = Marker.of(path, expected.sha256 if expected else "")
    if expected is None or sha256_of(path) != expected.sha256:
        markers.marker_path(path).unlink(missing_ok=True)
        return False
    markers.write_marker(path, found)
    return True


def _is_folder_right(folder: Path) -> bool:
    hashes = {name: known.sha256 for name, known in (markers.read_folder(folder) or {}).items()}
    if not hashes or not all(
        (folder / name).is_file() and sha256_of(folder / name) == sha256
        for name, sha256 in hashes.items()
    ):
        return False
    with suppress(OSError):  # Where it cannot be remembered, the next check takes its time.
        markers.write_folder(folder, hashes)
    return True


def _known(spec: ModelSpec, form: GgufFile) -> Pin | None:
    """What the file has to be, as the catalogue or the first download says."""
    if form.sha256 is not None:
        return Pin(size_bytes=form.size_bytes, sha256=form.sha256)
    return pins.pinned(spec.name, form.filename)
