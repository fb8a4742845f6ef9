"""A leg as driven, stretch by stretch, with where it heads at each node.

Law: only what the leg names and where the extract has it; what to say of it is decided in `parts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.network.extract import Extract, Way
from routing.network.headings import Point, heading_deg, point_along
from routing.network.projection import haversine_m
from routing.network.street_arrays import Streets
from routing.network.travel import StreetPiece

SIGHT_M = 15.0
"""A street's heading at a junction is taken over so many metres, so that a kink at its very end says nothing."""


@dataclass(frozen=True)
class Stretch:
    """A piece of one street between two neighbouring nodes, or a part of that, as driven.

    Attributes
    ----------
    name
        What a sign says, or None.
    way_class
        The way's `highway` value.
    circles
        It is part of a roundabout, where a driver counts exits.
    """

    way_id: int
    from_node: int
    to_node: int
    start: Point
    end: Point
    metres: float
    name: str | None
    way_class: str
    circles: bool


Course = Sequence[Stretch]


def is_circle(way: Way) -> bool:
    """Say whether a way is a roundabout, or a circle driven like one."""
    return way.tags.get("junction") in ("roundabout", "circular")


def course_of(pieces: Sequence[StreetPiece], extract: Extract, streets: Streets, mode: str) -> list[Stretch]:
    """Return the stretches of a leg's streets in order. People on foot go round a circle either way: no exits."""
    return [_stretch(piece, extract, _tidy(streets.street_name(piece[0])), counts=mode != "foot") for piece in pieces]


def _stretch(piece: StreetPiece, extract: Extract, name: str | None, *, counts: bool) -> Stretch:
    way_id, from_node, to_node, from_share, to_share = piece
    way = extract.ways[way_id]
    line = extract.nodes[from_node], extract.nodes[to_node]
    start, end = _between(line, from_share), _between(line, to_share)
    metres = float(haversine_m(*start, *end))
    circles = counts and is_circle(way)
    return Stretch(way_id, from_node, to_node, start, end, metres, name, way.tags["highway"], circles)


def _tidy(name: str | None) -> str | None:
    """Return a name with single spaces: a slip of a mapper's hand makes no other street."""
    return " ".join(name.split()) or None if name else None


def _between(line: tuple[Point, Point], share: float) -> Point:
    (lon_a, lat_a), (lon_b, lat_b) = line
    return lon_a + share * (lon_b - lon_a), lat_a + share * (lat_b - lat_a)


def doubles_back(course: Course, at: int) -> bool:
    """Say whether stretch `at` goes back over the one before."""
    before, after = course[at - 1], course[at]
    return (before.from_node, before.to_node) == (after.to_node, after.from_node)


def heading_into(course: Course, at: int) -> float:
    """Return the heading on arriving at the start of stretch `at`, which may be one past the last."""
    back = list(_points_back(course, at))
    return heading_deg(point_along(back, SIGHT_M), back[0])


def heading_out(course: Course, at: int) -> float:
    """Return the heading on setting out along stretch `at`."""
    onward = list(_points_onward(course, at))
    return heading_deg(onward[0], point_along(onward, SIGHT_M))


def _points_back(course: Course, at: int) -> Iterator[Point]:
    yield course[at - 1].end
    yield course[at - 1].start
    for index in range(at - 1, 0, -1):
        if not _goes_on(course, index):
            return
        yield course[index - 1].start


def _points_onward(course: Course, at: int) -> Iterator[Point]:
    yield course[at].start
    yield course[at].end
    for index in range(at + 1, len(course)):
        if not _goes_on(course, index):
            return
        yield course[index].end


def _goes_on(course: Course, at: int) -> bool:
    """Say whether stretch `at` is the way of the one before, driven on: beyond, another street would be measured."""
    return course[at].way_id == course[at - 1].way_id and not doubles_back(course, at)


def name_of(stretches: Course) -> str | None:
    """Return the name that most metres have, None only where no stretch has one."""
    return _most([(stretch.name, stretch.metres) for stretch in stretches if stretch.name is not None])


def class_of(stretches: Course) -> str | None:
    """Return the class of most metres."""
    return _most([(stretch.way_class, stretch.metres) for stretch in stretches])


def _most(weighed: Sequence[tuple[str, float]]) -> str | None:
    metres: dict[str, float] = defaultdict(float)
    for value, more in weighed:
        metres[value] += more
    return max(metres, key=lambda value: metres[value], default=None)


def length_m(stretches: Course) -> float:
    """Return metres."""
    return sum(stretch.metres for stretch in stretches)
