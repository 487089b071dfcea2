"""The models Cornerman knows by name: those of ``catalog.toml``, and those the user has added."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from cornerman.core.errors import BadInputError
from cornerman.models import local, own
from cornerman.models.spec import Catalog, ModelSpec

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    # Installed on Python 3.10 only, so elsewhere the type checker cannot see it.
    from tomli import loads  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

__all__ = ["ModelSpec", "catalog", "find"]


def catalog() -> Mapping[str, ModelSpec]:
    """Every known model by its name, in the catalogue's order; the user's own ones win."""
    added, _ = own.entries()
    return MappingProxyType({**_built_in(), **{spec.name: spec for spec in added}})


def find(name: str) -> ModelSpec:
    """The model called ``name``, or the one that lies at ``name`` if that is an absolute path.

    Raises:
        BadInputError: there is none; the text lists the names that exist.
        ModelMissingError: there is nothing at the path.
    """
    if Path(name).is_absolute():
        return local.describe(Path(name), name)
    known = catalog()
    if name not in known:
        raise BadInputError(f"There is no model {name!r}; choose one of: {', '.join(known)}.")
    return known[name]


@cache
def _built_in() -> Mapping[str, ModelSpec]:
    text = files("cornerman.models").joinpath("catalog.toml").read_text("utf-8")
    return {spec.name: spec for spec in Catalog.model_validate(loads(text)).models}
