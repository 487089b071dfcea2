"""The model: chosen, here, whole, and small enough."""

from __future__ import annotations

from collections.abc import Iterator

from cornerman.core.errors import CornermanError, ModelMissingError
from cornerman.core.models import Fit
from cornerman.doctor.finding import Finding, fail, ok, warn
from cornerman.models import choice, store
from cornerman.models.catalog import catalog
from cornerman.models.fit import alternative, judge
from cornerman.models.hardware import probe
from cornerman.models.spec import ModelSpec
from cornerman.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """The models of the settings, as far as this machine has to have them."""
    if settings.engine.url is not None:
        return
    try:
        completing = choice.resolve(settings.model)
        chatting = choice.resolve_chat(settings.chat_model, settings.model)
    except CornermanError as error:
        yield fail(
            "model",
            str(error),
            "run `cornerman settings set model auto`, or choose a model of `cornerman models list`",
            *("settings", "set", "model", "auto"),
        )
        return
    for spec in {spec.name: spec for spec in (completing, chatting)}.values():
        yield from _presence(spec)
        yield from _size(spec, settings)


def _presence(spec: ModelSpec) -> Iterator[Finding]:
    try:
        path = store.require(spec)
    except ModelMissingError as error:
        sentence, _, advice = str(error).rstrip(".").partition("; ")
        command = () if spec.is_own else ("models", "pull", spec.name)
        yield fail("model", sentence, advice, *command)
        return
    try:
        is_right = store.verify(spec)
    except OSError as error:
        yield fail("model", f"{path} cannot be read ({error.strerror})", "look at its permissions")
        return
    if is_right:
        yield ok("model", f"{spec.name}, verified, at {path}")
    else:
        fix = f"fetch it again with `cornerman models pull {spec.name}`"
        yield fail("model", f"{spec.name} is damaged", fix, "models", "pull", spec.name)


def _size(spec: ModelSpec, settings: Settings) -> Iterator[Finding]:
    machine = probe()
    limit_mib = settings.engine.memory_limit_mib
    limit = limit_mib << 20 if limit_mib is not None else machine.limit_bytes
    verdict = judge(spec, machine, settings.engine.context_tokens)
    need = f"{spec.name} needs about {verdict.memory_bytes / 1e9:.1f} GB"
    if verdict.memory_bytes > limit:
        instead = alternative(catalog().values(), limit, unless=spec.name)
        choose = f"choose {instead.name}, which fits, or " if instead else ""
        fix = f"{choose}raise engine.memory_limit_mib or lower engine.context_tokens"
        yield fail("memory", f"{need}, and the engine may use {limit / 1e9:.1f} GB", fix)
    elif verdict.fit is Fit.TIGHT:
        yield warn("memory", f"{need}, which leaves little for others", "use a smaller model")
    else:
        room = f"of {limit / 1e9:.1f} GB that the engine may use"
        yield ok("memory", f"{need} {room}; a {verdict.speed} one for this machine")
