from __future__ import annotations

from cornerman.engine.host.backends.llama_cpp.prompts import EvaluatedPrompts

A = list(range(100))
B = list(range(1000, 1100))


def test_knows_the_longest_common_start() -> None:
    known = EvaluatedPrompts(1000)
    assert known.common(A) == 0
    known.now(A)
    assert known.common(A) == 100
    assert known.common(A[:60]) == 60
    assert known.common([*A[:99], -1]) == 99
    assert known.common([-1, *A]) == 0


def test_remembers_what_was_put_aside() -> None:
    known = EvaluatedPrompts(1000)
    known.now(A)
    known.now(B)
    assert known.common(A) == 100
    assert known.common([*B, 7]) == 100


def test_what_goes_on_is_not_put_aside() -> None:
    known = EvaluatedPrompts(1000)
    known.now(A)
    known.now([*A[:80], *B])
    assert known.common(A) == 80


def test_forgets_the_oldest_when_memory_is_short() -> None:
    known = EvaluatedPrompts(parked_tokens=150)
    for start in (0, 1000, 2000):
        known.now(list(range(start, start + 100)))
    assert known.common(A) == 0
    assert known.common(B) == 100
    nothing_parked = EvaluatedPrompts(0)
    nothing_parked.now(A)
    nothing_parked.now(B)
    assert (nothing_parked.common(A), nothing_parked.common(B)) == (0, 100)


def test_tells_what_is_overlooked_because_half_of_what_is_in_use_goes_on() -> None:
    known = EvaluatedPrompts(1000)
    assert not known.is_overlooked(A)
    known.now([*A[:40], *B])
    known.now([*A[:40], 7, 7, 7])
    assert known.is_overlooked([*A[:40], *B])
    assert not known.is_overlooked([*A[:40], *B[:20]])
    assert not known.is_overlooked([*A[:40], 7, 7, 7, 8])
    # Where little of it goes on, the library looks by itself.
    known.now([*A[:40], *range(50)])
    assert not known.is_overlooked([*A[:40], *B])
