"""Models that a user brings along: a file or folder of theirs, or a repository of the Hub."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from cornerman.core.errors import BadInputError, DownloadError
from cornerman.models import catalog, local, offline, own
from cornerman.models.families import FAMILIES
from cornerman.models.spec import GgufFile, HubSource, MlxFolder, ModelSpec

_QUANTIZATIONS = ("q4_k_m", "q4_0", "q4_1", "q4", "q5_k_m", "q8_0")
"""Of several files of a repository the first of these is taken: the usual one at four bits."""

_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$|^mmproj", re.IGNORECASE)


def describe(source: str, name: str = "", family: str = "") -> ModelSpec:
    """The entry of a model at ``source``: a path, ``OWNER/REPO`` or ``OWNER/REPO/FILE.gguf``.

    Raises:
        BadInputError: it is nothing that can be used; the text says what could be.
        ModelMissingError: the path leads nowhere.
    """
    if family and family not in FAMILIES:
        raise BadInputError(f"There is no family {family!r}; choose of: {', '.join(FAMILIES)}.")
    path = Path(source).expanduser()
    if path.exists() or path.is_absolute():
        return local.describe(path.resolve(), name, family)
    return _of_hub(source, name, family)


def add(spec: ModelSpec) -> None:
    """Put a model into the user's catalogue.

    Raises:
        BadInputError: one of the built-in models is called so, or the file cannot be written.
    """
    known = catalog.catalog().get(spec.name)
    if known is not None and known.name not in {entry.name for entry in own.entries()[0]}:
        raise BadInputError(f"There is a model {spec.name} already; choose another with --name.")
    own.add(spec)


def _of_hub(source: str, name: str, family: str) -> ModelSpec:
    from cornerman.models import hub

    owner, _, rest = source.partition("/")
    repo, _, file = rest.partition("/")
    if not owner or not repo:
        raise BadInputError(
            f"{source!r} is neither a path nor a repository; write the path of a GGUF file or MLX "
            "folder, OWNER/REPO, or OWNER/REPO/FILE.gguf."
        )
    try:
        offline.refuse()
        found = hub.files(f"{owner}/{repo}", "main")
    except DownloadError as error:
        raise BadInputError(f"{owner}/{repo} cannot be looked at: {error}.") from error
    ggufs = [one for one in found if _is_whole(one.name) and file in ("", one.name)]
    if file and not ggufs:
        raise BadInputError(f"{owner}/{repo} has no {file} that is a GGUF model in one piece.")
    size = sum(one.size_bytes or 0 for one in found if one.name.endswith(".safetensors"))
    if not ggufs and not size:
        raise BadInputError(f"{owner}/{repo} has neither a GGUF model in one piece nor an MLX one.")
    family = family or local.family_of((source, file), ())
    if not ggufs:
        form = MlxFolder(repo=f"{owner}/{repo}", size_bytes=size)
        return _entry(name or local.slug(repo), family, form)
    chosen = min(ggufs, key=lambda one: _order(one.name))
    form = GgufFile(
        filename=local.slug(chosen.name),
        size_bytes=chosen.size_bytes or 1,
        quantization="unknown",
        sha256=chosen.sha256,
        sources=(HubSource(repo=f"{owner}/{repo}", file=chosen.name),),
    )
    return _entry(name or local.slug(PurePosixPath(chosen.name).stem), family, form)


def _is_whole(name: str) -> bool:
    """Whether a file is a language model: no slice of one, and not what reads pictures for it."""
    return name.endswith(".gguf") and not _PART.search(name)


def _order(name: str) -> int:
    kinds = [n for n, kind in enumerate(_QUANTIZATIONS) if kind in name.lower()]
    return min(kinds, default=len(_QUANTIZATIONS))


def _entry(name: str, family: str, form: GgufFile | MlxFolder) -> ModelSpec:
    """Of a model that only its name and size are known of."""
    is_chat = any(word in name for word in ("instruct", "chat", "-it"))
    return local.entry(name, family, form, context_tokens=8192, is_chat=is_chat)
