"""The starter model as a folder for MLX, made from its GGUF file."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

import gguf
import mlx.core as mx
import numpy as np

from cornerman import paths
from cornerman.engine.host.backends.mlx.library import evaluate
from cornerman.models.gguf import Metadata, read_metadata
from support.tokenizer_files import write_tokenizer

_GROUP, _BITS = 64, 4
_ARCHITECTURE = gguf.MODEL_ARCH.QWEN2
_PARTS = {
    "token_embd": "model.embed_tokens",
    "output": "lm_head",
    "output_norm": "model.norm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def mlx_starter(source: Path) -> Path:
    """The folder made from a qwen2 GGUF file, kept in the cache folder."""
    folder = paths.cache_dir() / "tests" / f"mlx-{source.stem}-{source.stat().st_size}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        _convert(source, made)
        try:
            made.rename(folder)
        except OSError:  # another test run was quicker
            shutil.rmtree(made)
    return folder


def _convert(source: Path, folder: Path) -> None:
    metadata = read_metadata(source)
    weights: dict[str, mx.array] = {}
    for tensor in gguf.GGUFReader(source).tensors:
        exact = gguf.dequantize(tensor.data, tensor.tensor_type)
        array = mx.array(np.asarray(exact, dtype=np.float32))
        stem, kind = _name(tensor.name).rsplit(".", 1)
        if array.ndim == 1:
            weights[f"{stem}.{kind}"] = array
            continue
        packed = mx.quantize(array, group_size=_GROUP, bits=_BITS)
        for part, piece in zip(("weight", "scales", "biases"), packed, strict=True):
            weights[f"{stem}.{part}"] = piece
        evaluate(*packed)
    cast("Any", mx).save_safetensors(
        str(folder / "model.safetensors"), weights, metadata={"format": "mlx"}
    )
    config = _config(metadata, tied="lm_head.weight" not in weights)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    write_tokenizer(folder, metadata)


def _name(name: str) -> str:
    """The name of a tensor in a folder for MLX."""
    path = name.split(".")
    if path[0] == "blk":
        return f"model.layers.{path[1]}.{_PARTS[path[2]]}.{path[3]}"
    return f"{_PARTS[path[0]]}.{path[1]}"


def _config(metadata: Metadata, *, tied: bool) -> dict[str, Any]:
    prefix = gguf.MODEL_ARCH_NAMES[_ARCHITECTURE]
    return {
        "model_type": prefix,
        "hidden_size": metadata[f"{prefix}.embedding_length"],
        "intermediate_size": metadata[f"{prefix}.feed_forward_length"],
        "num_hidden_layers": metadata[f"{prefix}.block_count"],
        "num_attention_heads": metadata[f"{prefix}.attention.head_count"],
        "num_key_value_heads": metadata[f"{prefix}.attention.head_count_kv"],
        "rms_norm_eps": metadata[f"{prefix}.attention.layer_norm_rms_epsilon"],
        "rope_theta": metadata[f"{prefix}.rope.freq_base"],
        "vocab_size": len(cast("list[str]", metadata["tokenizer.ggml.tokens"])),
        "tie_word_embeddings": tied,
        "eos_token_id": metadata["tokenizer.ggml.eos_token_id"],
        "quantization": {"group_size": _GROUP, "bits": _BITS},
    }
