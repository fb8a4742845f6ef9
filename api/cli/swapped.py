"""Notice latitude and longitude in the wrong order. Law: only where the other order is on the map, and this is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from routing.domain.errors import PointsError, Problem

if TYPE_CHECKING:
    from api.exchange.points import NamedPoint
    from routing.network import Streets


def refuse_swapped(streets: Streets, far: Sequence[NamedPoint]) -> None:
    """Refuse points that are far from any street as they are, and on the map the other way round.

    Raises
    ------
    PointsError
        `point_swapped`, one a point.
    """
    low, high = streets.node_lon_lat.min(axis=0), streets.node_lon_lat.max(axis=0)

    def on_map(lon: float, lat: float) -> bool:
        return bool((low <= (lon, lat)).all() and (high >= (lon, lat)).all())

    swapped = [point for point in far if on_map(point.lat, point.lon) and not on_map(*point.pin)]
    if swapped:
        raise PointsError([_problem(point.where) for point in swapped])


def _problem(where: str) -> Problem:
    return Problem(
        code="point_swapped",
        where=where,
        message="latitude and longitude stand in each other's place: the other way round this is on the map",
        remedy="longitude comes first",
    )
