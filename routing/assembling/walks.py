"""The ways on foot between doors and vehicles, as a plan writes them. Law: back is the same way the other way round."""

from __future__ import annotations

from routing.domain.plan import LineString, Walk
from routing.network.last_metres import Walk as Found


def walk_there(found: Found) -> Walk:
    """Return the way from the vehicle to the door."""
    return Walk(
        distance_m=round(found.walk_m), streets=found.streets, geometry=LineString(coordinates=found.coordinates)
    )


def walk_back(found: Found) -> Walk:
    """Return the way from the door to the vehicle."""
    streets = [
        (way, head, tail, round(1 - last, 6), round(1 - first, 6)) for way, tail, head, first, last in found.streets
    ]
    return Walk(
        distance_m=round(found.walk_m),
        streets=tuple(streets[::-1]),
        geometry=LineString(coordinates=found.coordinates[::-1]),
    )
