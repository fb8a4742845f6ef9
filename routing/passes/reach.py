"""Which client somebody may legally go to on which day, by dates and areas alone: what continuity looks ahead with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from routing.domain.clients import Client
from routing.domain.duties import Duty
from routing.domain.orders import Reach
from routing.domain.programme import Programme
from routing.passes.duties import duties_of

DAYS_AHEAD = 14
Points = tuple[tuple[float, float], ...]


def reach_of(programme: Programme, on: date, days: int = DAYS_AHEAD) -> Reach:
    """Return, per client with a location, the dates from `on` on which some duty's area holds their place.

    A client without a location is left out: nothing is known about them.
    """
    return OpenDays(programme, on, days).reach(programme.clients)


class OpenDays:
    """The legal areas of the days from a date on, and who lies in them; whatever was asked once is remembered."""

    def __init__(self, programme: Programme, on: date, days: int = DAYS_AHEAD) -> None:
        dates = [on + timedelta(days=offset) for offset in range(days)]
        self._areas = {day: _OpenAreas(duties_of(programme, day)) for day in dates}
        self._known: dict[Points, frozenset[date]] = {}

    def reach(self, clients: Iterable[Client]) -> Reach:
        """Return what `reach_of` returns for these clients, and remember the places of these only."""
        points = {client.client_id: found for client in clients if (found := points_of(client))}
        self._known = {places: self._dates(places) for places in points.values()}
        return {client_id: self._known[places] for client_id, places in points.items()}

    def _dates(self, places: Points) -> frozenset[date]:
        known = self._known.get(places)
        if known is not None:
            return known
        points = [Point(place) for place in places]
        return frozenset(day for day, open_areas in self._areas.items() if any(map(open_areas.holds, points)))


def points_of(client: Client) -> Points:
    """Return where somebody may meet a client, as far as it is known."""
    places = (client.place, client.edge_place)
    return tuple(place.location.point for place in places if place is not None and place.location is not None)


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
