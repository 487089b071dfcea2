"""Tiny models with random weights, the same network as an MLX folder and as a GGUF file.

The weights are quantized to four bits for MLX and written out in full for GGUF, so both libraries
compute the same function. They are seeded by name: every machine makes the same models.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
import mlx.utils
import numpy as np
import numpy.typing as npt

from cornerman import paths
from cornerman.models.gguf import Metadata
from support.architectures import (
    ARCHITECTURES,
    CONTEXT_TOKENS,
    FAMILIES,
    FEED_FORWARD,
    HEAD,
    HEADS,
    HIDDEN,
    KV_HEADS,
    MIXTURES,
    Architecture,
)
from support.gguf import tiny_metadata
from support.tiny_gguf import write_model
from support.tokenizer_files import write_tokenizer
from support.vocabularies import VOCABULARIES

_GROUP, _BITS = 32, 4
_MADE_BY = (
    *("tiny_models", "architectures", "tiny_gguf"),
    *("vocabularies", "tokenizer_files", "gguf"),
)
Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TinyModel:
    """One network in both formats."""

    mlx: Path
    gguf: Path


def tiny_model(name: str) -> TinyModel:
    """The tiny model of an architecture; made once and kept in the cache folder."""
    return _made(name, name, tiny_metadata)


def tiny_family(name: str) -> TinyModel:
    """A tiny model of a family, with a tokenizer of its kind; kept in the cache folder, too."""
    return _made(f"family-{name}", FAMILIES[name], VOCABULARIES[name])


def _made(name: str, architecture: str, metadata: Callable[[], Metadata]) -> TinyModel:
    files = [Path(__file__).with_name(f"{name}.py") for name in _MADE_BY]
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    folder = paths.cache_dir() / "tests" / f"tiny-{version}" / name
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        _make(architecture, made, metadata())
        try:
            made.rename(folder)
        except OSError:  # another test run was quicker
            shutil.rmtree(made)
    return TinyModel(folder / "mlx", folder / "model.gguf")


def _make(name: str, folder: Path, metadata: Metadata) -> None:
    vocabulary = len(cast("list[str]", metadata["tokenizer.ggml.tokens"]))
    architecture = {**ARCHITECTURES, **MIXTURES}[name]
    config = _config(name, architecture, vocabulary)
    config["eos_token_id"] = metadata["tokenizer.ggml.eos_token_id"]
    weights = _weights(architecture, config)
    (folder / "mlx").mkdir()
    full = _write_mlx(folder / "mlx", config, weights)
    write_tokenizer(folder / "mlx", metadata)
    write_model(folder / "model.gguf", architecture, config, full, metadata)


def _config(name: str, architecture: Architecture, vocabulary: int) -> dict[str, Any]:
    return {
        "model_type": name,
        "hidden_size": HIDDEN,
        "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": architecture.layers,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS,
        "head_dim": HEAD,
        "rms_norm_eps": 1e-6,
        "norm_epsilon": 1e-6,
        "rope_theta": 10_000.0,
        "max_position_embeddings": CONTEXT_TOKENS,
        "vocab_size": vocabulary,
        "tie_word_embeddings": False,
        **architecture.config,
    }


def _weights(architecture: Architecture, config: dict[str, Any]) -> dict[str, Array]:
    """Random weights, strong enough that the output depends on the whole text."""
    module = importlib.import_module(f"mlx_lm.models.{architecture.module}")
    model = module.Model(module.ModelArgs.from_dict(config))
    flat: list[tuple[str, mx.array]] = cast("Any", mlx.utils).tree_flatten(model.parameters())
    if hasattr(model, "sanitize"):
        flat = list(model.sanitize(dict(flat)).items())
    # gemma's output layer is its embedding.
    tied = architecture.norm_offset != 0
    return {n: _random(n, a.shape) for n, a in flat if not (tied and n.startswith("lm_head"))}


def _random(name: str, shape: tuple[int, ...]) -> Array:
    noise = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(shape)
    if len(shape) > 1:
        scale = 0.05 if "embed" in name else 2.0 / shape[-1] ** 0.5
        return (noise * scale).astype(np.float32)
    return (0.1 * noise).astype(np.float32)


def _write_mlx(folder: Path, config: dict[str, Any], weights: dict[str, Array]) -> dict[str, Array]:
    """Write the folder; the weights as the library will see them."""
    stored: dict[str, mx.array] = {}
    seen: dict[str, Array] = {}
    gemma = str(config["model_type"]).startswith("gemma")
    for name, weight in weights.items():
        if weight.ndim == 1:
            # Norms are about one; gemma's are stored less one.
            about = 1.0 if "norm" in name and name.endswith("weight") and not gemma else 0.0
            seen[name] = weight + np.float32(about)
            stored[name] = mx.array(seen[name])
            continue
        packed = mx.quantize(mx.array(weight), group_size=_GROUP, bits=_BITS)
        stem = name.removesuffix("weight")
        for part, array in zip(("weight", "scales", "biases"), packed, strict=True):
            stored[stem + part] = array
        exact = mx.dequantize(*packed, group_size=_GROUP, bits=_BITS)
        seen[name] = np.array(exact, dtype=np.float32)
    cast("Any", mx).save_safetensors(
        str(folder / "model.safetensors"), stored, metadata={"format": "mlx"}
    )
    config = {**config, "quantization": {"group_size": _GROUP, "bits": _BITS}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return seen
