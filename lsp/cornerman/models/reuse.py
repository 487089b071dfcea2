"""Model files that other programs of this user keep: taken from there instead of downloaded."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from glob import escape
from pathlib import Path, PurePosixPath

from cornerman.models.hashing import sha256_of
from cornerman.models.pins import Pin
from cornerman.models.progress import Progress, Report
from cornerman.models.spec import GgufFile, HubSource

_SHA256 = re.compile("[0-9a-f]{64}")


def take_file(form: GgufFile, expected: Pin, target: Path, report: Report) -> bool:
    """Put a copy of the file at ``target`` if another program has it; False when none does.

    The copy costs no space where the disk can link files.
    """
    size = expected.size_bytes

    def told(done: int) -> None:
        report(Progress(done, size, "checking a copy found on this machine"))

    for path in candidates(form, expected):
        try:
            if path.stat().st_size != size or sha256_of(path, told) != expected.sha256:
                continue
            link_or_copy(path.resolve(), target)
        except OSError:
            target.unlink(missing_ok=True)
            continue
        return True
    return False


def known_to_hub(form: GgufFile) -> Pin | None:
    """What the cache of the Hugging Face libraries says a file is: it names large ones by hash."""
    for source in _hub_sources(form):
        for path in sorted(_repository(source).glob(f"snapshots/*/{escape(source.file)}")):
            blob = path.resolve()
            if _SHA256.fullmatch(blob.name):
                return Pin(size_bytes=blob.stat().st_size, sha256=blob.name)
    return None


def candidates(form: GgufFile, expected: Pin) -> Iterator[Path]:
    """Where other programs would have the file, as far as such files exist."""
    blobs = (
        ollama_folder() / "blobs" / f"sha256-{expected.sha256}",
        *(_repository(source) / "blobs" / expected.sha256 for source in _hub_sources(form)),
    )
    yield from (path for path in blobs if path.is_file())
    names = {form.filename, *(PurePosixPath(source.file).name for source in _hub_sources(form))}
    for folder in lm_studio_folders():
        for name in sorted(names):
            yield from sorted(folder.glob(f"*/*/{escape(name)}"))


def hub_folder() -> Path:
    """The cache of the Hugging Face libraries."""
    cache = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if cache:
        return Path(cache).expanduser()
    home = os.environ.get("HF_HOME")
    return (Path(home).expanduser() if home else Path.home() / ".cache" / "huggingface") / "hub"


def ollama_folder() -> Path:
    """Where Ollama keeps models."""
    chosen = os.environ.get("OLLAMA_MODELS")
    return Path(chosen).expanduser() if chosen else Path.home() / ".ollama" / "models"


def lm_studio_folders() -> tuple[Path, ...]:
    """Where LM Studio keeps models, now and in former versions."""
    home = Path.home()
    return home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"


def _hub_sources(form: GgufFile) -> list[HubSource]:
    return [source for source in form.sources if isinstance(source, HubSource)]


def _repository(source: HubSource) -> Path:
    return hub_folder() / f"models--{source.repo.replace('/', '--')}"


def link_or_copy(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``, or a copy where links cannot be.

    Raises:
        OSError: neither can be.
    """
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
