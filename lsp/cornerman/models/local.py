"""Models that are on this machine already: what a GGUF file or an MLX folder says about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

from cornerman.core.errors import BadInputError, EngineUnavailableError, ModelMissingError
from cornerman.models.families import FAMILIES, family_among
from cornerman.models.gguf import Metadata, read_metadata
from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec, Role, Shape

# What a model's name or architecture has in it, in the order in which it is looked for.
_BY_NAME: Mapping[str, str] = {
    r"qwen3.?coder": "qwen3-coder",
    r"qwen2\.?5?.?coder": "qwen2.5-coder",
    r"star.?coder.?2": "starcoder2",
    r"code.?llama": "codellama",
    r"deepseek.?coder(?!.?v2)": "deepseek-coder",
    r"codegemma": "codegemma",
    r"codestral": "codestral",
    r"granite.*code": "granite-code",
    r"mellum": "mellum",
    r"seed.?coder": "seed-coder",
    r"smollm": "smollm2",
    r"phi.?3": "phi-3",
    r"gemma": "gemma",
    r"mistral|mixtral": "mistral",
    r"(?<!code)(?<!code.)llama": "llama-3",
}
_BYTES_PER_PARAMETER = 0.6
"""Of a file quantized to four bits; says how large a model is that does not."""


def describe(path: Path, name: str = "", family: str = "") -> ModelSpec:
    """The entry of a model at ``path``, which is used where it lies.

    The family, if not given, follows from its name and its control tokens.

    Raises:
        ModelMissingError: there is nothing there.
        BadInputError: it is no model, or one of no known family.
    """
    for file in (path / "config.json", path):
        if file.is_file():
            stat = file.stat()
            return _described(path, name, family, stat.st_mtime_ns, stat.st_size)
    raise ModelMissingError(
        f"There is no model at {path}; it should be a GGUF file or an MLX folder."
    )


def entry(
    name: str,
    family: str,
    form: GgufFile | MlxFolder,
    *,
    context_tokens: int,
    is_chat: bool,
    shape: Shape | None = None,
) -> ModelSpec:
    """The entry of a model of which there is one form; its number of parameters is an estimate."""
    roles: tuple[Role, ...] = ("completion", "chat") if is_chat else ("completion",)
    return ModelSpec(
        name=name,
        title=name,
        family=family,
        fim_layout=FAMILIES[family].layouts[0],
        roles=roles,
        chat_template="model" if is_chat else "none",
        parameters=max(int(form.size_bytes / _BYTES_PER_PARAMETER), 1),
        license="as its author says",
        context_tokens=context_tokens,
        shape=shape,
        gguf=form if isinstance(form, GgufFile) else None,
        mlx=form if isinstance(form, MlxFolder) else None,
    )


def family_of(names: Collection[str], control_tokens: Collection[str]) -> str:
    """The family a model belongs to.

    Raises:
        BadInputError: no family fits.
    """
    tokens = frozenset(control_tokens)
    for name in names:
        for pattern, family in _BY_NAME.items():
            if re.search(pattern, name, re.IGNORECASE) and _could_be(family, tokens):
                return family
    if found := family_among(tokens):
        return found
    shown = next(iter(names), "this model")
    raise BadInputError(
        f"The family of {shown} is not known; say it with --family, one of: {', '.join(FAMILIES)}."
    )


def _could_be(family: str, tokens: frozenset[str]) -> bool:
    fim = FAMILIES[family].fim
    return fim is None or not tokens or fim.texts <= tokens


# A vocabulary takes a third of a second to read, and a setting may name a model by its path.
@lru_cache(maxsize=8)
def _described(path: Path, name: str, family: str, _mtime: int, _size: int) -> ModelSpec:
    return (_of_file if path.is_file() else _of_folder)(path, name, family)


def _of_file(path: Path, name: str, family: str) -> ModelSpec:
    try:
        metadata = read_metadata(path)
    except EngineUnavailableError as error:
        raise BadInputError(f"{path} is not a GGUF file that can be used.") from error
    size = path.stat().st_size
    told = (path.stem, *(str(metadata.get(f"general.{key}", "")) for key in ("name", "basename")))
    architecture = str(metadata.get("general.architecture", ""))
    tokens = cast("list[str]", metadata.get("tokenizer.ggml.tokens", []))
    return entry(
        name or slug(path.stem),
        family or family_of((*told, architecture), tokens),
        GgufFile(filename=slug(path.name), size_bytes=size, quantization="unknown", path=str(path)),
        context_tokens=_number(metadata, f"{architecture}.context_length") or 4096,
        is_chat="tokenizer.chat_template" in metadata,
        shape=_shape_of(metadata, architecture),
    )


def _of_folder(path: Path, name: str, family: str) -> ModelSpec:
    size = sum(file.stat().st_size for file in path.glob("*.safetensors"))
    if not size:
        raise BadInputError(f"{path} has no .safetensors files; it is not an MLX folder.")
    config = _json(path / "config.json")
    tokenizer = _json(path / "tokenizer.json")
    added = cast("list[dict[str, object]]", tokenizer.get("added_tokens") or [])
    inner = cast("dict[str, object]", tokenizer.get("model") or {})
    vocabulary = cast("dict[str, object] | list[object]", inner.get("vocab") or [])
    told = (path.name, str(config.get("_name_or_path", "")), str(config.get("model_type", "")))
    quantization = cast("dict[str, object]", config.get("quantization") or {})
    bits = quantization.get("bits")
    settings = _json(path / "tokenizer_config.json")
    return entry(
        name or slug(path.name),
        family or family_of(told, [*(str(t.get("content")) for t in added), *map(str, vocabulary)]),
        MlxFolder(size_bytes=size, bits=bits if isinstance(bits, int) else 16, path=str(path)),
        context_tokens=_number(config, "max_position_embeddings") or 4096,
        is_chat="chat_template" in settings or (path / "chat_template.jinja").is_file(),
        shape=_shape_of_config(config),
    )


def _shape_of(metadata: Metadata, architecture: str) -> Shape | None:
    def number(key: str) -> int:
        return _number(metadata, f"{architecture}.{key}")

    heads = number("attention.head_count")
    width = number("attention.key_length") or number("embedding_length") // max(heads, 1)
    return _shape(number("block_count"), number("attention.head_count_kv") or heads, width)


def _shape_of_config(config: Mapping[str, object]) -> Shape | None:
    heads = _number(config, "num_attention_heads")
    width = _number(config, "head_dim") or _number(config, "hidden_size") // max(heads, 1)
    kv_heads = _number(config, "num_key_value_heads") or heads
    return _shape(_number(config, "num_hidden_layers"), kv_heads, width)


def _shape(layers: int, kv_heads: int, width: int) -> Shape | None:
    if not (layers and kv_heads and width):
        return None
    return Shape(layers=layers, kv_heads=kv_heads, head_dim=width)


def _json(path: Path) -> dict[str, object]:
    try:
        content: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, object]", content) if isinstance(content, dict) else {}


def _number(values: Mapping[str, object] | Metadata, key: str) -> int:
    value = values.get(key)
    return value if isinstance(value, int) else 0


def slug(text: str) -> str:
    """A name that can be one of a model or file."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.").lower() or "model"
