"""Invented doors beside real streets, and the ground of passes.

Law: where somebody lives, every mode may ride both ways.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Point, Polygon

from routing.network import MODES, Streets
from routing.network.street_arrays import Ints

Json = dict[str, Any]
Spot = tuple[float, float]
"""East and north of the middle of the map, in metres."""

SHORTEST_M = 20.0
OFF_THE_STREET_M = (6.0, 15.0)
CORNERS = 12
MOST_STAY_TOGETHER = 0.97


@dataclass
class Ground:
    """The streets of a map, to put places on; places once closed in by `closed` are not drawn again."""

    streets: Streets
    dice: random.Random
    closed: Polygon = field(default_factory=Polygon)

    def __post_init__(self) -> None:
        one, other = (rows[:, _chains(self.streets)] for rows in (self.streets.forward, self.streets.backward))
        self._for_cars = np.flatnonzero((one | other)[MODES.index("car")])
        everybody = one.all(axis=0) & other.all(axis=0)
        self._stretches = np.flatnonzero(everybody & (self.streets.stretch_m >= SHORTEST_M))
        low, high = np.percentile(self.streets.node_xy[self.streets.stretch_tail[self._stretches]], (5, 95), axis=0)
        self._middle, self._half = (low + high) / 2, (high - low) / 2

    @property
    def across_m(self) -> float:
        """Half the map's width and height, in the mean."""
        return float(self._half.mean())

    def door(self, around: Spot | None = None, within_m: float = np.inf) -> Spot:
        """Return a place beside a street, as near to another as is asked."""
        centre = Point(around or self._middle)
        for _ in range(100_000):
            spot = self._beside(int(self.dice.choice(self._stretches)))
            place = Point(spot)
            if centre.distance(place) <= within_m and not self.closed.intersects(place):
                return spot
        raise ValueError("there is no street where a place was wanted")

    def quarter(self, least: float, most: float) -> Spot:
        """Return a place so far from the middle, in shares of the way to the map's edge."""
        for _ in range(100_000):
            spot = self.door()
            share = np.abs((np.array(spot) - self._middle) / self._half).max()
            if least <= share <= most:
                return spot
        raise ValueError("there is no street in that part of the map")

    def star(self, centre: Spot, reach_m: float) -> Polygon:
        """Return a star of twelve corners."""
        angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
        reach = np.array([reach_m * self.dice.uniform(0.75, 1.25) for _ in angles])[:, None]
        return Polygon(np.array(centre) + reach * np.column_stack([np.cos(angles), np.sin(angles)]))

    def pass_ground(self, centre: Spot, reach_m: float, indoors: Iterable[Spot]) -> Polygon:
        """Return a star with a broad way from its middle to each place where its holder has to be."""
        ways = [LineString([centre, place]).buffer(0.35 * reach_m, quad_segs=3) for place in indoors]
        return shapely.union_all([self.star(centre, reach_m), *ways])

    def holds_together_without(self, shape: Polygon) -> bool:
        """Whether closing a shape leaves nearly all streets as connected as they were."""
        return self._largest_part(shape) >= MOST_STAY_TOGETHER * self._largest_part(Polygon())

    def _largest_part(self, closed: Polygon) -> int:
        """Return how many nodes of the streets for cars hang together outside of a shape."""
        xy = self.streets.node_xy
        ends = np.column_stack([self.streets.stretch_tail, self.streets.stretch_head])[self._for_cars]
        tail, head = ends[~shapely.intersects(shapely.linestrings(xy[ends]), closed)].T
        graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(xy), len(xy)))
        _, part = connected_components(graph, directed=False)
        return int(np.bincount(part).max())

    def location(self, spot: Spot) -> Json:
        """Return a spot as a document says it."""
        lon, lat = self._degrees(np.array([spot]))[0]
        return {"lon": round(float(lon), 6), "lat": round(float(lat), 6)}

    def area(self, shape: Polygon) -> Json:
        """Return a polygon as GeoJSON."""
        rings = [shape.exterior, *shape.interiors]
        return {
            "type": "Polygon",
            "coordinates": [np.round(self._degrees(np.array(ring.coords)), 6).tolist() for ring in rings],
        }

    def _degrees(self, spots: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        plane = self.streets.projection
        return spots / plane.metres_per_degree + (plane.lon, plane.lat)

    def _beside(self, stretch: int) -> Spot:
        xy = self.streets.node_xy
        start, end = xy[self.streets.stretch_tail[stretch]], xy[self.streets.stretch_head[stretch]]
        along = end - start
        across = np.array([-along[1], along[0]]) / np.hypot(*along)
        off_m = self.dice.choice((-1, 1)) * self.dice.uniform(*OFF_THE_STREET_M)
        east, north = start + self.dice.uniform(0.2, 0.8) * along + off_m * across
        return float(east), float(north)


def _chains(streets: Streets) -> Ints:
    """Return the chain of each stretch."""
    return np.searchsorted(streets.chain_first, np.arange(len(streets.stretch_m)), side="right") - 1
