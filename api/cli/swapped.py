"""Notice latitude and longitude in the wrong order. Law: only where the other order is on the map, and this is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from routing.domain.errors import PointsError, Problem

if TYPE_CHECKING:
    from api.exchange.points import NamedPoint


def refuse_swapped(path: Path, far: Sequence[NamedPoint]) -> None:
    """Refuse points that are far from any street as they are, and on the map of an extract the other way round.

    Raises
    ------
    PointsError
        `point_swapped`, one a point.
    """
    if not far:
        return
    from routing.network.extract import read_extract

    bounds = read_extract(path).bounds
    swapped = [point for point in far if _within(bounds, point.lat, point.lon) and not _within(bounds, *point.pin)]
    if swapped:
        raise PointsError([_problem(point.where) for point in swapped])


def _within(bounds: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = bounds
    return west <= lon <= east and south <= lat <= north


def _problem(where: str) -> Problem:
    return Problem(
        code="point_swapped",
        where=where,
        message="latitude and longitude stand in each other's place: the other way round this is on the map",
        remedy="longitude comes first",
    )
