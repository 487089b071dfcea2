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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import gguf
import mlx.core as mx
import mlx.utils
import numpy as np
import numpy.typing as npt

from cornerman import paths
from cornerman.engine.host.gguf import Metadata
from support.gguf import tiny_metadata
from support.tokenizer_files import write_tokenizer
from support.vocabularies import VOCABULARIES

CONTEXT_TOKENS = 4096
WINDOW_TOKENS = 32
"""Tokens that layers with a sliding window see."""

_HIDDEN, _FEED_FORWARD, _HEADS, _KV_HEADS = 64, 128, 4, 2
_HEAD = _HIDDEN // _HEADS
_GROUP, _BITS = 32, 4
_MADE_BY = ("tiny_models", "vocabularies", "tokenizer_files", "gguf")
Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TinyModel:
    """One network in both formats."""

    mlx: Path
    gguf: Path


@dataclass(frozen=True)
class Architecture:
    """What differs from the common configuration; ``module`` is its file in mlx-lm."""

    module: str
    gguf: gguf.MODEL_ARCH
    layers: int = 2
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    norm_offset: float = 0.0
    interleaved_rope: bool = False


_WINDOWED = {"sliding_window": WINDOW_TOKENS}
_GEMMA = {"query_pre_attn_scalar": _HEAD, "rope_theta": 10_000.0}

ARCHITECTURES: Mapping[str, Architecture] = {
    "qwen2": Architecture("qwen2", gguf.MODEL_ARCH.QWEN2),
    "qwen3": Architecture("qwen3", gguf.MODEL_ARCH.QWEN3),
    "llama": Architecture("llama", gguf.MODEL_ARCH.LLAMA, interleaved_rope=True),
    "mistral": Architecture(
        "llama",
        gguf.MODEL_ARCH.LLAMA,
        config={**_WINDOWED, "layer_types": ["sliding_attention", "full_attention"]},
        interleaved_rope=True,
    ),
    "phi3": Architecture("phi3", gguf.MODEL_ARCH.PHI3),
    "gemma": Architecture("gemma", gguf.MODEL_ARCH.GEMMA, config=_GEMMA, norm_offset=1.0),
    "gemma2": Architecture(
        "gemma2",
        gguf.MODEL_ARCH.GEMMA2,
        config={**_GEMMA, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0},
        norm_offset=1.0,
    ),
    # llama.cpp gives every sixth layer of this one the whole text.
    "gemma3_text": Architecture(
        "gemma3_text",
        gguf.MODEL_ARCH.GEMMA3,
        layers=6,
        config={**_WINDOWED, **_GEMMA, "rope_local_base_freq": 10_000.0},
        norm_offset=1.0,
    ),
    "starcoder2": Architecture("starcoder2", gguf.MODEL_ARCH.STARCODER2),
}


FAMILIES: Mapping[str, str] = {
    "qwen2.5-coder": "qwen2",
    "qwen3-coder": "qwen3",
    "starcoder2": "starcoder2",
    "codellama": "llama",
    "deepseek-coder": "llama",
    "codegemma": "gemma",
    "codestral": "llama",
    "granite-code": "llama",
    "mellum": "llama",
    "seed-coder": "llama",
    "mistral": "mistral",
    "phi-3": "phi3",
    "gemma": "gemma2",
    "llama-3": "llama",
    "smollm2": "llama",
}
"""The architecture of each family's models."""


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
    architecture = ARCHITECTURES[name]
    config = _config(name, architecture, vocabulary)
    config["eos_token_id"] = metadata["tokenizer.ggml.eos_token_id"]
    weights = _weights(architecture, config)
    (folder / "mlx").mkdir()
    full = _write_mlx(folder / "mlx", config, weights)
    write_tokenizer(folder / "mlx", metadata)
    _write_gguf(folder / "model.gguf", architecture, config, full, metadata)


def _config(name: str, architecture: Architecture, vocabulary: int) -> dict[str, Any]:
    return {
        "model_type": name,
        "hidden_size": _HIDDEN,
        "intermediate_size": _FEED_FORWARD,
        "num_hidden_layers": architecture.layers,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _KV_HEADS,
        "head_dim": _HEAD,
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


def _write_gguf(
    path: Path,
    architecture: Architecture,
    config: dict[str, Any],
    weights: dict[str, Array],
    metadata: Metadata,
) -> None:
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture.gguf])
    _add_shape(writer, architecture, config)
    _add_vocabulary(writer, metadata)
    names = gguf.get_tensor_name_map(architecture.gguf, architecture.layers)
    for name, weight in weights.items():
        target = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert target is not None, name
        writer.add_tensor(target, _for_gguf(architecture, name, weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_shape(writer: gguf.GGUFWriter, architecture: Architecture, config: dict[str, Any]) -> None:
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(_HIDDEN)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_block_count(architecture.layers)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_dimension_count(_HEAD)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_layer_norm_eps(config["norm_epsilon"])
    # Only gemma3 has one in llama.cpp; the others must be told that theirs is the whole text.
    is_windowed = architecture.gguf is gguf.MODEL_ARCH.GEMMA3
    writer.add_sliding_window(WINDOW_TOKENS if is_windowed else CONTEXT_TOKENS)
    if "final_logit_softcapping" in config:
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])


def _add_vocabulary(writer: gguf.GGUFWriter, metadata: Metadata) -> None:
    writer.add_tokenizer_model(str(metadata["tokenizer.ggml.model"]))
    writer.add_token_list(cast("list[str]", metadata["tokenizer.ggml.tokens"]))
    writer.add_token_types(cast("list[int]", metadata["tokenizer.ggml.token_type"]))
    if metadata["tokenizer.ggml.model"] == "gpt2":
        writer.add_tokenizer_pre(str(metadata["tokenizer.ggml.pre"]))
        writer.add_token_merges(cast("list[str]", metadata["tokenizer.ggml.merges"]))
    else:
        writer.add_token_scores(cast("list[float]", metadata["tokenizer.ggml.scores"]))
        writer.add_add_space_prefix(bool(metadata["tokenizer.ggml.add_space_prefix"]))
    writer.add_eos_token_id(cast("int", metadata["tokenizer.ggml.eos_token_id"]))
    if "tokenizer.ggml.bos_token_id" in metadata:
        writer.add_bos_token_id(cast("int", metadata["tokenizer.ggml.bos_token_id"]))
        writer.add_add_bos_token(bool(metadata["tokenizer.ggml.add_bos_token"]))


def _for_gguf(architecture: Architecture, name: str, weight: Array) -> Array:
    if "norm" in name and name.endswith("weight"):
        return weight + np.float32(architecture.norm_offset)
    heads = {"q_proj": _HEADS, "k_proj": _KV_HEADS}
    projection = name.split(".")[-2]
    if architecture.interleaved_rope and projection in heads:
        # llama.cpp rotates neighbours of this one, where mlx rotates halves.
        halves = np.reshape(weight, (heads[projection], 2, _HEAD // 2, -1))
        return np.reshape(np.moveaxis(halves, 1, 2), weight.shape)
    return weight
