"""How models go with a machine, and which one is the best for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cornerman.core.models import Fit
from cornerman.models.hardware import Machine
from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec, Role

CONTEXT_TOKENS = 8192
"""What the engine gives a model unless its settings say otherwise."""

# The interpreter, libraries and what they compute in.
_OTHER_BYTES = 256 << 20
# Of what the engine may use: above that, other programs feel it.
_COMFORTABLE = 0.75
# Parameters that a core multiplies per second in a long prompt; Apple's graphics do so per GB/s.
_PREFILL_PER_CORE = 48e9
_PREFILL_PER_BANDWIDTH = 12.0
# Elsewhere MLX computes on the processor, at about a sixth of llama.cpp's speed.
_MLX_OFF_APPLE = 0.16
_FAST, _FAIR = 30.0, 10.0
# A completion is of use only if it is there before the next key.
_COMPLETION_DECODE, _COMPLETION_PREFILL = 25.0, 90.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a model goes with a machine; speeds in tokens per second are expectations.

    ``memory_bytes`` is weights, the KV cache of the usual context, and the engine itself.
    """

    fit: Fit
    memory_bytes: int
    decode_speed: float
    prefill_speed: float

    @property
    def speed(self) -> str:
        """The class of what one reads while it is written."""
        if self.decode_speed >= _FAST:
            return "fast"
        return "fair" if self.decode_speed >= _FAIR else "slow"


def form_for(spec: ModelSpec, machine: Machine) -> GgufFile | MlxFolder:
    """The form of a model that runs best: MLX on Apple silicon, else GGUF."""
    preferred = (spec.mlx, spec.gguf) if machine.is_apple else (spec.gguf, spec.mlx)
    return next(form for form in preferred if form is not None)


def judge(spec: ModelSpec, machine: Machine, context_tokens: int = CONTEXT_TOKENS) -> Verdict:
    """How ``spec`` goes with ``machine``."""
    form = form_for(spec, machine)
    weights = form.size_bytes
    memory = weights + kv_bytes(spec, context_tokens) + _OTHER_BYTES
    active = spec.active_parameters or spec.parameters
    if memory <= machine.limit_bytes * _COMFORTABLE:
        fit = Fit.WELL
    else:
        fit = Fit.TIGHT if memory <= machine.limit_bytes else Fit.NO
    if machine.is_apple:
        prefill = machine.bandwidth * _PREFILL_PER_BANDWIDTH / active
    else:
        prefill = machine.cores * _PREFILL_PER_CORE / active
    decode = machine.bandwidth / (weights * active / spec.parameters)
    share = _MLX_OFF_APPLE if isinstance(form, MlxFolder) and not machine.is_apple else 1.0
    return Verdict(fit, memory, decode * share, prefill * share)


def kv_bytes(spec: ModelSpec, context_tokens: int) -> int:
    """Bytes of the KV cache, no longer than what the model was trained for."""
    if spec.shape is None:
        return 0
    return spec.shape.kv_bytes(min(context_tokens, spec.context_tokens))


def best(specs: Iterable[ModelSpec], machine: Machine, role: Role) -> ModelSpec | None:
    """The model to use for ``role``: of those that run well the largest; None when none runs.

    For completion, those that know what stands behind the cursor come first, and speed counts
    for more than size. Licences that forbid use at work are never chosen for anybody.
    """
    judged = [
        (spec, judge(spec, machine))
        for spec in specs
        if role in spec.roles and not spec.license_note
    ]
    judged = [(spec, verdict) for spec, verdict in judged if verdict.fit is not Fit.NO]
    return max(judged, key=lambda pair: _rank(*pair, role), default=(None,))[0]


def alternative(specs: Iterable[ModelSpec], machine_limit: int, unless: str) -> ModelSpec | None:
    """A model that runs in ``machine_limit`` bytes, for completion and chat if there is one."""
    fitting = [
        spec
        for spec in specs
        if spec.name != unless
        and not spec.license_note
        and spec.size_bytes + kv_bytes(spec, CONTEXT_TOKENS) + _OTHER_BYTES <= machine_limit
    ]
    return max(fitting, key=lambda spec: (len(spec.roles), spec.parameters), default=None)


def _rank(spec: ModelSpec, verdict: Verdict, role: Role) -> tuple[float, ...]:
    is_well = verdict.fit is Fit.WELL
    if role == "chat":
        is_quick = verdict.decode_speed >= _FAIR
        return is_well and is_quick, is_quick, spec.parameters if is_quick else -spec.parameters
    is_quick = (
        verdict.decode_speed >= _COMPLETION_DECODE and verdict.prefill_speed >= _COMPLETION_PREFILL
    )
    knows_suffix = spec.fim_layout != "continuation"
    size = spec.parameters if is_quick else -spec.parameters
    return knows_suffix, is_well and is_quick, is_quick, "chat" in spec.roles, size
