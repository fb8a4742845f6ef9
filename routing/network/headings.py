"""Compass headings and the turns between them.

Law: a heading is degrees clockwise from north, a turn is degrees to the right (left is negative) from -180 to 180;
which word a turn gets is decided here alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

from routing.network.projection import EARTH_RADIUS_M

Point = tuple[float, float]

STRAIGHT_DEG = 20.0
SLIGHT_DEG = 45.0
PLAIN_DEG = 120.0
SHARP_DEG = 165.0


class Manoeuvre(StrEnum):
    """What to do where a street is taken. A closed list; `docs/network.md` tells of each."""

    DEPART = "depart"
    STRAIGHT = "straight"
    SLIGHT_LEFT = "slight_left"
    LEFT = "left"
    SHARP_LEFT = "sharp_left"
    SLIGHT_RIGHT = "slight_right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp_right"
    TURN_ROUND = "turn_round"
    ROUNDABOUT = "roundabout"
    ARRIVE = "arrive"


class Side(StrEnum):
    """Where something is for somebody who looks along a street: a quarter of the circle each. A closed list."""

    AHEAD = "ahead"
    RIGHT = "right"
    BEHIND = "behind"
    LEFT = "left"


_LEFT = (Manoeuvre.SLIGHT_LEFT, Manoeuvre.LEFT, Manoeuvre.SHARP_LEFT)
_RIGHT = (Manoeuvre.SLIGHT_RIGHT, Manoeuvre.RIGHT, Manoeuvre.SHARP_RIGHT)


def manoeuvre_of(turn_deg: float) -> Manoeuvre:
    """Return the word for a turn; each limit belongs to the sharper word."""
    sharpness = abs(turn_deg)
    if sharpness < STRAIGHT_DEG:
        return Manoeuvre.STRAIGHT
    if sharpness >= SHARP_DEG:
        return Manoeuvre.TURN_ROUND
    words = _RIGHT if turn_deg > 0 else _LEFT
    return words[(sharpness >= SLIGHT_DEG) + (sharpness >= PLAIN_DEG)]


def heading_deg(start: Point, end: Point) -> float:
    """Return the heading from one (lon, lat) to another nearby, from 0 up to but not 360; north for one point."""
    east = math.remainder(end[0] - start[0], 360.0) * math.cos(math.radians((start[1] + end[1]) / 2))
    return math.degrees(math.atan2(east, end[1] - start[1])) % 360.0


def turn_deg(before_deg: float, after_deg: float) -> float:
    """Return by how much to turn right from one heading to another, above -180 up to 180."""
    return 180.0 - (180.0 - (after_deg - before_deg)) % 360.0


def side_of(facing_deg: float, towards_deg: float) -> Side:
    """Return on which side something lies, by the heading faced and the heading towards it."""
    quarter = ((towards_deg - facing_deg + SLIGHT_DEG) % 360.0) // 90.0
    return tuple(Side)[int(quarter)]


def point_along(line: Iterable[Point], reach_m: float) -> Point:
    """Return the point `reach_m` metres along a line of (lon, lat), or its end if it is shorter."""
    points = iter(line)
    at = next(points)
    for point in points:
        step_m = _metres(at, point)
        if step_m >= reach_m:
            share = reach_m / step_m if step_m else 0.0
            return at[0] + share * (point[0] - at[0]), at[1] + share * (point[1] - at[1])
        at, reach_m = point, reach_m - step_m
    return at


def _metres(start: Point, end: Point) -> float:
    """Return metres between neighbours, on the local plane that headings are taken in."""
    east = (end[0] - start[0]) * math.cos(math.radians((start[1] + end[1]) / 2))
    return math.radians(math.hypot(east, end[1] - start[1])) * EARTH_RADIUS_M
