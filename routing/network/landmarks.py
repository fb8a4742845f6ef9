"""Named places that people find their way by, and which of them are near a stop.

Law: names and points as the map has them, nothing else: no phone number, no opening hours. What is near is data;
sentences belong to the sheets. Relations are left out: a landmark of several parts is rarely seen as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import osmium.filter
import osmium.osm
import shapely

from routing.domain.errors import ExtractError
from routing.network.extract import digest
from routing.network.headings import Point, Side, heading_deg, side_of
from routing.network.projection import Projection, haversine_m

NEAR_M = 80.0
MOST = 3
# Keys of what stands by a street and has a sign, the most telling first. OpenStreetMap wiki, Map features.
KEYS = ("amenity", "shop", "healthcare", "tourism", "historic", "railway", "leisure", "man_made", "office", "building")
# Of these keys only values that people know a place by; of the others every value.
_TELLING = {
    "railway": frozenset({"station", "halt", "tram_stop"}),
    "man_made": frozenset({"tower", "water_tower", "lighthouse", "chimney", "obelisk", "bridge"}),
    "building": frozenset(
        {
            *("mosque", "temple", "church", "cathedral", "chapel", "shrine", "synagogue", "monastery", "gurdwara"),
            *("school", "university", "college", "hospital", "hotel", "train_station", "government", "civic"),
        }
    ),
}


@dataclass(frozen=True)
class Landmark:
    """A named place: `kind` is the tag that says what it is (`amenity=pharmacy`)."""

    name: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Nearby:
    """A landmark as seen from a stop.

    Attributes
    ----------
    distance_m
        Straight metres from the stop.
    heading_deg
        Degrees from north, from the stop towards it.
    side
        For somebody who looks along the street as they came; None: nobody came along one.
    """

    name: str
    kind: str
    distance_m: int
    heading_deg: int
    side: Side | None


def read_landmarks(path: Path) -> tuple[Landmark, ...]:
    """Read the landmarks of an extract file, nodes and then ways (at their middle), each by increasing id.

    Raises
    ------
    ExtractError
        `extract_not_found` or `extract_unreadable`.
    """
    digest(path)
    try:
        return tuple(_landmarks(path))
    except (RuntimeError, ValueError, OSError) as error:
        raise ExtractError(
            "extract_unreadable",
            f"{path.name} is not a readable OpenStreetMap file",
            where=path.name,
            remedy="Download the extract again; it may be cut short, or not be .osm.pbf, .osm, .osm.gz or .osm.bz2.",
        ) from error


def _landmarks(path: Path) -> Iterator[Landmark]:
    found = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("name"))
        .with_filter(osmium.filter.KeyFilter(*KEYS))
    )
    for thing in found:
        name, kind, at = " ".join(thing.tags["name"].split()), _kind(thing.tags), _middle(thing)
        if name and kind and at:
            yield Landmark(name, kind, round(at[0], 7), round(at[1], 7))


def _kind(tags: osmium.osm.TagList) -> str | None:
    for key in KEYS:
        value = tags.get(key)
        if value not in (None, "no") and value in _TELLING.get(key, (value,)):
            return f"{key}={value}"
    return None


def _middle(thing: object) -> Point | None:
    """Return a node's place, or the middle of what a way encloses; None where it has no located nodes."""
    if isinstance(thing, osmium.osm.Node):
        return (thing.lon, thing.lat) if thing.location.valid() else None
    nodes = thing.nodes if isinstance(thing, osmium.osm.Way) else ()
    points = [(node.lon, node.lat) for node in nodes if node.location.valid()]
    if not points:
        return None
    west, south, east, north = shapely.bounds(shapely.MultiPoint(points)).tolist()
    return (west + east) / 2, (south + north) / 2


class Landmarks:
    """Landmarks to be asked for what is near, many times."""

    def __init__(self, landmarks: Iterable[Landmark]) -> None:
        self._all = tuple(landmarks)
        lon_lat = np.array([(one.lon, one.lat) for one in self._all], np.float64).reshape(-1, 2)
        self._plane = Projection(*(lon_lat.mean(axis=0).tolist() if len(lon_lat) else (0.0, 0.0)))
        self._tree = shapely.STRtree([shapely.Point(xy) for xy in self._plane.to_m(lon_lat)])

    def near(
        self, pin: Point, facing_deg: float | None = None, limit_m: float = NEAR_M, most: int = MOST
    ) -> tuple[Nearby, ...]:
        """Return the nearest landmarks within `limit_m` metres of a (lon, lat), nearest first, each name once.

        Parameters
        ----------
        facing_deg
            The heading on which somebody comes to the stop.
        """
        centre = shapely.Point(self._plane.to_m([pin])[0])
        # The plane is a little off great-circle metres: look wider, then measure exactly.
        hits = self._tree.query(centre, "dwithin", distance=limit_m * 1.02 + 1.0).tolist()
        seen = (_seen(self._all[hit], pin, facing_deg) for hit in hits)
        ranked = sorted((metres, one.name, one) for metres, one in seen if metres <= limit_m)
        nearest = {name: one for _, name, one in reversed(ranked)}
        return tuple(sorted(nearest.values(), key=lambda one: (one.distance_m, one.name)))[:most]


def _seen(landmark: Landmark, pin: Point, facing_deg: float | None) -> tuple[float, Nearby]:
    at = landmark.lon, landmark.lat
    metres, towards = float(haversine_m(*pin, *at)), heading_deg(pin, at)
    side = None if facing_deg is None else side_of(facing_deg, towards)
    nearby = Nearby(
        name=landmark.name, kind=landmark.kind, distance_m=round(metres), heading_deg=round(towards) % 360, side=side
    )
    return metres, nearby
