"""Areas and lines that lie beside the map. Law: needs nothing of the map but its bounds.

A mistyped zone that lies elsewhere would close nothing, and nobody would notice: so a zone or checkpoint that does not
touch the map is refused. A pass for elsewhere does no harm (its holder goes nowhere, and every client is told why), and
somebody may hold one for the next district. Whatever fits the map only with latitude and longitude swapped is named so.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians

from shapely import LineString, Point, box, transform
from shapely.geometry.base import BaseGeometry

from routing.domain.errors import Problem, ProgrammeError
from routing.domain.passes import Checkpoint
from routing.domain.places import Corridor
from routing.domain.programme import Programme
from routing.domain.reading import pointer

Bounds = tuple[float, float, float, float]
_METRES_PER_DEGREE = 111_195.0


def refuse_beside(programme: Programme, bounds: Bounds) -> None:
    """Refuse a programme with areas, corridors or checkpoints that nowhere touch the map.

    Parameters
    ----------
    bounds
        (west, south, east, north) of the extract's streets, in degrees.

    Raises
    ------
    ProgrammeError
        `coordinates_swapped`, `outside_map`: all there are, each with its place.
    """
    problems = list(extent_problems(programme, bounds))
    if problems:
        raise ProgrammeError(problems)


def extent_problems(programme: Programme, bounds: Bounds) -> Iterator[Problem]:
    """Find what lies beside the map."""
    ground = box(*bounds)
    for where, shape in _shapes(programme):
        if shape.intersects(ground):
            continue
        if _swapped(shape).intersects(ground):
            yield Problem(
                code="coordinates_swapped",
                where=pointer(*where),
                message="it lies beside the map; with latitude and longitude exchanged it lies on it",
                remedy="write each position as [lon, lat]",
            )
        elif where[0] != "passes":
            yield Problem(
                code="outside_map",
                where=pointer(*where),
                message="it lies beside the map: no street of the extract is near it",
                remedy="correct its coordinates; if they are right, leave it out, or take an extract that covers it",
            )


def _shapes(programme: Programme) -> Iterator[tuple[tuple[str | int, ...], BaseGeometry]]:
    for index, permit in enumerate(programme.passes):
        for number, area in enumerate(permit.areas):
            yield ("passes", index, "areas", number), area.shape
        for number, corridor in enumerate(permit.corridors):
            yield ("passes", index, "corridors", number), _band(corridor)
    for index, zone in enumerate(programme.zones):
        yield ("zones", index, "area"), zone.area.shape
    for index, checkpoint in enumerate(programme.checkpoints):
        yield _checkpoint(index, checkpoint)


def _checkpoint(index: int, checkpoint: Checkpoint) -> tuple[tuple[str | int, ...], BaseGeometry]:
    if checkpoint.area is not None:
        return ("checkpoints", index, "area"), checkpoint.area.shape
    if checkpoint.location is not None:
        point = Point(checkpoint.location.point)
        return ("checkpoints", index, "location"), point.buffer(_degrees(checkpoint.radius_m, point.y))
    return ("checkpoints", index, "line"), LineString(checkpoint.line)


def _band(corridor: Corridor) -> BaseGeometry:
    line = LineString(corridor.coordinates)
    return line.buffer(_degrees(corridor.half_width_m, line.centroid.y))


def _degrees(metres: float, lat: float) -> float:
    """Return at least so many metres in degrees: a degree is shortest along a parallel."""
    return metres / _METRES_PER_DEGREE / max(cos(radians(lat)), 0.01)


def _swapped(shape: BaseGeometry) -> BaseGeometry:
    return transform(shape, lambda positions: positions[:, ::-1])
