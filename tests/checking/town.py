"""A town of twelve junctions, and the way through it, worked out here so that no test leans on the street engine.

9 ------ 10 ----- 11 ----- 12        one step is 0.002 degrees, about 220 m
|        ^       / |        |        6 -> 10 and 2 -> 6 are one-way (way 111)
|        |     21  |       20        21: a footway through the park (way 114)
|        |    /    |        |        20: a bollard on way 113
5 ------ 6 ------- 7 ------ 8
|        ^         |        |
|        |         |        |
1 ------ 2 ------- 3 ------ 4 -- 22  way 115 to 22 is private

At 4 nobody turns left from way 100 into 113; at 7 who comes on 101 goes straight on into 116; from 112 over 116 nobody
turns round into 113.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from math import asin, ceil, cos, radians, sin, sqrt

WEST, SOUTH, STEP_DEG = 115.2, -8.65, 0.002
RESIDENTIAL_KPH, LAST_METRES_KPH = 25, 4

NODES = {1 + x + 4 * y: (float(x), float(y)) for y in range(3) for x in range(4)}
NODES |= {20: (3.0, 1.5), 21: (1.5, 1.5), 22: (3.5, 0.0)}
WAYS = {
    100: (1, 2, 3, 4),
    101: (5, 6, 7),
    102: (9, 10, 11, 12),
    110: (1, 5, 9),
    111: (2, 6, 10),
    112: (3, 7),
    113: (4, 8, 20, 12),
    114: (6, 21, 11),
    115: (4, 22),
    116: (7, 8),
    117: (7, 11),
}
TAGS = {way_id: {"highway": "residential"} for way_id in WAYS}
TAGS[111]["oneway"] = "yes"
TAGS[114]["highway"] = "footway"
TAGS[115] = {"highway": "service", "access": "private"}
NODE_TAGS = {20: {"barrier": "bollard"}}
RESTRICTIONS = {
    900: ("no_left_turn", [("way", "from", 100), ("node", "via", 4), ("way", "to", 113)]),
    901: ("only_straight_on", [("way", "from", 101), ("node", "via", 7), ("way", "to", 116)]),
    902: ("no_u_turn", [("way", "from", 112), ("way", "via", 116), ("way", "to", 113)]),
}
# What a motorcycle may not use, and the stretch the blocked zone lies across.
CLOSED = {(8, 20), (20, 8), (20, 12), (12, 20), (2, 6), *((b, a) for a, b in pairwise(WAYS[111]))}

Point = tuple[float, float]


def at_grid(x: float, y: float) -> Point:
    """Degrees of a point of the drawing."""
    return round(WEST + x * STEP_DEG, 7), round(SOUTH + y * STEP_DEG, 7)


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """GeoJSON of a box in the drawing."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[at_grid(x, y) for x, y in corners]]}


def osm_xml() -> str:
    """The town as an OpenStreetMap file."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="by hand">']
    for node_id, grid in sorted(NODES.items()):
        lon, lat = at_grid(*grid)
        tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in NODE_TAGS.get(node_id, {}).items())
        lines.append(f'<node id="{node_id}" version="1" lon="{lon}" lat="{lat}">{tags}</node>')
    for way_id, nodes in WAYS.items():
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in TAGS[way_id].items())
        lines.append(f'<way id="{way_id}" version="1">{refs}{tags}</way>')
    for relation_id, (value, members) in RESTRICTIONS.items():
        listed = "".join(f'<member type="{kind}" role="{role}" ref="{ref}"/>' for kind, role, ref in members)
        tags = f'<tag k="type" v="restriction"/><tag k="restriction" v="{value}"/>'
        lines.append(f'<relation id="{relation_id}" version="1">{listed}{tags}</relation>')
    return "\n".join([*lines, "</osm>"])


def metres(one: Point, other: Point) -> float:
    """Great-circle distance."""
    lon_a, lat_a, lon_b, lat_b = map(radians, (*one, *other))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_009 * asin(sqrt(half))


@dataclass(frozen=True)
class Spot:
    """A place some metres off a street: at a fraction of the stretch from node a to node b."""

    way_id: int
    a: int
    b: int
    fraction: float

    @property
    def street_point(self) -> Point:
        (x, y), (u, v) = NODES[self.a], NODES[self.b]
        (x, y), (u, v) = at_grid(x, y), at_grid(u, v)
        return x + (u - x) * self.fraction, y + (v - y) * self.fraction

    @property
    def pin(self) -> Point:
        """7.8 m off the street."""
        lon, lat = self.street_point
        return round(lon + 0.00005, 7), round(lat + 0.00005, 7)

    @property
    def walk_m(self) -> float:
        return metres(self.pin, self.street_point)


Piece = tuple[int, int, int, float, float]


def _stretches() -> dict[int, list[tuple[int, int, float]]]:
    out: dict[int, list[tuple[int, int, float]]] = {}
    for way_id, nodes in WAYS.items():
        if TAGS[way_id]["highway"] == "residential":
            for a, b in pairwise(nodes):
                for tail, head in ((a, b), (b, a)):
                    if (tail, head) not in CLOSED:
                        out.setdefault(tail, []).append((head, way_id, _length(tail, head)))
    return out


def _length(a: int, b: int) -> float:
    return metres(at_grid(*NODES[a]), at_grid(*NODES[b]))


def way_between(start: Spot, goal: Spot) -> list[Piece]:
    """The shortest way on open streets, as pieces."""
    if start == goal:
        return []
    if (start.way_id, start.a, start.b) == (goal.way_id, goal.a, goal.b) and start.fraction < goal.fraction:
        return [(start.way_id, start.a, start.b, start.fraction, goal.fraction)]
    queue: list[tuple[float, int, list[Piece]]] = []
    for piece in _from(start):
        heapq.heappush(queue, (_piece_m(piece), piece[2], [piece]))
    done: set[int] = set()
    ends = {piece[1]: piece for piece in _into(goal)}
    best: tuple[float, list[Piece]] | None = None
    while queue:
        length, node, pieces = heapq.heappop(queue)
        if best is not None and length >= best[0]:
            return best[1]
        if node in ends and (best is None or length + _piece_m(ends[node]) < best[0]):
            best = length + _piece_m(ends[node]), [*pieces, ends[node]]
        if node in done:
            continue
        done.add(node)
        for head, way_id, more in _stretches().get(node, []):
            heapq.heappush(queue, (length + more, head, [*pieces, (way_id, node, head, 0.0, 1.0)]))
    assert best is not None
    return best[1]


def _from(spot: Spot) -> list[Piece]:
    both = [
        (spot.way_id, spot.a, spot.b, spot.fraction, 1.0),
        (spot.way_id, spot.b, spot.a, 1.0 - spot.fraction, 1.0),
    ]
    return [piece for piece in both if (piece[1], piece[2]) not in CLOSED]


def _into(spot: Spot) -> list[Piece]:
    both = [
        (spot.way_id, spot.a, spot.b, 0.0, spot.fraction),
        (spot.way_id, spot.b, spot.a, 0.0, 1.0 - spot.fraction),
    ]
    return [piece for piece in both if (piece[1], piece[2]) not in CLOSED]


def _piece_m(piece: Piece) -> float:
    return _length(piece[1], piece[2]) * (piece[4] - piece[3])


def leg(start: Spot, goal: Spot, pass_ids: tuple[str, ...]) -> dict[str, object]:
    """A leg of the plan's document, by the table's speed for residential streets."""
    streets = way_between(start, goal)
    length_m = sum(_piece_m(piece) for piece in streets)
    walk_m = start.walk_m + goal.walk_m if streets else 0.0
    return {
        "distance_m": round(length_m),
        "travel_s": ceil(length_m * 3.6 / RESIDENTIAL_KPH + walk_m * 3.6 / LAST_METRES_KPH),
        "walk_m": round(walk_m),
        "pass_ids": list(pass_ids),
        "streets": [list(piece) for piece in streets],
        "geometry": {"type": "LineString", "coordinates": line_of(streets)},
    }


def line_of(streets: list[Piece]) -> list[list[float]]:
    """The line along pieces, in the plan's seven decimals."""
    if not streets:
        return []
    points = [_along(streets[0][1], streets[0][2], streets[0][3])]
    points += [_along(a, b, last) for _, a, b, _, last in streets]
    return [[round(lon, 7), round(lat, 7)] for lon, lat in points]


def _along(a: int, b: int, fraction: float) -> Point:
    (x, y), (u, v) = at_grid(*NODES[a]), at_grid(*NODES[b])
    return x + (u - x) * fraction, y + (v - y) * fraction
