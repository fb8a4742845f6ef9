"""The sheet that a map is drawn on. Law: units are metres, x to the east, y to the south, the origin in its middle.

An equirectangular projection around the middle: within a district its error is far below the width of a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from routing.domain.places import Position

METRES_PER_DEGREE = 111_195.08  # on a sphere of 6 371 009 m
MARGIN = 0.07
LEAST_SPAN_M = 600.0
# The pane for which the page looks right without scripts.
PANE_PX = (1060.0, 760.0)
# Streets are drawn further than the routes reach, for panes of other shapes and for moving about.
AROUND = 0.9

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A projection and a first view.

    Attributes
    ----------
    centre
        Longitude and latitude of the origin.
    width_m, height_m
        What the first view shows at least.
    """

    centre: Position
    width_m: float
    height_m: float

    @property
    def m_per_px(self) -> float:
        """Metres that one pixel of the first view stands for."""
        return max(self.width_m / PANE_PX[0], self.height_m / PANE_PX[1])

    def point(self, position: Position) -> Point:
        """Return where a position lies on the sheet."""
        lon, lat = position
        x = (lon - self.centre[0]) * METRES_PER_DEGREE * cos(radians(self.centre[1]))
        return x, (self.centre[1] - lat) * METRES_PER_DEGREE

    def points(self, positions: Iterable[Position]) -> list[Point]:
        """Return where positions lie on the sheet."""
        return [self.point(position) for position in positions]

    def surroundings(self) -> Bounds:
        """Return west, north, east, south on the sheet of what is worth drawing."""
        half = max(self.width_m, self.height_m) * AROUND
        return -half, -half, half, half


def frame_of(positions: Sequence[Position], fallback: Bounds) -> Frame:
    """Return the frame that shows all positions, or where there are none the bounds (west, south, east, north)."""
    shown = positions or [(fallback[0], fallback[1]), (fallback[2], fallback[3])]
    lons, lats = zip(*shown, strict=True)
    centre = ((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
    width_m = (max(lons) - min(lons)) * METRES_PER_DEGREE * cos(radians(centre[1]))
    height_m = (max(lats) - min(lats)) * METRES_PER_DEGREE
    return Frame(centre=centre, width_m=_with_margin(width_m), height_m=_with_margin(height_m))


def path_data(lines: Iterable[Sequence[Point]]) -> str:
    """Return SVG path data of lines, to the metre and relative, which is a third of the size of absolute."""
    pieces: list[str] = []
    for line in lines:
        whole = _whole_metres(line)
        if len(whole) > 1:
            steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(whole)]
            pieces.append(f"M{whole[0][0]} {whole[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps))
    return "".join(pieces)


def bar_m(m_per_px: float, most_px: float = 140.0) -> int:
    """Return the longest round distance (1, 2 or 5 times a power of ten) that a scale bar has room for."""
    most_m = max(m_per_px * most_px, 1.0)
    power = 10 ** math.floor(math.log10(most_m))
    return int(max(step * power for step in (1, 2, 5) if step * power <= most_m))


def _whole_metres(line: Sequence[Point]) -> list[tuple[int, int]]:
    rounded = [(round(x), round(y)) for x, y in line]
    return rounded[:1] + [after for before, after in pairwise(rounded) if after != before]


def _with_margin(span_m: float) -> float:
    return max(span_m, LEAST_SPAN_M) * (1 + 2 * MARGIN)
