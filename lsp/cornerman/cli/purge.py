"""``cornerman purge``: take everything off this machine that Cornerman has put there."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cornerman import paths
from cornerman.cli import engine
from cornerman.cli.command import Subparsers
from cornerman.core.errors import BadInputError
from cornerman.engine import endpoint
from cornerman.settings import verification

_EPILOG = """\
A folder that you chose by an environment variable may hold files of yours; they stay. So do the
settings and the list of models that you wrote, unless you say --settings.
The programs themselves are removed by what installed them: pip, uv or your editor.

examples:
  cornerman purge --dry-run        say what would be deleted
  cornerman purge                  ask, then delete
  cornerman purge --yes --settings delete at once, with your settings
"""

_CACHE = ("models", "texts")
_STATE = ("log", "index", "models.json", "speeds.json", "statistics.sqlite3")
_RUNTIME = (
    endpoint.SOCKET_NAME,
    "engine.json",
    "engine.lock",
    "launch.lock",
    "engine.out",
    "crashes",
)
_CONFIG = ("settings.toml", "models.toml", verification.FILE)
# What SQLite, an interrupted write and damage leave beside a file.
_BESIDE = ("-wal", "-shm", "-journal", ".lock", ".incomplete", ".broken")


@dataclass(frozen=True, slots=True)
class Item:
    """A file or folder to delete, and how many bytes are in it."""

    path: Path
    size: int


def add_parser(subparsers: Subparsers) -> None:
    """Add ``purge`` to the command line."""
    told = "delete models, indexes, logs and figures from this machine"
    parser = subparsers.add_parser(
        "purge",
        help=told,
        description=f"{told[0].upper()}{told[1:]}. A running engine is stopped first.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="delete nothing, only say what")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--settings", action="store_true", help="your settings as well")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say what there is, ask, delete; exits with 1 when the user says no."""
    items = list(_items(with_settings=args.settings))
    for item in items:
        sys.stdout.write(f"{item.size / 1e6:10.1f} MB  {item.path}\n")
    if not items:
        sys.stdout.write("There is nothing to delete.\n")
        return 0
    total = sum(item.size for item in items) / 1e6
    if args.dry_run:
        sys.stdout.write(f"{total:.1f} MB would be deleted.\n")
        return 0
    if not args.yes and not _agreed():
        sys.stdout.write("Nothing was deleted.\n")
        return 1
    engine.stop()
    # What a stopping engine has written since.
    for item in _items(with_settings=args.settings):
        _delete(item.path)
    for folder in _folders(with_settings=args.settings):
        _tidy(folder)
    sys.stdout.write(f"{total:.1f} MB deleted.\n")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise BadInputError("Say --yes to delete this where nobody can be asked.")
    sys.stdout.write("Delete all of this? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _folders(*, with_settings: bool) -> dict[Path, tuple[str, ...]]:
    """What Cornerman has put into which folder."""
    folders: dict[Path, tuple[str, ...]] = {
        paths.cache_dir(): _CACHE,
        paths.state_dir(): _STATE,
        paths.runtime_dir(): _RUNTIME,
    }
    if paths.runtime_dir().is_dir():
        folders[endpoint.socket_dir()] = _RUNTIME
    if with_settings:
        folders[paths.config_dir()] = _CONFIG
    return folders


def _items(*, with_settings: bool) -> Iterator[Item]:
    for folder, names in _folders(with_settings=with_settings).items():
        for name in names:
            for path in (folder / name, *(folder / (name + end) for end in _BESIDE)):
                if path.is_symlink() or path.exists():
                    yield Item(path, _size(path))


def _size(path: Path) -> int:
    """Bytes in ``path``; what a link leads to is not ours and does not count."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(_size(inner) for inner in path.iterdir())


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be deleted ({error.strerror}); delete it by hand."
        ) from error


def _tidy(folder: Path) -> None:
    """Delete a folder that is empty now; name what else is in it."""
    if not folder.is_dir() or folder.is_symlink():
        return
    left = sorted(path.name for path in folder.iterdir())
    if left:
        sys.stdout.write(f"Left in {folder}, not Cornerman's: {', '.join(left)}\n")
    else:
        folder.rmdir()
