"""The area of a pass, and the place of a checkpoint, as one geometry in degrees."""

from __future__ import annotations

import math

from shapely import LineString, Point, affinity
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from routing.domain.passes import Checkpoint, Pass
from routing.domain.places import Corridor

METRES_PER_DEGREE = math.pi * 6_371_009 / 180

# A checkpoint is taken so much larger than it is written, so that rounding never lets anybody by; the plan checker
# uses the true one.
GROWN_M = 1.0
# A circle of 1000 m drawn with so many corners to the quarter misses less than 8 cm.
_QUARTER_CORNERS = 64


def area_of(permit: Pass) -> BaseGeometry | None:
    """Return the union of a pass's areas and corridors, or None where it holds everywhere."""
    shapes: list[BaseGeometry] = [area.shape for area in permit.areas]
    shapes += [corridor_shape(corridor) for corridor in permit.corridors]
    return unary_union(shapes) if shapes else None


def corridor_shape(corridor: Corridor) -> BaseGeometry:
    """Return the band around a line, measured in metres at the line's middle latitude."""
    return grown(LineString(corridor.coordinates), corridor.half_width_m)


def checkpoint_shape(checkpoint: Checkpoint) -> BaseGeometry:
    """Return where a checkpoint holds people up, made a metre larger."""
    if checkpoint.location is not None:
        return grown(Point(checkpoint.location.point), checkpoint.radius_m + GROWN_M)
    if checkpoint.area is not None:
        return grown(checkpoint.area.shape, GROWN_M)
    return grown(LineString(checkpoint.line), GROWN_M)


def grown(shape: BaseGeometry, by_m: float, corners: int = _QUARTER_CORNERS) -> BaseGeometry:
    """Grow a shape in degrees by metres (shrink it, below 0), measured at its middle latitude."""
    north_m = METRES_PER_DEGREE
    east_m = METRES_PER_DEGREE * math.cos(math.radians(shape.centroid.y))
    metres = affinity.scale(shape, xfact=east_m, yfact=north_m, origin=(0, 0))
    buffered = metres.buffer(by_m, quad_segs=corners)
    return affinity.scale(buffered, xfact=1 / east_m, yfact=1 / north_m, origin=(0, 0))
