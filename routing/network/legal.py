"""Cut streets by the ground a volunteer may be on.

Law: what is tested is the whole crossing, never its ends. A street whose two ends lie inside a pass and whose
middle leaves it is not a legal street. Everything is tested on ground one metre smaller than the paper says, so
that rounding never puts a leg outside; the plan checker uses the true lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from routing.network.projection import Floats, Projection
from routing.network.street_arrays import Bools, Ints, Streets

SHRINK_M = 1.0

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True)
class LegalArea:
    """Where somebody may be, in degrees.

    Attributes
    ----------
    allowed
        Polygon or multipolygon; None means everywhere. An empty one means nowhere.
    blocked
        Zones nobody of this duty may touch, whatever `allowed` says.
    delays
        Checkpoints: a drive that touches the geometry takes so many seconds longer, once for every stretch between
        two junctions (or a stop and a junction) that does.
    """

    allowed: BaseGeometry | None = None
    blocked: tuple[BaseGeometry, ...] = ()
    delays: tuple[tuple[BaseGeometry, int], ...] = ()


class LegalGround:
    """A legal area in a network's metres, made one metre safer, ready to be asked many times."""

    def __init__(self, area: LegalArea, projection: Projection) -> None:
        self._inside = _grown(area.allowed, projection, -SHRINK_M) if area.allowed is not None else None
        self._outside = [_grown(zone, projection, SHRINK_M) for zone in area.blocked]
        self._delays = [(projection.geometry_to_m(shape), seconds) for shape, seconds in area.delays]

    @property
    def is_everywhere(self) -> bool:
        """Whether nothing is illegal."""
        return self._inside is None and not self._outside

    def covers(self, geometries: Geometries) -> Bools:
        """Say of each projected geometry whether all of it is legal."""
        legal = np.ones(len(geometries), np.bool_)
        if self._inside is not None:
            legal &= shapely.covers(self._inside, geometries)
        for zone in self._outside:
            legal &= ~shapely.intersects(zone, geometries)
        return legal

    def legal_chains(self, streets: Streets) -> Bools:
        """Say of every chain whether all of it is legal.

        The same answer as `covers` gives, sooner: only chains that meet a border are looked at whole, the others are
        as legal as their first node.
        """
        legal = np.ones(len(streets.chain_way), np.bool_)
        if self._inside is not None:
            legal &= _decide(self._inside, streets, shapely.covers)
        for zone in self._outside:
            legal &= ~_decide(zone, streets, shapely.intersects)
        return legal

    def delay_s(self, geometries: Geometries) -> Ints:
        """Return the seconds that checkpoints cost on each projected geometry."""
        seconds = np.zeros(len(geometries), np.int64)
        for shape, cost in self._delays:
            seconds += np.where(shapely.intersects(shape, geometries), cost, 0)
        return seconds

    def chain_delay_s(self, streets: Streets) -> Ints:
        """Return the seconds that checkpoints cost on every chain."""
        seconds = np.zeros(len(streets.chain_way), np.int64)
        for shape, cost in self._delays:
            seconds[streets.tree.query(shape, predicate="intersects")] += cost
        return seconds


def line_or_point(xy: npt.NDArray[np.float64]) -> BaseGeometry:
    """Return the line through points of shape [n, 2], or the point they all are.

    GEOS gives no sure answer about a line of no length.
    """
    if bool((xy == xy[0]).all()):
        return shapely.Point(xy[0])
    return shapely.LineString(xy)


def lines_or_points(start: Floats, end: Floats) -> Geometries:
    """Return, for points of shape [n, 2] each, the straight lines between them, or the points they both are."""
    shapes = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), np.object_)
    alike = (start == end).all(axis=1)
    shapes[alike] = shapely.points(start[alike])
    return shapes


def _grown(geometry: BaseGeometry, projection: Projection, by_m: float) -> BaseGeometry:
    # The union first: two passes that share a border are one ground, without a seam of two metres between them.
    grown = shapely.unary_union(projection.geometry_to_m(geometry)).buffer(by_m)
    shapely.prepare(grown)
    return grown


def _decide(shape: BaseGeometry, streets: Streets, holds: Callable[..., Bools]) -> Bools:
    """Say of every chain what `holds(shape, chain)` says, asking only where the chain meets the shape's border."""
    start = streets.node_xy[streets.chain_nodes_at_ends[0]]
    decided: Bools = shapely.contains_xy(shape, start)
    touched = np.unique(streets.tree.query(_border(shape), predicate="intersects")[1])
    decided[touched] = holds(shape, streets.chain_lines[touched])
    return decided


def _border(shape: BaseGeometry) -> Geometries:
    """Return the straight pieces of a shape's border."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    joined = ring[1:] == ring[:-1]
    return np.asarray(shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1)[joined]), np.object_)
