"""``cornerman models``: what there is, what is here, and what fits this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli import quantize
from cornerman.cli.command import Subparsers
from cornerman.cli.downloading import pull_with_progress

if TYPE_CHECKING:
    from rich.table import Table

    from cornerman.core.models import ModelOffer
    from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec

_EPILOG = """\
examples:
  cornerman models list                   what there is, what is here, what fits this machine
  cornerman models pull                   fetch the model recommended for this machine
  cornerman models pull starcoder2-3b     fetch a model by name
  cornerman models add ~/my-model.gguf    use a file or folder of your own
  cornerman models path NAME              print where a model is
  cornerman models rm NAME                delete what was fetched
"""
_PULL_EPILOG = """\
A download that broke off is continued by the next pull. The files go to the user's cache folder,
or to the folder in the environment variable CORNERMAN_CACHE_DIR. A file that Ollama, LM Studio or
the Hugging Face libraries keep is used instead of downloading. HF_ENDPOINT, HF_TOKEN and the
proxy variables hold; CORNERMAN_OFFLINE=1 keeps it off the network.

examples:
  cornerman models pull
  cornerman models pull codegemma-2b --form mlx
  CORNERMAN_CACHE_DIR=/big/disk cornerman models pull qwen2.5-coder-7b-instruct
"""


_ADD_EPILOG = """\
A file or folder is used where it lies; a repository is fetched by `cornerman models pull`.

examples:
  cornerman models add ~/models/mine.gguf
  cornerman models add mlx-community/Qwen2.5-Coder-3B-4bit --name qwen-3b
"""
_EXAMPLES: dict[str, str] = dict.fromkeys(("path", "rm", "verify"), " qwen2.5-coder-0.5b-instruct")
_WIDE = 100


def add_parser(subparsers: Subparsers) -> None:
    """Add ``models`` and its actions."""
    parser = subparsers.add_parser(
        "models",
        help="list, fetch, add and remove models",
        description="List, fetch, add and remove models.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    listing = _action(actions, "list", "show the known models, and how they fit this machine")
    listing.add_argument("--installed", action="store_true", help="only those that are here")
    pull = _action(actions, "pull", "fetch a model, check it, and print where it is", _PULL_EPILOG)
    pull.add_argument("name", nargs="?", metavar="NAME", help="default: the recommended model")
    pull.add_argument("--form", choices=["gguf", "mlx"], help="default: the best for this machine")
    pull.add_argument("--force", action="store_true", help="even if it does not fit this machine")
    path = _action(actions, "path", "print where an installed model is, and nothing else")
    path.add_argument("name", metavar="NAME", help="as shown by `cornerman models list`")
    add = _action(actions, "add", "use a GGUF file, an MLX folder or a Hub repository", _ADD_EPILOG)
    add.add_argument("source", metavar="SOURCE", help="path, OWNER/REPO, or OWNER/REPO/FILE.gguf")
    add.add_argument("--name", default="", help="how to call it (default: from the source)")
    add.add_argument("--family", default="", help="if it cannot be told from the model itself")
    remove = _action(actions, "rm", "delete what was fetched of a model")
    remove.add_argument("name", metavar="NAME")
    verify = _action(actions, "verify", "compute the hashes of installed models again")
    verify.add_argument("name", nargs="?", metavar="NAME", help="default: all that are installed")
    _action(actions, "prune", "delete broken downloads and models no longer known")
    quantize.add_parser(actions)
    parser.set_defaults(run=run)


def _action(actions: Subparsers, name: str, told: str, epilog: str = "") -> argparse.ArgumentParser:
    return actions.add_parser(
        name,
        help=told,
        description=f"{told[0].upper()}{told[1:]}.",
        epilog=epilog or f"example:\n  cornerman models {name}{_EXAMPLES.get(name, '')}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(args: argparse.Namespace) -> int:
    """Do the chosen action. Data goes to stdout, progress to stderr."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "pull": _pull,
        "path": _path,
        "add": _add,
        "rm": _remove,
        "verify": _verify,
        "prune": _prune,
        "quantize": quantize.run,
    }
    return actions[args.action](args)


def _list(args: argparse.Namespace) -> int:
    from rich.console import Console

    from cornerman.models import choice, own
    from cornerman.models.hardware import free_disk, probe
    from cornerman.settings import load

    settings, _ = load([Path.cwd()])
    machine = probe()
    console = Console(highlight=False)
    console.print(
        f"{machine.chip}, {machine.cores} cores, {machine.memory_bytes / 1e9:.1f} GB of memory "
        f"({machine.limit_bytes / 1e9:.1f} GB for models), {free_disk() / 1e9:.0f} GB of disk\n",
        soft_wrap=True,
    )
    is_wide = console.width >= _WIDE
    table = _table(is_wide=is_wide)
    found = choice.offers(settings.model, settings.chat_model)
    shown = [offer for offer in found if offer.installed or not args.installed]
    for offer in shown:
        table.add_row(*_row(offer)[: None if is_wide else -1])
    console.print(table)
    notes = {offer.license: offer.license_note for offer in shown if offer.license_note}
    console.print("\n* in use   > recommended here", *notes.values(), sep="\n", soft_wrap=True)
    if own.entries()[1]:
        sys.stderr.write(f"cornerman: {own.entries()[1]}\n")
    return 0


def _table(*, is_wide: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    titles = ("NAME", "FOR", "SIZE", "MEMORY", "FIT", "HERE", "LICENCE")
    for title in titles if is_wide else titles[:-1]:
        right = title in ("SIZE", "MEMORY")
        table.add_column(title, no_wrap=True, justify="right" if right else "left")
    return table


def _row(offer: ModelOffer) -> tuple[str, ...]:
    from cornerman.core.models import Fit

    mark = "*" if offer.in_use else ">" if offer.recommended else " "
    return (
        f"{mark} {offer.name}",
        "+".join(offer.roles).replace("completion", "code"),
        f"{offer.size_bytes / 1e9:.1f} GB",
        f"{offer.memory_bytes / 1e9:.1f} GB",
        "does not" if offer.fit is Fit.NO else f"{offer.fit.value}, {offer.speed}",
        "yes" if offer.installed else "no",
        offer.license,
    )


def _pull(args: argparse.Namespace) -> int:
    from cornerman.models import choice
    from cornerman.models.catalog import find

    spec = find(args.name) if args.name else choice.recommended()
    if not args.force:
        choice.refuse_unfit(spec)
    sys.stdout.write(f"{pull_with_progress(spec, _form(spec, args.form))}\n")
    return 0


def _form(spec: ModelSpec, wanted: str | None) -> GgufFile | MlxFolder | None:
    from cornerman.core.errors import BadInputError

    if wanted is None:
        return None
    form = spec.gguf if wanted == "gguf" else spec.mlx
    if form is None:
        raise BadInputError(f"The catalogue knows no {wanted} form of {spec.name}.")
    return form


def _path(args: argparse.Namespace) -> int:
    from cornerman.models.catalog import find
    from cornerman.models.store import require

    sys.stdout.write(f"{require(find(args.name))}\n")
    return 0


def _add(args: argparse.Namespace) -> int:
    from cornerman.models import adding

    spec = adding.describe(args.source, args.name, args.family)
    adding.add(spec)
    sys.stdout.write(f"{spec.name} ({spec.family}), for {' and '.join(spec.roles)}\n")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from cornerman.models.catalog import find
    from cornerman.models.store import remove

    sys.stdout.write(f"{remove(find(args.name)) / 1e6:,.0f} MB freed\n")
    return 0


def _verify(args: argparse.Namespace) -> int:
    from cornerman.models.catalog import catalog, find
    from cornerman.models.presence import path_of
    from cornerman.models.store import verify

    known = [find(args.name)] if args.name else catalog().values()
    specs = [spec for spec in known if any(path_of(spec, form).exists() for form in spec.forms)]
    is_right = True
    for spec in specs or known if args.name else specs:
        found = verify(spec)
        is_right = is_right and found
        advice = "" if found else f"; run `cornerman models pull {spec.name}`"
        sys.stdout.write(f"{spec.name}: {'right' if found else 'damaged'}{advice}\n")
    return 0 if is_right else 1


def _prune(_: argparse.Namespace) -> int:
    from cornerman.models.store import prune

    sys.stdout.write(f"{prune() / 1e6:,.0f} MB freed\n")
    return 0
