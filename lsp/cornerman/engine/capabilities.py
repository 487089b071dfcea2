"""What kinds of servers there are, how they give themselves away, and what each can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cornerman.engine.http import GarbledError, Http, HttpError, LostError, StatusError

_PROBE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do beyond plain completion; what it cannot is worked around.

    ``healing``: it can be bound to start its output with given text. ``logprobs``: it tells the
    log-probability of each token. ``raw_fim``: control tokens in a prompt reach the model as they
    are. ``cache_hints``: it can be told which KV cache to keep.
    """

    healing: bool = False
    logprobs: bool = False
    raw_fim: bool = False
    cache_hints: bool = False


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """What one probe found out. ``models`` are the names it can be asked for, if it tells."""

    kind: str
    capabilities: Capabilities
    models: tuple[str, ...] = ()


CORNERMAN = "cornerman"
LLAMA_CPP = "llama.cpp"
VLLM = "vLLM"
OLLAMA = "Ollama"
OTHER = "OpenAI-compatible server"

OURS = Capabilities(healing=True, logprobs=True, raw_fim=True, cache_hints=True)
KINDS: Mapping[str, Capabilities] = {
    CORNERMAN: OURS,
    LLAMA_CPP: Capabilities(healing=True, logprobs=True, raw_fim=True, cache_hints=True),
    VLLM: Capabilities(logprobs=True, raw_fim=True),
    OLLAMA: Capabilities(),
    OTHER: Capabilities(raw_fim=True),
}
_OWNERS = {"cornerman": CORNERMAN, "llamacpp": LLAMA_CPP, "vllm": VLLM}


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    owned_by: str | None = None


class _Models(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[_Model] = Field(default_factory=lambda: list[_Model]())


class _OllamaVersion(BaseModel):
    version: str


async def probe(http: Http) -> ServerProfile:
    """Ask a server what it is. Takes seconds at most and costs no generation.

    Raises:
        HttpError: it cannot be reached or does not let us in.
    """
    models = await _models(http)
    owners = [_OWNERS[model.owned_by] for model in models if model.owned_by in _OWNERS]
    kind = owners[0] if owners else OLLAMA if await _is_ollama(http) else OTHER
    return ServerProfile(kind, KINDS[kind], tuple(model.id for model in models))


async def _models(http: Http) -> list[_Model]:
    """The models it lists; a server without a usable list may still complete."""
    try:
        return _Models.model_validate_json(await http.get("/v1/models", _PROBE_SECONDS)).data
    except StatusError as error:
        if error.status not in (404, 405, 501):
            raise
    except LostError:
        # mlx_lm.server, for one, drops the connection where nothing was ever downloaded.
        pass
    except ValidationError as error:
        raise GarbledError from error
    return []


async def _is_ollama(http: Http) -> bool:
    try:
        _OllamaVersion.model_validate_json(await http.get("/api/version", _PROBE_SECONDS))
    except (HttpError, ValidationError):
        return False
    return True
