"""Fetching a model that is a folder of a Hugging Face Hub repository."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from cornerman.core.errors import DownloadError
from cornerman.models import download, hub, markers, offline, pins, reuse
from cornerman.models.hashing import sha256_of
from cornerman.models.hub import HubFile
from cornerman.models.pins import Pin
from cornerman.models.progress import Progress, Report
from cornerman.models.space import NoSpaceError, check_space
from cornerman.models.spec import MlxFolder, ModelSpec

_TIMES = 2
# What a model folder is made of. Never code: nothing of a repository is run.
_WANTED = (".safetensors", ".json", ".jinja", ".txt", ".model")


def fetch(spec: ModelSpec, form: MlxFolder, folder: Path, report: Report) -> Path:
    """Fetch every file of the repository that a model needs, and put the folder in place.

    Files that the cache of the Hugging Face libraries holds are taken from there.

    Raises:
        DownloadError: it could not be fetched; the text is for the user.
        BadInputError: see ``pins.check``.
        OSError: the disk cannot be written.
    """
    offline.refuse_model(spec.name)
    pins.check()
    incomplete = folder.with_name(folder.name + ".incomplete")
    if folder.exists() and not incomplete.exists():
        # Something is missing from it, or nobody would have come here; the rest is still good.
        folder.rename(incomplete)
    incomplete.mkdir(exist_ok=True)
    try:
        repo, files = _listed(form, report)
        present = sum(download.length(incomplete / file.name) for file in files)
        check_space(spec.name, sum(f.size_bytes or 0 for f in files) - present, folder.parent)
        hashes = _fetch_all(spec, repo, files, incomplete, report)
    except NoSpaceError:
        raise
    except DownloadError as error:
        raise DownloadError(
            f"The model {spec.name} could not be fetched (Hugging Face Hub: {error}); check the "
            f"network or proxy and run `cornerman models pull {spec.name}` again, it continues "
            "where it was."
        ) from error
    if folder.exists():
        shutil.rmtree(folder)
    incomplete.rename(folder)
    markers.write_folder(folder, hashes)
    return folder


def _listed(form: MlxFolder, report: Report) -> tuple[str, list[HubFile]]:
    """The repository and those of its files that are of use."""
    report(Progress(0, 0, "asking the Hugging Face Hub"))
    if form.repo is None:
        raise DownloadError("the catalogue names no repository")
    files = [file for file in hub.files(form.repo, form.revision) if file.name.endswith(_WANTED)]
    if not any(file.name.endswith(".safetensors") for file in files):
        raise DownloadError("the repository has no model weights")
    return form.repo, files


def _fetch_all(
    spec: ModelSpec, repo: str, files: Sequence[HubFile], folder: Path, report: Report
) -> dict[str, str]:
    total, before = sum(file.size_bytes or 0 for file in files), 0
    hashes: dict[str, str] = {}
    for file in files:
        size, target = file.size_bytes or 0, folder / file.name
        known = pins.pinned(spec.name, file.name)
        if known is not None and not file.could_be(known.size_bytes, known.sha256):
            raise DownloadError(f"{file.name} is not what it was; remove the model to accept it")

        def told(done: int, before: int = before) -> None:
            report(Progress(before + done, total, "Hugging Face Hub"))

        found = _one(repo, file, known, target, told)
        pins.pin(spec.name, file.name, Pin(size_bytes=size, sha256=found))
        hashes[file.name] = found
        before += size
    return hashes


def _one(
    repo: str, file: HubFile, known: Pin | None, target: Path, told: Callable[[int], None]
) -> str:
    """Fetch a file; where its hash is wrong, once more from nothing. Returns its hash."""
    for _ in range(_TIMES):
        if not _from_cache(repo, file, target):
            download.fetch(file.remote, target, file.size_bytes or 0, told)
        found = sha256_of(target)
        if file.sha256 in (None, found) and (known is None or known.sha256 == found):
            return found
        target.unlink()
    raise DownloadError(f"{file.name} arrives damaged")


def _from_cache(repo: str, file: HubFile, target: Path) -> bool:
    if file.sha256 is None or target.exists():
        return False
    blobs = reuse.hub_folder() / f"models--{repo.replace('/', '--')}" / "blobs"
    try:
        reuse.link_or_copy(blobs / file.sha256, target)
    except OSError:
        return False
    return True
