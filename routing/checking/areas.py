"""Areas of passes, zones and checkpoints in local metres. Law: true areas; the tolerance is for numbers, not for law.

The plane is equirectangular around the extract's middle: an affine map, so a street that is straight between two
nodes in degrees is straight here, and stays on the same side of every border.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, pi, radians

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from routing.domain.passes import Checkpoint, Pass, Zone
from routing.domain.places import Corridor, shape_of

EARTH_RADIUS_M = 6_371_009.0
# Planned legs keep 1 m inside a pass and outside a zone; half of it is left to rounding.
AREA_TOLERANCE_M = 0.5
# A round corridor end of 200 m drawn with so many corners to the quarter misses less than 2 cm.
_QUARTER_CORNERS = 64

Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """A plane in metres around a point in degrees."""

    lon: float
    lat: float

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in degrees as one in metres."""
        return shapely.transform(shape, self._metres)

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """Return a shape in metres as one in degrees."""
        return shapely.transform(shape, lambda metres: metres / self._scale + np.array([self.lon, self.lat]))

    def _metres(self, degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        metres: npt.NDArray[np.float64] = (degrees - np.array([self.lon, self.lat])) * self._scale
        return metres

    @property
    def _scale(self) -> npt.NDArray[np.float64]:
        return np.array([cos(radians(self.lat)), 1.0]) * (EARTH_RADIUS_M * pi / 180)

    def line(self, points: list[Point]) -> BaseGeometry:
        """Return the line through points in degrees, or the point they are."""
        if len(set(points)) == 1:
            return self.metres(shapely.Point(points[0]))
        return self.metres(shapely.LineString(points))


@dataclass(frozen=True)
class LawAreas:
    """The areas of passes and zones, each made once."""

    frame: Frame
    _passes: dict[str, BaseGeometry | None] = field(default_factory=dict)
    _zones: dict[str, BaseGeometry] = field(default_factory=dict)
    _checkpoints: dict[str, BaseGeometry] = field(default_factory=dict)

    def pass_covers(self, permit: Pass, line: BaseGeometry) -> bool:
        """Whether a pass holds all along a line in metres."""
        if permit.pass_id not in self._passes:
            self._passes[permit.pass_id] = self._pass_area(permit)
        area = self._passes[permit.pass_id]
        return area is None or bool(area.covers(line))

    def zone_touched(self, zone: Zone, line: BaseGeometry) -> bool:
        """Whether a line in metres has a part inside a zone."""
        if zone.zone_id not in self._zones:
            self._zones[zone.zone_id] = self.frame.metres(shape_of(zone.area)).buffer(-AREA_TOLERANCE_M)
            shapely.prepare(self._zones[zone.zone_id])
        return bool(self._zones[zone.zone_id].intersects(line))

    def checkpoint_passed(self, checkpoint: Checkpoint, line: BaseGeometry) -> bool:
        """Whether a line in metres comes by a checkpoint: its true place, without any tolerance."""
        if checkpoint.checkpoint_id not in self._checkpoints:
            self._checkpoints[checkpoint.checkpoint_id] = self._checkpoint(checkpoint)
        return bool(self._checkpoints[checkpoint.checkpoint_id].intersects(line))

    def _pass_area(self, permit: Pass) -> BaseGeometry | None:
        parts = [self.frame.metres(shape_of(area)) for area in permit.areas]
        parts += [self._corridor(corridor) for corridor in permit.corridors]
        if not parts:
            return None
        area = shapely.union_all(parts).buffer(AREA_TOLERANCE_M)
        shapely.prepare(area)
        return area

    def _corridor(self, corridor: Corridor) -> BaseGeometry:
        return self._within_m(shapely.LineString(corridor.coordinates), corridor.half_width_m)

    def _checkpoint(self, checkpoint: Checkpoint) -> BaseGeometry:
        if checkpoint.location is not None:
            return self._within_m(shapely.Point(checkpoint.location.point), checkpoint.radius_m)
        if checkpoint.area is not None:
            return self.frame.metres(shape_of(checkpoint.area))
        return self.frame.metres(shapely.LineString(checkpoint.line))

    def _within_m(self, shape: BaseGeometry, distance_m: float) -> BaseGeometry:
        """Return what is near a shape in degrees, by metres where it lies: this plane's are true in its middle only."""
        centre = shape.centroid
        there = Frame(centre.x, centre.y)
        near = there.metres(shape).buffer(distance_m, quad_segs=_QUARTER_CORNERS)
        return self.frame.metres(there.degrees(near))
