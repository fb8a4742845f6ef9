"""The volunteer's sheet of one route. Law: no way from or to a home, no name, no goods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.domain.clients import Client
from routing.domain.places import Location, PinConfidence, Place, PlaceKind, Position
from routing.domain.plan import Leg, Route, Step, StepType
from routing.domain.policies import Handover
from routing.sheets.day import Day
from routing.sheets.directions import Direction, Turn, directions_of
from routing.sheets.papers import Call, CallKind, Mark, Stop, VolunteerSheet
from routing.sheets.texts import clean, printable

_CALLS = {StepType.LOAD: CallKind.LOAD, StepType.RETURN: CallKind.RETURN, StepType.BREAK: CallKind.BREAK}


def volunteer_sheet(day: Day, route_index: int) -> VolunteerSheet:
    """Return the sheet of a route."""
    route = day.plan.routes[route_index]
    choices = day.programme.sheets
    volunteer = day.volunteers.get(route.volunteer_id)
    return VolunteerSheet(
        on=day.plan.date,
        route=day.route_codes[route_index],
        volunteer=printable(volunteer.code_name if volunteer else "", route.volunteer_id),
        mode=route.mode,
        entries=tuple(_Entries(day, route, route_index)),
        coordinator_phone=clean(day.programme.coordinator.phone).text,
        ends_at=day.local(route.end_at),
        ways=tuple(_ways(day, route)) if choices.street_map else (),
        geo_links=choices.geo_links,
    )


@dataclass(frozen=True)
class _Entries:
    day: Day
    route: Route
    route_index: int

    def __iter__(self) -> Iterator[Stop | Call]:
        number = 0
        for index, step, from_home in _steps(self.route):
            if step.type is StepType.VISIT:
                number += 1
                yield self._stop(index, step, number, from_home=from_home)
            else:
                yield self._call(index, step, from_home=from_home)

    def _stop(self, index: int, step: Step, number: int, *, from_home: bool) -> Stop:
        day, client_id = self.day, step.client_id or ""
        client = day.clients.get(client_id)
        from_at, to_at = day.from_to(step.begin_at, step.departure_at)
        shown = day.programme.sheets
        wanted = shown.street_map or shown.geo_links or shown.navigation_files
        return Stop(
            number=number,
            code_name=day.names[client_id],
            from_at=from_at,
            to_at=to_at,
            hint=self._hint(client, step.location),
            directions=self._directions(step.leg, from_home=from_home, door=_door(client, step.location)),
            parcels=day.codes_at(self.route_index, index),
            marks=tuple(_marks(client, step, together=self._is_together(client_id))) if client else (),
            junction=day.junctions.last_on(step.leg, step.location) if wanted else None,
        )

    def _call(self, index: int, step: Step, *, from_home: bool) -> Call:
        from_at, to_at = self.day.from_to(step.begin_at, step.departure_at)
        rest = step.type is StepType.BREAK
        return Call(
            kind=_CALLS[step.type],
            letter=self.day.letters.get(step.site_id or "", ""),
            from_at=from_at,
            to_at=to_at,
            directions=() if rest else self._directions(step.leg, from_home=from_home),
            parcels=self.day.codes_at(self.route_index, index) if step.type is StepType.LOAD else (),
        )

    def _directions(self, leg: Leg | None, *, from_home: bool, door: Position | None = None) -> tuple[Direction, ...]:
        """Return the way; of one that begins at a home, the last street, without a length that would tell whence."""
        engine = self.day.directions(self.route.mode)
        told = directions_of(leg, engine, door=None if from_home else door) if leg else ()
        if not from_home:
            return told
        return tuple(replace(last, turn=Turn.ON, skipped=False, distance_m=0) for last in told[1:][-1:])

    def _hint(self, client: Client | None, location: Location) -> str:
        if client is None:
            return ""
        return self.day.passed(_place(client, location).hint, f"the hint of client {client.client_id}")

    def _is_together(self, client_id: str) -> bool:
        """Say whether two volunteers make this visit."""
        return self.route.accompanies is not None or any(
            other.accompanies == self.route.volunteer_id and any(step.client_id == client_id for step in other.steps)
            for other in self.day.plan.routes
        )


def _steps(route: Route) -> Iterator[tuple[int, Step, bool]]:
    """Yield the steps that are shown, and whether the way there begins at a home.

    Where somebody rests is nobody's business: after a way to a rest, the next way counts as one from home.
    """
    from_home = True
    for index, step in enumerate(route.steps):
        if step.type in {StepType.START, StepType.END}:
            continue
        yield index, step, from_home
        if step.type is not StepType.BREAK:
            from_home = False
        elif step.leg is not None and step.leg.streets:
            from_home = True


def _ways(day: Day, route: Route) -> Iterator[tuple[Position, ...]]:
    for _, step, from_home in _steps(route):
        way = day.junctions.between(step.leg)
        if not from_home and step.type is not StepType.BREAK and len(way) > 1:
            yield way


def _place(client: Client, location: Location) -> Place:
    """Return the place a visit goes to: at the edge of a zone, or the client's own."""
    edge = client.edge_place
    return edge if edge is not None and edge.location == location else client.place


def _door(client: Client | None, location: Location) -> Position | None:
    """Return the pin of a place if it is surely the door: of another, no side of the street is told."""
    if client is None or _place(client, location).confidence is not PinConfidence.DOOR:
        return None
    return location.point


def _marks(client: Client, step: Step, *, together: bool) -> Iterator[Mark]:
    if client.place.kind is PlaceKind.INSTITUTION:
        yield Mark.GATE
    if client.handover is Handover.CONTACTLESS or client.isolating:
        yield Mark.CONTACTLESS
    if client.consent.call_first:
        yield Mark.CALL_FIRST
    if not step.items:
        yield Mark.NO_PARCEL
    elif not client.consent.proxy_handover and client.place.kind is not PlaceKind.INSTITUTION:
        yield Mark.NOBODY_ELSE
    if step.fetched:
        yield Mark.TAKE_BACK
    if together:
        yield Mark.TOGETHER
