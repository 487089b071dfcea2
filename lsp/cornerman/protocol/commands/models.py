"""``cornerman.models`` and ``cornerman.pull``: what models there are, and fetching one."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.core.models import ModelOffer, PullProgress
from cornerman.protocol.commands.arguments import Arguments, valid
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.progress import WorkProgress

MODELS_COMMAND = "cornerman.models"
PULL_COMMAND = "cornerman.pull"


class _Pull(Arguments):
    model: str | None = None
    work_done_token: int | str | None = None


async def models(ls: CornermanServer, _: Sequence[object]) -> dict[str, object]:
    """``cornerman.models``: every known model, and how it goes with this machine."""
    found = await ls.session.models()
    return {"models": [_as_json(offer) for offer in found]}


async def pull(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.pull``: fetch a model; without ``model`` the one recommended here.

    What a cancelled download has fetched is kept, and the next one continues it.
    """
    sentence = f"{PULL_COMMAND} takes at most one object with model."
    wanted = valid(_Pull, arguments[0] if arguments else {}, sentence)
    title = "Fetching a model"
    async with ls.progresses.show(ls, title, wanted.work_done_token) as progress:
        pulled = await ls.session.pull(wanted.model, lambda news: _report(progress, news))
    return {"model": pulled.model, "path": pulled.path}


def _report(progress: WorkProgress, news: PullProgress) -> None:
    if not news.total:
        progress.report(f"{news.model}: {news.stage}", 0)
        return
    done, total = news.done / 1e6, news.total / 1e6
    message = f"{news.model}: {done:,.0f} of {total:,.0f} MB ({news.stage})"
    progress.report(message, 100 * news.done // news.total)


def _as_json(offer: ModelOffer) -> dict[str, object]:
    return {
        "name": offer.name,
        "title": offer.title,
        "roles": list(offer.roles),
        "sizeBytes": offer.size_bytes,
        "memoryBytes": offer.memory_bytes,
        "installed": offer.installed,
        "fit": offer.fit.value,
        "speed": offer.speed,
        "license": offer.license,
        "licenseNote": offer.license_note,
        "recommended": offer.recommended,
        "inUse": offer.in_use,
    }
