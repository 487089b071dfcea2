"""A plot of lines as an SVG picture, without a library for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 48
_COLOURS = ("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2")


def svg(title: str, across: str, up: str, lines: Mapping[str, Points]) -> str:
    """One line for each name, both axes from zero; ``across`` and ``up`` name the axes."""
    widest = _round_up(max((x for line in lines.values() for x, _ in line), default=1))
    highest = _round_up(max((y for line in lines.values() for _, y in line), default=1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 20, title, "middle", size=14),
        _text(_WIDTH / 2, _HEIGHT - 8, across, "middle"),
        f'<g transform="rotate(-90 14 {_HEIGHT / 2})">{_text(14, _HEIGHT / 2, up, "middle")}</g>',
        *_grid(widest, highest),
    ]
    for number, (name, line) in enumerate(lines.items()):
        parts += _line(number, name, line, widest, highest)
    return "\n".join([*parts, "</svg>\n"])


def _grid(widest: float, highest: float) -> Iterator[str]:
    for step in range(5):
        x, y = _place(widest * step / 4, highest * step / 4, widest, highest)
        yield f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{_HEIGHT - _BOTTOM}" stroke="#e5e7eb"/>'
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#e5e7eb"/>'
        yield _text(x, _HEIGHT - _BOTTOM + 16, f"{widest * step / 4:g}", "middle")
        yield _text(_LEFT - 6, y + 4, f"{highest * step / 4:g}", "end")


def _line(number: int, name: str, line: Points, widest: float, highest: float) -> Iterator[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    places = [_place(x, y, widest, highest) for x, y in sorted(line)]
    path = " ".join(f"{x},{y}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
    y = _TOP + 16 * number + 12
    yield f'<rect x="{_LEFT + 10}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
    yield _text(_LEFT + 26, y, name, "start")


def _place(x: float, y: float, widest: float, highest: float) -> tuple[float, float]:
    across = _LEFT + x / widest * (_WIDTH - _LEFT - _RIGHT)
    up = _HEIGHT - _BOTTOM - y / highest * (_HEIGHT - _TOP - _BOTTOM)
    return round(across, 1), round(up, 1)


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#374151" '
        f'font-family="sans-serif" font-size="{size}">{escape(text)}</text>'
    )


def _round_up(value: float) -> float:
    """The next number that is easy on the eye: 1, 2, 4 or 8 times a power of ten."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * factor for factor in (1, 2, 4, 8, 10) if value <= unit * factor)
