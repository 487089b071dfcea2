"""Model files on this machine: finding, fetching and removing them.

Layout: ``<cache>/models/<name>/<filename>`` for a GGUF file, ``<cache>/models/<name>/mlx/`` for an
MLX folder. Next to a whole file lies ``.verified``, which says what it looked like when its hash
was last computed; next to one that is being fetched lies ``.incomplete``, always a prefix of the
file, so any source can continue where another broke off.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cornerman import paths
from cornerman.core.errors import BadInputError, DownloadError, ModelMissingError
from cornerman.models import own, pins
from cornerman.models.catalog import catalog
from cornerman.models.presence import folder_of, is_here, is_right, path_of
from cornerman.models.progress import Progress, Report
from cornerman.models.space import NoSpaceError
from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec

_LOCK = ".lock"


def present(spec: ModelSpec) -> list[Path]:
    """The forms of a model that are here and whole: a GGUF file, an MLX folder, or both."""
    return [path_of(spec, form) for form in spec.forms if is_here(spec, form)]


def locate(spec: ModelSpec) -> Path | None:
    """A form of the model that is here and whole, else None."""
    return next(iter(present(spec)), None)


def require(spec: ModelSpec) -> Path:
    """A form of the model that is here.

    Raises:
        ModelMissingError: there is none, or not the file it should be.
    """
    path = locate(spec)
    if path is not None:
        return path
    if spec.is_own:
        where = " and ".join(str(path_of(spec, form)) for form in spec.forms)
        raise ModelMissingError(
            f"The model {spec.name} is no longer at {where}; put it back, or choose another model."
        )
    state = "damaged" if any(path_of(spec, f).exists() for f in spec.forms) else "not installed"
    raise ModelMissingError(
        f"The model {spec.name} is {state}; fetch it with `cornerman models pull {spec.name}`."
    )


def verify(spec: ModelSpec) -> bool:
    """Hash what is installed whatever is remembered about it; True when all of it is right.

    Raises:
        ModelMissingError: nothing is installed.
        OSError: a file cannot be read.
    """
    if not any(path_of(spec, form).exists() for form in spec.forms):
        require(spec)
    found = [is_right(spec, form) for form in spec.forms if path_of(spec, form).exists()]
    return all(found)


def remove(spec: ModelSpec) -> int:
    """Delete what was fetched of a model; the number of bytes that this frees.

    A model of the user's own is only taken off the list: its files stay where they are.
    """
    if spec in own.entries()[0]:
        own.remove(spec.name)
    if spec.is_own:
        return 0
    pins.forget(spec.name)
    folder = folder_of(spec)
    freed = _size_of(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return freed


def prune() -> int:
    """Delete what no model of the catalogue needs: broken downloads and models no longer known.

    What is being fetched stays. Returns the number of bytes that this frees.

    Raises:
        BadInputError: the user's catalogue cannot be read, so its models would be unknown.
    """
    if problem := own.entries()[1]:
        raise BadInputError(f"{problem.rstrip('.')}; correct it, or its models would be deleted.")
    kept = {folder_of(spec).name for spec in catalog().values()}
    freed = 0
    for folder in (paths.cache_dir() / "models").glob("*"):
        if not folder.is_dir() or _is_busy(folder):
            continue
        if folder.name not in kept:
            freed += _size_of(folder)
            shutil.rmtree(folder, ignore_errors=True)
            continue
        for left in (*folder.glob("*.incomplete"), *folder.glob("*.pip")):
            freed += _size_of(left)
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return freed


def pull(spec: ModelSpec, report: Report, form: GgufFile | MlxFolder | None = None) -> Path:
    """A form of the model (the best for this machine), fetched first when it is not here.

    Where an MLX folder is best and cannot be had, the GGUF file is. A copy that another program
    keeps is used instead of downloading. Of several processes that pull at once one fetches and
    the others wait for it. What an interrupted pull has fetched is kept and continued by the next
    one.

    Raises:
        DownloadError: no source could give the file, or there is no room for it.
        BadInputError: it is a model of the user's own that is not where it was.
    """
    wanted = form or _best_form(spec)
    try:
        return _pull(spec, wanted, report)
    except NoSpaceError:
        raise
    except DownloadError:
        if form is not None or spec.gguf is None or wanted is spec.gguf:
            raise
        return _pull(spec, spec.gguf, report)


def _pull(spec: ModelSpec, wanted: GgufFile | MlxFolder, report: Report) -> Path:
    path = path_of(spec, wanted)
    if is_here(spec, wanted):
        return path
    if wanted.path is not None:
        raise BadInputError(f"The model {spec.name} is a file of yours; there is none at {path}.")
    try:
        folder_of(spec).mkdir(parents=True, exist_ok=True)
        with _alone(spec, report):
            return path if is_here(spec, wanted) else _fetch(spec, wanted, report)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise DownloadError(f"Cannot keep the model in {path.parent}: {why}.") from error


def _fetch(spec: ModelSpec, form: GgufFile | MlxFolder, report: Report) -> Path:
    # Slow to import, and only a pull needs them.
    from cornerman.models import fetch_file, fetch_folder

    if isinstance(form, GgufFile):
        return fetch_file.fetch(spec, form, path_of(spec, form), report)
    return fetch_folder.fetch(spec, form, path_of(spec, form), report)


def _best_form(spec: ModelSpec) -> GgufFile | MlxFolder:
    from cornerman.models.fit import form_for
    from cornerman.models.hardware import probe

    return form_for(spec, probe())


def _is_busy(folder: Path) -> bool:
    """Whether something is being fetched into a model's folder."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _LOCK, timeout=0):
            return False
    except Timeout:
        return True


@contextmanager
def _alone(spec: ModelSpec, report: Report) -> Generator[None]:
    """Hold the lock of this model's folder."""
    from filelock import FileLock, Timeout

    lock = folder_of(spec) / _LOCK
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(lock, timeout=0))
        except Timeout:
            report(Progress(0, 0, "waiting for another download of it"))
            held.enter_context(FileLock(lock))
        yield


def _size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
