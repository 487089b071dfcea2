"""How much memory a model will need, how much it may have, and how much is in use."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host.backends.base import LoadOptions
from cornerman.models.catalog import catalog
from cornerman.models.fit import alternative
from cornerman.models.gguf import Metadata
from cornerman.models.hardware import SHARE, total_memory

_MIB = 1 << 20
# The interpreter, libraries and what they compute in; measured on models of 0.1 to 0.5 billion.
_OTHER_MIB = 256
_COPIES_MIB = 128
_KV_BYTES = 2
"""Of each number in the KV cache."""


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """What a model takes, in MiB; ``kv_bytes`` is the KV cache of one token (0: not known)."""

    weights_mib: int
    kv_mib: int
    kv_bytes: int = 0

    @property
    def total_mib(self) -> int:
        """Everything without which the model cannot run."""
        return self.weights_mib + self.kv_mib + _OTHER_MIB

    @property
    def copies_mib(self) -> int:
        """What speculation takes besides: a KV cache of its own and room to compute in."""
        return self.kv_mib + _COPIES_MIB


def need_of(path: Path, metadata: Metadata, context_tokens: int) -> MemoryNeed:
    """The need of a model file or folder with a KV cache of ``context_tokens``."""
    if path.is_dir():
        size = sum(file.stat().st_size for file in path.glob("*.safetensors"))
        per_token = _kv_bytes_of_folder(path)
    else:
        size, per_token = path.stat().st_size, _kv_bytes_of_gguf(metadata)
    return MemoryNeed(_mib(size), _mib(per_token * context_tokens), per_token)


def fitted(name: str, need: MemoryNeed, options: LoadOptions, limit_mib: int) -> LoadOptions:
    """``options``, with what only makes the engine faster cut down to what ``limit_mib`` allows.

    Raises:
        EngineUnavailableError: the model cannot run within the limit.
    """
    left = limit_mib - need.total_mib
    if left < 0:
        raise EngineUnavailableError(
            f"The model {name} needs about {need.total_mib} MiB ({need.weights_mib} for its "
            f"weights, {need.kv_mib} for {options.context_tokens} tokens of context), but the "
            f"engine may use {limit_mib} MiB; {_advice(name, limit_mib)}."
        )
    # Room for at least one prompt as long as the context.
    parked = min(max(options.parked_mib, need.kv_mib), left)
    return replace(
        options,
        parked_mib=parked,
        kv_bytes_per_token=need.kv_bytes,
        speculate=options.speculate and left - parked >= need.copies_mib,
    )


def _advice(name: str, limit_mib: int) -> str:
    fitting = alternative(catalog().values(), limit_mib * _MIB, unless=name)
    if fitting is not None:
        return f"choose {fitting.name}, which fits, or raise engine.memory_limit_mib"
    return "raise engine.memory_limit_mib or lower engine.context_tokens"


def default_limit_mib() -> int:
    """A good share of this machine's memory, or of what its container may use."""
    return int(total_memory() * SHARE) // _MIB


def used_mib() -> int | None:
    """Memory of this process, shared pages once; None where the system does not tell."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/smaps_rollup").read_text("utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) // 1024
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB
    return None


def _kv_bytes_of_gguf(metadata: Metadata) -> int:
    family = metadata.get("general.architecture")

    def value(name: str) -> object:
        return metadata.get(f"{family}.{name}")

    layers, heads = _number(value("block_count")), _number(value("attention.head_count"))
    width = _number(value("embedding_length")) // max(heads, 1)
    keys = _number(value("attention.key_length")) or width
    values = _number(value("attention.value_length")) or width
    kv_heads = value("attention.head_count_kv")
    # Some models have a number of heads of its own for each layer.
    if isinstance(kv_heads, list):
        total = sum(map(_number, cast("list[object]", kv_heads)))
    else:
        total = layers * (_number(kv_heads) or heads)
    return total * (keys + values) * _KV_BYTES


def _kv_bytes_of_folder(folder: Path) -> int:
    try:
        content = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return 0
    config = cast("Mapping[str, object]", content if isinstance(content, dict) else {})
    inner = config.get("text_config")
    config = cast("Mapping[str, object]", inner if isinstance(inner, dict) else config)
    layers, heads = (
        _number(config.get("num_hidden_layers")),
        _number(config.get("num_attention_heads")),
    )
    width = _number(config.get("head_dim")) or _number(config.get("hidden_size")) // max(heads, 1)
    kv_heads = _number(config.get("num_key_value_heads")) or heads
    return layers * kv_heads * 2 * width * _KV_BYTES


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _mib(size: int) -> int:
    return -(-size // _MIB)
