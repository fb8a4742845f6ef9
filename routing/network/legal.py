"""Cut streets by the ground a volunteer may be on.

Law: what is tested is the whole crossing, never its ends. A street whose two ends lie inside a pass and whose
middle leaves it is not a legal street. Everything is tested on ground one metre smaller than the paper says, so
that rounding never puts a leg outside; the plan checker uses the true lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from routing.network.projection import Projection

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
        Checkpoints: where, and how many seconds each driven piece of street that touches it takes longer.
    """

    allowed: BaseGeometry | None = None
    blocked: tuple[BaseGeometry, ...] = ()
    delays: tuple[tuple[BaseGeometry, int], ...] = ()


class LegalGround:
    """A legal area in a network's metres, made one metre safer, ready to be asked many times."""

    def __init__(self, area: LegalArea, projection: Projection) -> None:
        self._inside = _grown(area.allowed, projection, -SHRINK_M) if area.allowed is not None else None
        self._outside = [_grown(zone, projection, SHRINK_M) for zone in area.blocked]
        self._delays = [(_grown(shape, projection, 0.0), seconds) for shape, seconds in area.delays]

    def covers(self, geometries: Geometries) -> npt.NDArray[np.bool_]:
        """Say of each projected geometry whether all of it is legal."""
        legal = np.ones(len(geometries), np.bool_)
        if self._inside is not None:
            legal &= shapely.covers(self._inside, geometries)
        for zone in self._outside:
            legal &= ~shapely.intersects(zone, geometries)
        return legal

    def delay_s(self, geometries: Geometries) -> npt.NDArray[np.int64]:
        """Return for each projected geometry the seconds of the checkpoints it touches."""
        delay = np.zeros(len(geometries), np.int64)
        for shape, seconds in self._delays:
            delay += seconds * shapely.intersects(shape, geometries)
        return delay


def line_or_point(xy: npt.NDArray[np.float64]) -> BaseGeometry:
    """Return the line through points of shape [n, 2], or the point they all are.

    GEOS gives no sure answer about a line of no length.
    """
    if bool((xy == xy[0]).all()):
        return shapely.Point(xy[0])
    return shapely.LineString(xy)


def _grown(geometry: BaseGeometry, projection: Projection, by_m: float) -> BaseGeometry:
    # The union first: two passes that share a border are one ground, without a seam of two metres between them.
    grown = shapely.unary_union(projection.geometry_to_m(geometry)).buffer(by_m)
    shapely.prepare(grown)
    return grown
