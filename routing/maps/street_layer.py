"""The streets beneath the routes. Law: quiet, the larger the wider, and never more than the page has room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from shapely import LineString, MultiLineString
from shapely import Point as ShapelyPoint
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, substring

from routing.maps.frame import Bounds, Frame, Point, path_data
from routing.network.extract import Extract, Way

MOST_BYTES = 2_200_000
CHARACTER_EM = 0.58
NAME_PX = 11.0
NAME_ROOM = 1.15  # the stretch of street for a name is so much longer than the name
NAMES_APART_PX = 11.0
PLACES_TRIED = (0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9)
NAMED = ("main", "second", "third")

# from the widest to the narrowest; the CSS has a width for each
CLASSES: dict[str, tuple[str, ...]] = {
    "main": ("motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link"),
    "second": ("secondary", "secondary_link"),
    "third": ("tertiary", "tertiary_link"),
    "local": ("unclassified", "residential", "living_street", "pedestrian", "road", "busway"),
    "lane": ("service", "track"),
    "way": ("footway", "path", "steps", "cycleway", "bridleway", "corridor"),
}
_CLASS_OF = {highway: name for name, highways in CLASSES.items() for highway in highways}


class StreetName(NamedTuple):
    """A name and the path data that it is written along."""

    name: str
    data: str


def street_paths(extract: Extract, frame: Frame) -> dict[str, str]:
    """Return SVG path data by class, the widest first; narrow ones are left out where the page would grow too large."""
    lines: dict[str, list[list[Point]]] = {name: [] for name in CLASSES}
    for way in extract.ways.values():
        name = _CLASS_OF.get(way.tags.get("highway", ""))
        if name is not None:
            lines[name] += _shown(_points(way, extract, frame), frame.surroundings())
    paths: dict[str, str] = {}
    room = MOST_BYTES
    for name, drawn in lines.items():
        data = path_data(drawn)
        room -= len(data)
        if room < 0:
            break
        paths[name] = data
    return paths


def street_names(extract: Extract, frame: Frame, taken: Sequence[Sequence[Point]]) -> list[StreetName]:
    """Return names of larger streets and where they stand: on their street, clear of `taken` and of each other."""
    named: dict[str, list[list[Point]]] = defaultdict(list)
    for name in NAMED:
        for way in extract.ways.values():
            if way.tags.get("highway") in CLASSES[name] and "name" in way.tags:
                named[way.tags["name"]] += _shown(_points(way, extract, frame), frame.surroundings())
    occupied: list[BaseGeometry] = [LineString(line) if len(line) > 1 else ShapelyPoint(line[0]) for line in taken]
    written: list[StreetName] = []
    for name, lines in named.items():
        line = _longest(lines)
        spot = _free_spot(line, len(name), occupied, frame.m_per_px) if line else None
        if spot:
            occupied.append(spot)
            written.append(StreetName(name, path_data([_left_to_right(spot)])))
    return written


def _free_spot(
    line: LineString, characters: int, occupied: Sequence[BaseGeometry], m_per_px: float
) -> LineString | None:
    """Return the first of some stretches of a line that a name fits on and that nothing else is near."""
    beyond = NAME_ROOM * CHARACTER_EM * NAME_PX * characters * m_per_px / 2
    for share in PLACES_TRIED:
        middle = share * line.length
        piece = substring(line, middle - beyond, middle + beyond)
        if not isinstance(piece, LineString) or not beyond <= middle <= line.length - beyond:
            continue
        if all(piece.distance(other) > NAMES_APART_PX * m_per_px for other in occupied):
            return piece
    return None


def _points(way: Way, extract: Extract, frame: Frame) -> list[Point | None]:
    """Return a way's nodes on the sheet; None for those that a clipped extract lacks."""
    return [frame.point(extract.nodes[node]) if node in extract.nodes else None for node in way.nodes]


def _shown(points: Sequence[Point | None], bounds: Bounds) -> Iterator[list[Point]]:
    """Yield the runs of points whose segments may be seen within bounds."""
    run: list[Point] = []
    for before, after in pairwise(points):
        if before is None or after is None or not _meets(before, after, bounds):
            if run:
                yield run
            run = []
        else:
            run = run or [before]
            run.append(after)
    if run:
        yield run


def _meets(a: Point, b: Point, bounds: Bounds) -> bool:
    west, north, east, south = bounds
    return max(a[0], b[0]) >= west and min(a[0], b[0]) <= east and max(a[1], b[1]) >= north and min(a[1], b[1]) <= south


def _longest(lines: Sequence[Sequence[Point]]) -> LineString | None:
    """Return the longest line that pieces make together, smoothed for writing on."""
    merged = linemerge(MultiLineString([line for line in lines if len(line) > 1]))
    parts = list(merged.geoms) if isinstance(merged, MultiLineString) else [merged]
    longest = max(parts, key=lambda part: part.length, default=None)
    smooth = longest.simplify(4.0) if longest is not None else None
    return smooth if isinstance(smooth, LineString) and not smooth.is_empty else None


def _left_to_right(line: LineString) -> list[Point]:
    points = [(x, y) for x, y in line.coords]
    return points if points[0][0] <= points[-1][0] else points[::-1]
