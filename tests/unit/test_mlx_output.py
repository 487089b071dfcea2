from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cornerman.engine.host.backends.mlx.output import OutputText

TEXT = st.text(alphabet="ab\né😀", max_size=30)
STOPS = st.lists(st.text(alphabet="ab\né😀", min_size=1, max_size=4), max_size=3)


def cut(data: bytes, borders: list[int]) -> list[bytes]:
    """``data`` in tokens that end at ``borders``, also within characters."""
    ends = sorted({min(border, len(data)) for border in borders} | {len(data)})
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(TEXT, STOPS, st.lists(st.integers(0, 100), max_size=20))
def test_all_text_before_the_first_stop_comes_out_and_nothing_else(
    text: str, stops: list[str], borders: list[int]
) -> None:
    output = OutputText(stops)
    shown = ""
    for token in cut(text.encode(), borders):
        part = output.push(token)
        shown += part.text if part else ""
        if output.stopped:
            break
    else:
        part = output.flush()
        shown += part.text if part else ""
    # The stop that is complete first ends the output, however early another one began.
    ends = {text.find(stop) + len(stop): text.find(stop) for stop in stops if stop in text}
    assert output.stopped == bool(ends)
    if ends:
        assert text.startswith(shown)
        assert not any(stop in shown for stop in stops)
        assert len(shown) in {text.find(stop) for stop in stops}
    else:
        assert shown == text


@given(TEXT, STOPS, st.lists(st.integers(0, 100), max_size=20))
def test_each_log_probability_comes_with_its_text(
    text: str, stops: list[str], borders: list[int]
) -> None:
    stops = [stop + "\0" for stop in stops]
    output, told = OutputText(stops), list[float]()
    tokens = [token for token in cut(text.encode(), borders) if token]
    for number, token in enumerate(tokens):
        if part := output.push(token, -float(number)):
            told += part.logprobs
    if part := output.flush():
        told += part.logprobs
    assert told == [-float(number) for number in range(len(tokens))]


def test_text_is_shown_as_soon_as_it_is_certain() -> None:
    output = OutputText(["END"])
    shown = [output.push(token) for token in (b"x", b" E", b"NE", b"y", "é".encode()[:1])]
    assert [part.text if part else None for part in shown] == ["x", None, " E", "NEy", None]
    assert (part := output.push("é".encode()[1:])) is not None
    assert part.text == "é"


def test_half_a_character_is_left_out_at_the_end() -> None:
    output = OutputText()
    assert output.push("😀".encode()[:3], -1.0) is None
    assert output.flush() is None


def test_bytes_that_are_no_text_are_marked() -> None:
    part = OutputText().push(b"a\xff")
    assert part is not None
    assert part.text == "a\ufffd"


def test_a_token_that_only_begins_before_a_stop_is_cut() -> None:
    output = OutputText([")"])
    assert output.push(b"a", -1.0) is not None
    part = output.push(b"b)c", -2.0)
    assert part is not None
    assert (part.text, part.logprobs, output.stopped) == ("b", (-2.0,), True)
