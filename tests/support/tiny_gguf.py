"""Writes a tiny network as a GGUF file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import gguf
import numpy as np
import numpy.typing as npt

from cornerman.models.gguf import Metadata
from support.architectures import (
    CONTEXT_TOKENS,
    EXPERT_FEED_FORWARD,
    EXPERTS,
    EXPERTS_USED,
    FEED_FORWARD,
    HEAD,
    HEADS,
    HIDDEN,
    KV_HEADS,
    WINDOW_TOKENS,
    Architecture,
)

Array = npt.NDArray[np.float32]


def write_model(
    path: Path,
    architecture: Architecture,
    config: dict[str, Any],
    weights: dict[str, Array],
    metadata: Metadata,
) -> None:
    """Write ``weights``, named as in mlx-lm, with ``metadata``'s vocabulary."""
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture.gguf])
    _add_shape(writer, architecture, config)
    _add_vocabulary(writer, metadata)
    names = gguf.get_tensor_name_map(architecture.gguf, architecture.layers)
    for name, weight in weights.items():
        target = names.get_name(
            name.replace("switch_mlp", "experts"), try_suffixes=(".weight", ".bias")
        )
        assert target is not None, name
        writer.add_tensor(target, _for_gguf(architecture, name, weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_shape(writer: gguf.GGUFWriter, architecture: Architecture, config: dict[str, Any]) -> None:
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_block_count(architecture.layers)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_layer_norm_eps(config["norm_epsilon"])
    if "num_experts" in config:
        writer.add_expert_count(EXPERTS)
        writer.add_expert_used_count(EXPERTS_USED)
        writer.add_expert_feed_forward_length(EXPERT_FEED_FORWARD)
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
    heads = {"q_proj": HEADS, "k_proj": KV_HEADS}
    projection = name.split(".")[-2]
    if architecture.interleaved_rope and projection in heads:
        # llama.cpp rotates neighbours of this one, where mlx rotates halves.
        halves = np.reshape(weight, (heads[projection], 2, HEAD // 2, -1))
        return np.reshape(np.moveaxis(halves, 1, 2), weight.shape)
    return weight
