"""Invented places beside real streets.

Law: only ordinary streets with a name are lived in, so that every mode gets there and away; and a key draws the same
place whatever other keys there are, unless that place is taken.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shapely import Point
from shapely.geometry.base import BaseGeometry

from routing.network.extract import Extract, Way, read_extract

LonLat = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

LIVED_IN = {"residential", "living_street", "unclassified", "tertiary"}
THROUGH = {f"{road}{link}" for road in ("trunk", "primary", "secondary") for link in ("", "_link")} | LIVED_IN
RESTRICTING = ("access", "vehicle", "motor_vehicle", "motorcycle", "motorcar", "bicycle", "foot", "area")
METRES_A_DEGREE = 111_195.0
MIDDLE: LonLat = (115.2165, -8.6605)
APART_M = 45.0
OFF_ZONES_DEG = 0.0006  # a door this close to a closed zone may have its street in it
HINTS = (
    "green gate", "behind the laundry", "beside the noodle stall", "yellow wall, second door", "under the mango tree",
    "opposite the small temple", "above the print shop", "last door of the lane", "next to the banjar hall",
    "blue shutters", "over the little bridge", "call softly at the side door",
)  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """A straight piece of a named street."""

    street: str
    start: LonLat
    end: LonLat


@dataclass(frozen=True)
class Spot:
    """An invented place."""

    lon: float
    lat: float
    address: str
    hint: str


class Town:
    """Finds places beside the streets of an extract, in or well away from its closed zones."""

    def __init__(self, path: Path, closed: tuple[BaseGeometry, ...], seed: int) -> None:
        self._stretches = list(_stretches(read_extract(path)))
        self._closed = closed
        self._seed = seed
        self._taken: list[LonLat] = []

    def spot(self, key: str, box: Box, *, in_closed: bool = False) -> Spot:
        """Return a place inside a box, 7 to 18 m beside its street, apart from all places before it."""
        dice = random.Random(f"{self._seed} {key}")  # noqa: S311 (places, not secrets)
        nearby = [stretch for stretch in self._stretches if _inside(stretch.start, box) and _inside(stretch.end, box)]
        for _ in range(2000):
            stretch = dice.choice(nearby)
            place = _beside(stretch, dice.uniform(0.2, 0.8), dice.choice((-1, 1)) * dice.uniform(7, 18))
            if _inside(place, box) and self._is_free(place) and self._fits_zones(place, in_closed=in_closed):
                self._taken.append(place)
                address = f"{_shortened(stretch.street)} (invented house)"
                return Spot(*place, address, dice.choice(HINTS))
        raise ValueError(f"no room for {key} in {box}")

    def _is_free(self, place: LonLat) -> bool:
        return all(metres(place, other) >= APART_M for other in self._taken)

    def _fits_zones(self, place: LonLat, *, in_closed: bool) -> bool:
        away = min(zone.distance(Point(place)) for zone in self._closed)
        return away == 0 if in_closed else away > OFF_ZONES_DEG


def metres(a: LonLat, b: LonLat) -> float:
    """Return the distance of two points, good enough within a town."""
    return math.hypot((a[0] - b[0]) * math.cos(math.radians(a[1])), a[1] - b[1]) * METRES_A_DEGREE


def _inside(place: LonLat, box: Box) -> bool:
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def _beside(stretch: Stretch, along: float, off_m: float) -> LonLat:
    (lon, lat), (to_lon, to_lat) = stretch.start, stretch.end
    east, north = (to_lon - lon) * math.cos(math.radians(lat)), to_lat - lat
    length = math.hypot(east, north)
    off = off_m / METRES_A_DEGREE
    return (
        round(lon + along * (to_lon - lon) - off * north / length / math.cos(math.radians(lat)), 6),
        round(lat + along * (to_lat - lat) + off * east / length, 6),
    )


def _shortened(street: str) -> str:
    if street.startswith(("Gang", "Jl.")):
        return street
    return "Jl. " + street.removeprefix("Jalan ")


def _stretches(extract: Extract) -> Iterator[Stretch]:
    open_ways = [way for way in extract.ways.values() if _is_open(way, extract)]
    connected = _round_trips(open_ways, extract)
    for way in open_ways:
        if way.tags["highway"] in LIVED_IN and "name" in way.tags and "junction" not in way.tags:
            for a, b in zip(way.nodes, way.nodes[1:], strict=False):
                stretch = Stretch(way.tags["name"], extract.nodes[a], extract.nodes[b])
                if connected.issuperset((a, b)) and metres(stretch.start, stretch.end) >= 15:
                    yield stretch


def _is_open(way: Way, extract: Extract) -> bool:
    """Say whether everybody may use all of a way, as far as one-ways let them."""
    return (
        way.tags["highway"] in THROUGH
        and not any(way.tags.get(key, "yes") != "yes" for key in RESTRICTING)
        and all(node in extract.nodes for node in way.nodes)
        and not any("barrier" in extract.node_tags.get(node, ()) for node in way.nodes)
    )


def _round_trips(ways: list[Way], extract: Extract) -> set[int]:
    """Return the nodes from which one gets to the middle of town, and back."""
    there: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for way in ways:
        for a, b in zip(way.nodes, way.nodes[1:], strict=False):
            for start, end in [(a, b)] if _is_one_way(way) else [(a, b), (b, a)]:
                there.setdefault(start, []).append(end)
                back.setdefault(end, []).append(start)
    middle = min(there, key=lambda node: (metres(extract.nodes[node], MIDDLE), node))
    return _flooded(middle, there) & _flooded(middle, back)


def _is_one_way(way: Way) -> bool:
    return way.tags.get("oneway", "no") != "no" or "junction" in way.tags


def _flooded(start: int, onwards: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(onwards.get(node, ()))
    return found
