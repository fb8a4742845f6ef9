"""The area of a pass as one geometry in degrees."""

from __future__ import annotations

import math

from shapely import LineString, affinity
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from routing.domain.passes import Pass
from routing.domain.places import Corridor

METRES_PER_DEGREE = math.pi * 6_371_009 / 180


def area_of(permit: Pass) -> BaseGeometry | None:
    """Return the union of a pass's areas and corridors, or None where it holds everywhere."""
    shapes: list[BaseGeometry] = [area.shape for area in permit.areas]
    shapes += [corridor_shape(corridor) for corridor in permit.corridors]
    return unary_union(shapes) if shapes else None


def corridor_shape(corridor: Corridor) -> BaseGeometry:
    """Return the band around a line, measured in metres at the line's middle latitude."""
    line = LineString(corridor.coordinates)
    north_m = METRES_PER_DEGREE
    east_m = METRES_PER_DEGREE * math.cos(math.radians(line.centroid.y))
    metres = affinity.scale(line, xfact=east_m, yfact=north_m, origin=(0, 0))
    return affinity.scale(metres.buffer(corridor.half_width_m), xfact=1 / east_m, yfact=1 / north_m, origin=(0, 0))
