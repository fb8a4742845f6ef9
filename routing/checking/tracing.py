"""The streets of a leg, looked up in the extract. Law: geometry and names only; `streets` says what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from routing.checking.areas import EARTH_RADIUS_M, Point
from routing.domain.plan import Leg, Street, Walk
from routing.network.extract import Extract, Way

# A fraction of a street is written with all its digits.
FRACTION_TOLERANCE = 1e-6


def distance_m(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points in degrees."""
    lon_a, lat_a, lon_b, lat_b = map(radians, (*one, *other))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True)
class Piece:
    """A piece of a way between two neighbouring nodes.

    `forward`, `backward`: whether the way lists the nodes in the order driven, in the other one (a loop may do both).
    """

    number: int
    way: Way
    from_node: int
    to_node: int
    first: float
    last: float
    forward: bool
    backward: bool
    start: Point
    end: Point
    length_m: float


@dataclass(frozen=True)
class Trace:
    """A leg's pieces that exist, and the numbers of those that do not or do not join the one before."""

    pieces: tuple[Piece, ...]
    missing: tuple[int, ...]
    unjoined: tuple[int, ...]

    @cached_property
    def points(self) -> list[Point]:
        """The line driven, in degrees."""
        return [point for piece in self.pieces for point in (piece.start, piece.end)]

    @cached_property
    def length_m(self) -> float:
        """The pieces' length together."""
        return sum(piece.length_m for piece in self.pieces)


@dataclass(frozen=True, eq=False)
class Streets:
    """The extract's streets by neighbours; each way is opened at its first use."""

    extract: Extract
    _pairs: dict[int, frozenset[tuple[int, int]]] = field(default_factory=dict)

    def neighbours(self, way: Way) -> frozenset[tuple[int, int]]:
        """Return the pairs of nodes that follow each other on a way, in its order."""
        if way.way_id not in self._pairs:
            self._pairs[way.way_id] = frozenset(pairwise(way.nodes))
        return self._pairs[way.way_id]


def trace_of(leg: Leg | Walk, streets: Streets) -> Trace:
    """Look up the streets of a leg, or of a walk."""
    found = [_piece(number, street, streets) for number, street in enumerate(leg.streets)]
    pieces = tuple(piece for piece in found if piece is not None)
    missing = tuple(number for number, piece in enumerate(found) if piece is None)
    return Trace(pieces, missing, tuple(_unjoined(pieces)))


def _piece(number: int, street: Street, streets: Streets) -> Piece | None:
    way_id, from_node, to_node, first, last = street
    extract = streets.extract
    way = extract.ways.get(way_id)
    if way is None or from_node not in extract.nodes or to_node not in extract.nodes or not 0 <= first <= last <= 1:
        return None
    pairs = streets.neighbours(way)
    forward, backward = (from_node, to_node) in pairs, (to_node, from_node) in pairs
    if not forward and not backward:
        return None
    tail, head = extract.nodes[from_node], extract.nodes[to_node]
    return Piece(
        number=number,
        way=way,
        from_node=from_node,
        to_node=to_node,
        first=first,
        last=last,
        forward=forward,
        backward=backward,
        start=_between(tail, head, first),
        end=_between(tail, head, last),
        length_m=distance_m(tail, head) * (last - first),
    )


def _between(tail: Point, head: Point, fraction: float) -> Point:
    return tail[0] + (head[0] - tail[0]) * fraction, tail[1] + (head[1] - tail[1]) * fraction


def _unjoined(pieces: tuple[Piece, ...]) -> Iterator[int]:
    for one, other in pairwise(pieces):
        if not (_joined_at_node(one, other) or _same_stretch(one, other)):
            yield other.number


def _joined_at_node(one: Piece, other: Piece) -> bool:
    at_node = one.last >= 1 - FRACTION_TOLERANCE and other.first <= FRACTION_TOLERANCE
    return at_node and one.to_node == other.from_node


def _same_stretch(one: Piece, other: Piece) -> bool:
    driven = (one.way.way_id, one.from_node, one.to_node)
    same = driven == (other.way.way_id, other.from_node, other.to_node)
    return same and abs(one.last - other.first) <= FRACTION_TOLERANCE
