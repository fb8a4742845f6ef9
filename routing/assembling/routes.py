"""Routes of the plan from schedules. Law: nothing is decided here; a route says what the schedule says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from routing.assembling.walks import walk_back, walk_there
from routing.domain.orders import Item
from routing.domain.places import Location
from routing.domain.plan import Leg, LineString, Route, Step, StepType
from routing.domain.volunteers import Volunteer
from routing.network.travel import Travel
from routing.solver import Posed, Solution
from routing.solver.eligibility import Errand, Station
from routing.solver.problem import Vehicle
from routing.solver.schedule import Call, CallKind, Schedule

STEP_OF = {
    CallKind.LOAD: StepType.LOAD,
    CallKind.VISIT: StepType.VISIT,
    CallKind.RETURN: StepType.RETURN,
    CallKind.REST: StepType.BREAK,
}


def assemble_routes(posed: Posed, solution: Solution, zone: ZoneInfo) -> tuple[Route, ...]:
    """Return the plan's routes, by volunteer and start; a pair makes two, the second accompanying the first."""
    routes = []
    for number, (_, planned) in solution.routes.items():
        station = posed.stations[number]
        writer = _Writer(posed, station, posed.problem.vehicles[number], planned, zone)
        routes.append(writer.route())
        routes += [writer.escort(position) for position in range(1, len(station.people))]
    return tuple(sorted(routes, key=lambda route: (route.volunteer_id, route.start_at)))


class _Writer:
    """Writes the route of one station."""

    def __init__(self, posed: Posed, station: Station, vehicle: Vehicle, planned: Schedule, zone: ZoneInfo) -> None:
        self._posed = posed
        self._station = station
        self._vehicle = vehicle
        self._planned = planned
        self._zone = zone
        self._travel: Travel = posed.ground.travels[vehicle.profile]

    def route(self) -> Route:
        """Write the route of whoever carries."""
        calls = self._planned.calls
        return Route(
            volunteer_id=self._station.lead.volunteer_id,
            mode=self._station.duty.mode,
            plate=self._station.duty.vehicle.plate,
            start_at=self._at(self._planned.start_s),
            end_at=self._at(self._planned.end_s),
            distance_m=self._planned.distance_m,
            travel_s=self._planned.travel_s,
            service_s=sum(call.departure_s - call.begin_s for call in calls if call.kind is not CallKind.REST),
            waiting_s=sum(call.begin_s - call.arrival_s for call in calls),
            steps=tuple(self._steps(self._station.lead)),
        )

    def escort(self, position: int) -> Route:
        """Write the route of who rides along: the same steps with nothing aboard, under a pass of their own."""
        person = self._station.people[position]
        mine = self._passes_of(position)
        ridden = self._station.duty.partner_vehicle
        lead = self.route()
        steps = tuple(
            step.changed(items=(), fetched=(), leg=step.leg.changed(pass_ids=mine) if step.leg is not None else None)
            for step in self._steps(person)
        )
        return lead.changed(
            volunteer_id=person.volunteer_id,
            plate=None if ridden is None else ridden.plate,
            accompanies=lead.volunteer_id,
            steps=steps,
        )

    def _passes_of(self, position: int) -> tuple[str, ...]:
        """Return the pass of one person on the duty; none where no rule asks for one."""
        duty = self._station.duty
        return duty.partner_pass_ids if position else duty.pass_ids

    def _steps(self, person: Volunteer) -> Iterator[Step]:
        """Yield the steps of one person on the duty; the breaks of whom they ride with are waits for them."""
        calls = self._planned.calls
        here = self._vehicle.start
        start = self._at(self._planned.start_s)
        yield self._plain(StepType.START, here, start, start, start, None)
        for position, call in enumerate(calls):
            if call.kind is CallKind.REST and person.volunteer_id not in self._vehicle.rests[call.index].people:
                continue
            leg = None if call.kind is CallKind.REST else self._leg(here, call.place)
            yield self._call(call, calls[position + 1 :], leg)
            here = call.place
        end = self._at(self._planned.end_s)
        yield self._plain(StepType.END, self._vehicle.end, end, end, end, self._leg(here, self._vehicle.end))

    def _call(self, call: Call, following: Sequence[Call], leg: Leg | None) -> Step:
        step = self._plain(
            STEP_OF[call.kind],
            call.place,
            self._at(call.arrival_s),
            self._at(call.begin_s),
            self._at(call.departure_s),
            leg,
        )
        if call.kind is CallKind.VISIT:
            errand = self._posed.errands[call.index]
            return step.changed(
                client_id=errand.client.client_id,
                items=tuple(item for order in errand.orders for item in order.goods),
                fetched=tuple(order.fetched for order in errand.orders if order.fetched is not None),
                order_ids=tuple(order.order_id for order in errand.orders),
            )
        if call.kind is CallKind.REST:
            return step
        site_id = self._posed.sites[call.index].site_id
        if call.kind is CallKind.RETURN:
            return step.changed(site_id=site_id)
        return step.changed(site_id=site_id, items=self._loaded(call.index, site_id, following))

    def _loaded(self, depot: int, site_id: str, following: Sequence[Call]) -> tuple[Item, ...]:
        """Return the goods of a site for the visits up to the next load there, but for what was aboard before."""
        items: list[Item] = []
        for call in following:
            if call.kind is CallKind.LOAD and call.index == depot:
                break
            if call.kind is CallKind.VISIT:
                if depot in self._vehicle.carries(call.index, self._posed.problem.jobs[call.index]):
                    continue
                errand: Errand = self._posed.errands[call.index]
                items += [item for order in errand.orders for item in order.goods if item.site_id == site_id]
        return tuple(items)

    def _plain(
        self,
        kind: StepType,
        place: int,
        arrival: datetime,
        begin: datetime,
        departure: datetime,
        leg: Leg | None,
    ) -> Step:
        location = self._posed.ground.places[place].location
        if location is None:
            raise ValueError("a place on a route has a location")
        return Step(
            type=kind,
            location=Location(lon=location.lon, lat=location.lat),
            arrival_at=arrival,
            begin_at=begin,
            departure_at=departure,
            leg=leg,
        )

    def _leg(self, here: int, there: int) -> Leg:
        found = self._travel.leg(here, there)
        walks = self._posed.ground.walks[self._vehicle.profile]
        away, towards = (None, None) if here == there else (walks[here], walks[there])
        return Leg(
            distance_m=found.distance_m,
            travel_s=found.travel_s,
            walk_m=found.walk_m + sum(round(walk.walk_m) for walk in (away, towards) if walk is not None),
            checkpoint_s=found.checkpoint_s,
            pass_ids=self._passes_of(0),
            streets=found.streets,
            geometry=LineString(coordinates=found.coordinates if found.streets else ()),
            walk_from=None if away is None else walk_back(away),
            walk_to=None if towards is None else walk_there(towards),
        )

    def _at(self, seconds: int) -> datetime:
        """Return local time with a fixed offset: two instants of one `ZoneInfo` are compared by their clocks."""
        local = (self._posed.midnight + timedelta(seconds=seconds)).astimezone(self._zone)
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
