"""Which client somebody may legally go to on which day, by dates and areas alone: what continuity looks ahead with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from routing.domain.duties import Duty
from routing.domain.orders import Reach
from routing.domain.programme import Programme
from routing.passes.duties import duties_of

DAYS_AHEAD = 14


def reach_of(programme: Programme, on: date, days: int = DAYS_AHEAD) -> Reach:
    """Return, per client with a location, the dates from `on` on which some duty's area holds their place.

    A client without a location is left out: nothing is known about them.
    """
    located = {
        client.client_id: [
            Point(place.location.point)
            for place in (client.place, client.edge_place)
            if place is not None and place.location is not None
        ]
        for client in programme.clients
    }
    dates: dict[str, set[date]] = {client_id: set() for client_id, points in located.items() if points}
    for offset in range(days):
        day = on + timedelta(days=offset)
        open_areas = _OpenAreas(duties_of(programme, day))
        for client_id in dates:
            if any(open_areas.holds(point) for point in located[client_id]):
                dates[client_id].add(day)
    return {client_id: frozenset(found) for client_id, found in dates.items()}


class _OpenAreas:
    """The distinct legal areas of a day's duties, prepared for many questions."""

    def __init__(self, duties: Iterable[Duty]) -> None:
        distinct = {
            (duty.allowed.wkb if duty.allowed is not None else b"", tuple(zone.wkb for zone in duty.blocked)): duty
            for duty in duties
        }
        self._areas = [(_prepared(duty.allowed), [prep(zone) for zone in duty.blocked]) for duty in distinct.values()]

    def holds(self, point: Point) -> bool:
        return any(
            (allowed is None or allowed.covers(point)) and not any(zone.intersects(point) for zone in blocked)
            for allowed, blocked in self._areas
        )


def _prepared(area: BaseGeometry | None):  # type: ignore[no-untyped-def]  # shapely names no type for prepared geometries
    return None if area is None else prep(area)
