"""Keys and values of evaluated tokens, kept so that a prompt costs only what is new in it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cornerman.engine.host.backends.mlx.library import Layer, always_trimmable, room_to_trim

# Fewer tokens in common are quicker evaluated again than copied.
_WORTH_SHARING = 32
# A prompt that loses more than this to the next one is put aside instead of overwritten.
_WORTH_KEEPING = 64
_MOST_CHECKPOINTS = 2


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """Copies of the layers that cannot forget, as they were after ``length`` tokens."""

    length: int
    layers: dict[int, Layer]


class KvCache:
    """The evaluated state of one sequence of tokens.

    Layers with a sliding window cannot forget tokens once the window is full. They go back to a
    checkpoint instead; where there is none, only from the start. Copies are cheap: the library
    shares the memory until one of them is written to.
    """

    def __init__(
        self,
        layers: list[Layer],
        tokens: Sequence[int] = (),
        checkpoints: Sequence[_Checkpoint] = (),
    ) -> None:
        """``layers`` hold ``tokens``."""
        self.layers = layers
        self.tokens = list(tokens)
        self.prompt_length = 0
        self._checkpoints = list(checkpoints)
        self._windowed = [i for i, layer in enumerate(layers) if not always_trimmable(layer)]

    @property
    def nbytes(self) -> int:
        """Memory in use, at most: copies that still share it are counted in full."""
        kept = [layer for point in self._checkpoints for layer in point.layers.values()]
        return sum(layer.nbytes for layer in [*self.layers, *kept])

    def reusable(self, prompt: Sequence[int]) -> int:
        """How many of the first tokens of ``prompt`` need not be evaluated; never all."""
        most = min(len(self.tokens), len(prompt) - 1)
        common = next((i for i in range(most) if self.tokens[i] != prompt[i]), most)
        if common == len(self.tokens) or self._trimmable():
            return common
        return max((p.length for p in self._checkpoints if p.length <= common), default=0)

    def cut_back(self, length: int) -> None:
        """Keep the first ``length`` tokens, a number that :meth:`reusable` gave."""
        surplus = len(self.tokens) - length
        if not surplus:
            return
        point = None
        if not self._trimmable():
            point = next(p for p in self._checkpoints if p.length == length)
        for index, layer in enumerate(self.layers):
            if point is not None and index in point.layers:
                self.layers[index] = copy.deepcopy(point.layers[index])
            else:
                layer.trim(surplus)
        del self.tokens[length:]
        self._checkpoints = [p for p in self._checkpoints if p.length <= length]

    def can_take_back(self, tokens: int) -> bool:
        """Whether :meth:`cut_back` will still work after ``tokens`` more."""
        rooms = [room_to_trim(layer) for layer in self.layers]
        return self._trimmable() and all(room is None or tokens <= room for room in rooms)

    def checkpoint(self) -> None:
        """Make it possible to come back to this point; free where trimming always works."""
        length = len(self.tokens)
        if not self._windowed or any(p.length == length for p in self._checkpoints):
            return
        layers = {i: copy.deepcopy(self.layers[i]) for i in self._windowed}
        self._checkpoints.append(_Checkpoint(length, layers))
        if len(self._checkpoints) > _MOST_CHECKPOINTS:
            # The first is the one to fall back on, the last the one needed next.
            del self._checkpoints[-2]

    def fork(self) -> KvCache:
        """A copy that goes its own way."""
        return KvCache(copy.deepcopy(self.layers), self.tokens, self._checkpoints)

    def _trimmable(self) -> bool:
        return all(layer.is_trimmable() for layer in self.layers)


@dataclass(slots=True)
class _Entry:
    slot: int
    kv: KvCache


class KvPool:
    """The caches of all slots, and earlier ones of the same slots while memory allows."""

    def __init__(self, new_layers: Callable[[], list[Layer]], parked_bytes: int) -> None:
        """``parked_bytes`` bounds the memory of all caches but the one in use."""
        self._new_layers = new_layers
        self._parked_bytes = parked_bytes
        self._entries: list[_Entry] = []

    def take(self, slot: int, prompt: Sequence[int]) -> KvCache:
        """The cache for a prompt in ``slot``, holding a beginning of the prompt, never all.

        A slot whose prompt is mostly replaced keeps the old one aside; what another cache has
        in common with the prompt is copied.
        """
        best, common = self._most_in_common(slot, prompt)
        if best is None or not common:
            kv = KvCache(self._new_layers())
        elif best.slot == slot and best.kv.prompt_length - common <= _WORTH_KEEPING:
            kv = best.kv
            self._entries.remove(best)
        elif common >= _WORTH_SHARING:
            kv = best.kv.fork()
        else:
            kv = KvCache(self._new_layers())
        kv.cut_back(min(common, len(kv.tokens)))
        kv.prompt_length = len(prompt)
        self._entries.append(_Entry(slot, kv))
        self._evict()
        return kv

    def forget(self, kv: KvCache) -> None:
        """Drop a cache whose state is not certain."""
        self._entries = [entry for entry in self._entries if entry.kv is not kv]

    def clear(self) -> None:
        """Drop all."""
        self._entries.clear()

    def _most_in_common(self, slot: int, prompt: Sequence[int]) -> tuple[_Entry | None, int]:
        """The cache to start from and how much of it; of equals the slot's own, then the latest."""
        best, key = None, (0, False)
        for entry in self._entries:
            own = (entry.kv.reusable(prompt), entry.slot == slot)
            if own >= key:
                best, key = entry, own
        return best, key[0]

    def _evict(self) -> None:
        """Drop the caches unused for longest until those not in use fit their bound."""
        sizes = [entry.kv.nbytes for entry in self._entries[:-1]]
        surplus, drop = sum(sizes) - self._parked_bytes, 0
        while surplus > 0:
            surplus -= sizes[drop]
            drop += 1
        del self._entries[:drop]
