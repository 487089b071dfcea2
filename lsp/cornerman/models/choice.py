"""Which models to use on this machine, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from cornerman.core.errors import BadInputError
from cornerman.core.models import Fit, ModelOffer
from cornerman.models import catalog, store
from cornerman.models.fit import alternative, best, form_for, judge
from cornerman.models.hardware import Machine, probe
from cornerman.models.spec import ModelSpec

AUTO = "auto"
"""In place of a model's name: the best one for this machine."""


def resolve(name: str, machine: Machine | None = None) -> ModelSpec:
    """The model for completion that a setting names.

    ``auto`` is the best of those that are installed, and while none is, the recommended one.

    Raises:
        BadInputError: there is no model of that name.
        ModelMissingError: the name is a path, and there is nothing.
    """
    if name != AUTO:
        return catalog.find(name)
    machine = machine or probe()
    return best(_installed(), machine, "completion") or recommended(machine)


def resolve_chat(name: str, completion: str, machine: Machine | None = None) -> ModelSpec:
    """The model for chat that a setting names, beside the setting for ``completion``.

    ``auto`` is the model that completes, if it can chat: the engine holds one model at a time,
    and to load another one for every question takes seconds.

    Raises:
        BadInputError: there is no model of that name.
        ModelMissingError: the name is a path, and there is nothing.
    """
    if name != AUTO:
        return catalog.find(name)
    machine = machine or probe()
    completing = resolve(completion, machine)
    if "chat" in completing.roles:
        return completing
    return best(_installed(), machine, "chat") or recommended(machine)


def recommended(machine: Machine | None = None) -> ModelSpec:
    """The model to begin with on this machine: it completes, chats, and runs well."""
    machine = machine or probe()
    known = [spec for spec in catalog.catalog().values() if not spec.is_own]
    both = [spec for spec in known if "chat" in spec.roles and spec.fim_layout != "continuation"]
    chosen = best(both, machine, "completion") or best(known, machine, "completion")
    return chosen or min(known, key=lambda spec: spec.size_bytes)


def offers(model: str = AUTO, chat_model: str = AUTO) -> list[ModelOffer]:
    """Every model as a choice for this machine; the settings say which ones are in use."""
    machine = probe()
    first, in_use = recommended(machine), _in_use(model, chat_model, machine)
    return [_offer(spec, machine, first, in_use) for spec in catalog.catalog().values()]


def refuse_unfit(spec: ModelSpec, machine: Machine | None = None) -> None:
    """Raise for a model that this machine cannot run.

    Raises:
        BadInputError: the text has both figures and names a model that runs.
    """
    machine = machine or probe()
    verdict = judge(spec, machine)
    if verdict.fit is not Fit.NO:
        return
    instead = alternative(catalog.catalog().values(), machine.limit_bytes, unless=spec.name)
    advice = f"; choose {instead.name}, which fits" if instead else ""
    raise BadInputError(
        f"The model {spec.name} needs about {verdict.memory_bytes / 1e9:.1f} GB of memory, and "
        f"{machine.limit_bytes / 1e9:.1f} GB of this machine's {machine.memory_bytes / 1e9:.1f} GB "
        f"are for models{advice}."
    )


def _installed() -> Iterable[ModelSpec]:
    return [spec for spec in catalog.catalog().values() if store.locate(spec) is not None]


def _in_use(model: str, chat_model: str, machine: Machine) -> set[str]:
    try:
        return {
            resolve(model, machine).name,
            resolve_chat(chat_model, model, machine).name,
        }
    except BadInputError:
        return set()


def _offer(spec: ModelSpec, machine: Machine, first: ModelSpec, in_use: set[str]) -> ModelOffer:
    verdict = judge(spec, machine)
    return ModelOffer(
        name=spec.name,
        title=spec.title,
        roles=spec.roles,
        size_bytes=form_for(spec, machine).size_bytes,
        memory_bytes=verdict.memory_bytes,
        installed=store.locate(spec) is not None,
        fit=verdict.fit,
        speed=verdict.speed,
        license=spec.license,
        license_note=spec.license_note,
        recommended=spec.name == first.name,
        in_use=spec.name in in_use,
    )
