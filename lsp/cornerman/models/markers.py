"""What files looked like when their hashes were last computed, to save computing them again."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

_FOLDER_MARKER = ".verified"


class Marker(BaseModel):
    """What a file looked like when it was found to be right. It lies next to the file."""

    model_config = ConfigDict(frozen=True)

    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path, sha256: str) -> Marker:
        """The present look of ``path``."""
        stat = path.stat()
        return cls(size=stat.st_size, mtime_ns=stat.st_mtime_ns, sha256=sha256)


class _Folder(BaseModel):
    files: dict[str, Marker]


def marker_path(path: Path) -> Path:
    """Where the marker of a file lies."""
    return path.with_name(path.name + ".verified")


def read_marker(path: Path) -> Marker | None:
    """What is remembered of a file."""
    try:
        return Marker.model_validate_json(marker_path(path).read_bytes())
    except (OSError, ValidationError):
        return None


def write_marker(path: Path, marker: Marker) -> None:
    """Remember a check; a folder that cannot be written only costs the next check its time."""
    try:
        marker_path(path).write_text(marker.model_dump_json(), "utf-8")
    except OSError:
        return


def read_folder(folder: Path) -> dict[str, Marker] | None:
    """What is remembered of the files of a model folder; None if it was never whole."""
    try:
        return _Folder.model_validate_json((folder / _FOLDER_MARKER).read_bytes()).files
    except (OSError, ValidationError):
        return None


def write_folder(folder: Path, hashes: dict[str, str]) -> None:
    """Remember that a model folder is whole."""
    files = {name: Marker.of(folder / name, sha256) for name, sha256 in hashes.items()}
    (folder / _FOLDER_MARKER).write_text(_Folder(files=files).model_dump_json(), "utf-8")


def is_whole(folder: Path) -> bool:
    """Whether every file of a model folder is there and looks as it did."""
    files = read_folder(folder)
    try:
        return files is not None and all(
            Marker.of(folder / name, known.sha256) == known for name, known in files.items()
        )
    except OSError:
        return False
