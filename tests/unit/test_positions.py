"""Lines, and the three position encodings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import LineIndex, Position, PositionEncoding
from support.code_units import CodeUnits

UTF8, UTF16, UTF32 = PositionEncoding.UTF8, PositionEncoding.UTF16, PositionEncoding.UTF32

TEXTS = st.text(alphabet="ab \n\r\f\u2028\x85é漢😋\u0301", max_size=40)
ENCODINGS = st.sampled_from(PositionEncoding)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\r\r\n\n", ["", "", "", ""]),
        ("\n\r", ["", "", ""]),
        ("a\fb\x85c\u2028d\ve\x1cf", ["a\fb\x85c\u2028d\ve\x1cf"]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    index = LineIndex(text)
    found = [text[index.line_start(n) : index.line_end(n)] for n in range(index.line_count)]
    assert found == lines


@pytest.mark.parametrize(
    ("encoding", "character", "offset"),
    [
        (UTF8, 2, 1),
        (UTF8, 6, 2),
        (UTF8, 7, 3),
        (UTF16, 1, 1),
        (UTF16, 3, 2),
        (UTF16, 4, 3),
        (UTF32, 2, 2),
        (UTF32, 3, 3),
    ],
)
def test_characters_count_code_units(
    encoding: PositionEncoding, character: int, offset: int
) -> None:
    index = LineIndex("é😋x\n")
    assert index.offset(Position(0, character), encoding) == offset
    assert index.position(offset, encoding) == Position(0, character)


@pytest.mark.parametrize("encoding", PositionEncoding)
@pytest.mark.parametrize(
    ("position", "offset"),
    [
        (Position(0, 99), 2),
        (Position(1, 99), 4),
        (Position(2, 99), 6),
        (Position(9, 0), 6),
        (Position(9, 99), 6),
    ],
)
def test_past_the_end_means_the_end(
    position: Position, offset: int, encoding: PositionEncoding
) -> None:
    assert LineIndex("aé\n😋\rx").offset(position, encoding) == offset


@pytest.mark.parametrize(
    ("encoding", "inside"), [(UTF8, 2), (UTF8, 3), (UTF8, 4), (UTF16, 2)], ids=str
)
def test_inside_a_character_means_its_end(encoding: PositionEncoding, inside: int) -> None:
    assert LineIndex("a😋b").offset(Position(0, inside), encoding) == 2


@given(TEXTS, ENCODINGS, st.integers(0, 12), st.integers(0, 60))
def test_offsets_equal_those_of_the_reference(
    text: str, encoding: PositionEncoding, line: int, character: int
) -> None:
    reference = CodeUnits(text, encoding.value)
    units_before = reference.units[: reference.offset(line, character)]
    reference.units = units_before
    assert LineIndex(text).offset(Position(line, character), encoding) == len(reference.text())


@given(TEXTS, ENCODINGS, st.data())
def test_every_offset_outside_a_line_break_survives_the_way_to_the_client_and_back(
    text: str, encoding: PositionEncoding, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    index = LineIndex(text)
    assert index.offset(index.position(offset, encoding), encoding) == offset


@given(TEXTS | st.text("ab\n", max_size=30), TEXTS | st.text("a\n", max_size=6), st.data())
def test_the_lines_after_an_edit_are_those_of_the_new_text(
    text: str, inserted: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    before = DocumentSnapshot("file:///a", "text", 1, text)
    assert before.index.line_count > 0
    after = before.replace(start, end, inserted, 2)
    found, fresh = after.index, LineIndex(after.text)
    lines = range(fresh.line_count)
    assert found.line_count == fresh.line_count
    assert [found.line_start(n) for n in lines] == [fresh.line_start(n) for n in lines]
    assert [found.line_end(n) for n in lines] == [fresh.line_end(n) for n in lines]
