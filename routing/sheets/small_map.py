"""A small map, where an organisation wants one. Law: junctions and the streets between them; no door, no home."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from routing.domain.places import Position
from routing.sheets.papers import VolunteerSheet

WIDTH, HEIGHT, EDGE = 360.0, 300.0, 16.0
RADIUS = 8.0
Point = tuple[float, float]


def small_map(sheet: VolunteerSheet) -> str:
    """Return the map as SVG with a number at each stop's junction, or nothing where there is no way to draw."""
    pins = [(stop.number, stop.junction) for stop in sheet.stops if stop.junction is not None]
    positions = [position for way in sheet.ways for position in way] + [pin for _, pin in pins]
    if not sheet.ways or not positions:
        return ""
    placed = _Frame(positions)
    lines = "".join(_line([placed(position) for position in way]) for way in sheet.ways)
    marks = "".join(_mark(number, placed(pin)) for number, pin in _apart(pins))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
        f'<g fill="none" stroke="#444" stroke-width="2" stroke-linejoin="round">{lines}</g>{marks}</svg>'
    )


class _Frame:
    """North up, equal scale both ways, the whole route inside."""

    def __init__(self, positions: Sequence[Position]) -> None:
        lons, lats = zip(*positions, strict=True)
        self._west, self._north = min(lons), max(lats)
        self._squeeze = math.cos(math.radians(self._north))
        wide = max((max(lons) - self._west) * self._squeeze, 1e-6)
        high = max(self._north - min(lats), 1e-6)
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)

    def __call__(self, position: Position) -> Point:
        lon, lat = position
        return EDGE + (lon - self._west) * self._squeeze * self._scale, EDGE + (self._north - lat) * self._scale


def _apart(pins: Sequence[tuple[int, Position]]) -> Iterator[tuple[str, Position]]:
    """Yield one mark a junction: stops that share it share the mark."""
    shared: dict[Position, list[int]] = {}
    for number, pin in pins:
        shared.setdefault(pin, []).append(number)
    return ((", ".join(map(str, numbers)), pin) for pin, numbers in shared.items())


def _line(points: Sequence[Point]) -> str:
    return f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _mark(numbers: str, point: Point) -> str:
    x, y = point
    half = RADIUS + 2.6 * (len(numbers) - 1)
    return (
        f'<rect x="{x - half:.1f}" y="{y - RADIUS:.1f}" width="{2 * half:.1f}" height="{2 * RADIUS:g}" rx="{RADIUS:g}" '
        'fill="#fff" stroke="#000" stroke-width="1.2"/>'
        f'<text x="{x:.1f}" y="{y + 3.6:.1f}" font-family="Noto Sans, sans-serif" font-size="10" font-weight="bold" '
        f'text-anchor="middle" fill="#000">{numbers}</text>'
    )
