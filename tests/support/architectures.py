"""The networks that tiny models are made of, and which families have which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import gguf

CONTEXT_TOKENS = 4096
WINDOW_TOKENS = 32
"""Tokens that layers with a sliding window see."""

HIDDEN, FEED_FORWARD, HEADS, KV_HEADS = 64, 128, 4, 2
HEAD = HIDDEN // HEADS


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
_GEMMA = {"query_pre_attn_scalar": HEAD, "rope_theta": 10_000.0}

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


EXPERTS, EXPERTS_USED, EXPERT_FEED_FORWARD = 4, 2, 64
# Which experts work is a close call for random weights: what is exact elsewhere is not with it.
MIXTURES: Mapping[str, Architecture] = {
    "qwen3_moe": Architecture(
        "qwen3_moe",
        gguf.MODEL_ARCH.QWEN3MOE,
        config={
            "num_experts": EXPERTS,
            "num_experts_per_tok": EXPERTS_USED,
            "moe_intermediate_size": EXPERT_FEED_FORWARD,
            "decoder_sparse_step": 1,
            "mlp_only_layers": [],
            "norm_topk_prob": True,
        },
    )
}
FAMILIES: Mapping[str, str] = {
    "qwen2.5-coder": "qwen2",
    "qwen3-coder": "qwen3_moe",
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
