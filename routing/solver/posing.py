"""From programme, orders, duties and streets to the problem that engines solve.

Law: everything an engine needs is in `Posed.problem`; the rest of `Posed` is for those who read the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from shapely import Point

from routing.domain.clients import Client
from routing.domain.duties import Duty
from routing.domain.hours import Hours, at
from routing.domain.orders import Order, Tier
from routing.domain.passes import Pass, ZoneEntry
from routing.domain.places import Place
from routing.domain.policies import ClientClass
from routing.domain.programme import Programme
from routing.domain.sites import Site
from routing.domain.volunteers import Volunteer
from routing.network.legal import LegalArea
from routing.network.street_arrays import Streets
from routing.network.travel import Travel, TravelEngine
from routing.solver.burdens import burden_of
from routing.solver.cargo import Parcel, group, labelled_units
from routing.solver.eligibility import Errand, Rules, Station, custody_of
from routing.solver.places import NOWHERE, Ground, Places, make_ground, question_of
from routing.solver.preferences import Prices, Wishes, seconds
from routing.solver.problem import TIERS, Depot, Job, Problem, Rest, Vehicle, Window
from routing.solver.schedule import FAR

MANY_STOPS = 10_000


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A problem, and what its indices mean.

    Attributes
    ----------
    errands, stations, sites
        Beside `problem.jobs`, `problem.vehicles`, `problem.depots`.
    passes
        By id.
    unmet
        How many wishes a visit goes against, by job, beside `problem.vehicles`.
    """

    problem: Problem
    on: date
    midnight: datetime
    errands: tuple[Errand, ...]
    stations: tuple[Station, ...]
    sites: tuple[Site, ...]
    passes: Mapping[str, Pass]
    ground: Ground
    rules: Rules
    engine: TravelEngine
    unmet: tuple[Prices, ...]

    def travel_over(self, duty: Duty, area: LegalArea) -> Travel:
        """Return a duty's travel over another legal area: to tell which part of its law cuts somebody off."""
        return self.ground.travel_over(self.engine, replace(question_of(duty), area=area))


def pose(
    programme: Programme,
    on: date,
    orders: Sequence[Order],
    duties: Sequence[Duty],
    engine: TravelEngine,
    streets: Streets,
) -> Posed:
    """Build the day's problem: snap the places, compute travel, group goods, find who may do what."""
    poser = _Poser(programme, on, duties)
    return poser.pose(orders, engine, streets)


class _Poser:
    def __init__(self, programme: Programme, on: date, duties: Sequence[Duty]) -> None:
        self._programme = programme
        self._on = on
        self._midnight = at(on, datetime.min.time(), programme.zone)
        self._duties = duties
        self._out: Window = (0, 2 * 86_400)
        self._places = Places()
        self._products = {product.product_id: product for product in programme.products}
        self._volunteers = {volunteer.volunteer_id: volunteer for volunteer in programme.volunteers}
        self._site_index = {site.site_id: index for index, site in enumerate(programme.sites)}
        self._wishes = Wishes.of(programme, on)

    def pose(self, orders: Sequence[Order], engine: TravelEngine, streets: Streets) -> Posed:
        self._duties = self._useful(orders)
        self._out = self._hours_out()
        stations = [self._station(duty) for duty in self._duties]
        site_places = [self._places.of(site.place) for site in self._programme.sites]
        clients = {client.client_id: client for client in self._programme.clients}
        by_client = {
            client_id: tuple(some)
            for client_id, some in groupby(
                sorted(orders, key=lambda order: order.client_id), key=lambda order: order.client_id
            )
        }
        client_places = {client_id: self._places.of(self._meeting(clients[client_id])[0]) for client_id in by_client}
        ground = make_ground(engine, streets, self._places.all, self._duties)
        stations = [station for station in stations if _usable(station)]
        rules = Rules(on=self._on, ground=ground, products=self._products)
        errands = [
            errand
            for client_id, some in by_client.items()
            for errand in self._errands(
                clients[client_id], client_places[client_id], some, site_places, stations, rules
            )
        ]
        depots = tuple(
            self._depot(site, place, orders) for site, place in zip(self._programme.sites, site_places, strict=True)
        )
        problem = Problem(
            jobs=tuple(self._job(errand) for errand in errands),
            depots=depots,
            vehicles=tuple(self._vehicle(station, errands, ground, rules) for station in stations),
            time_s=tuple(travel.time_s for travel in ground.travels),
            distance_m=tuple(travel.distance_m for travel in ground.travels),
            exposure_s=seconds(self._programme.preferences.exposure_min),
            balance_s=seconds(self._programme.preferences.balance_min),
        )
        return Posed(
            problem=problem,
            on=self._on,
            midnight=self._midnight,
            errands=tuple(errands),
            stations=tuple(stations),
            sites=self._programme.sites,
            passes={permit.pass_id: permit for permit in self._programme.passes},
            ground=ground,
            rules=rules,
            engine=engine,
            unmet=tuple(self._wishes.unmet(station, errands) for station in stations),
        )

    def _useful(self, orders: Sequence[Order]) -> list[Duty]:
        """Leave out pairs on days when nobody asks for two."""
        due = {order.client_id for order in orders}
        pairs = any(needs_pair(client) for client in self._programme.clients if client.client_id in due)
        return [duty for duty in self._duties if pairs or duty.partner_id is None]

    def _hours_out(self) -> Window:
        """Return the span from the first to the last second in which anybody may be out."""
        if not self._duties:
            return 0, 2 * 86_400
        starts = [self._seconds(duty.start_at) for duty in self._duties]
        ends = [self._seconds(duty.end_at) for duty in self._duties]
        return min(starts), max(ends)

    def _station(self, duty: Duty) -> Station:
        people = [self._volunteers[duty.volunteer_id]]
        if duty.partner_id is not None:
            people.append(self._volunteers[duty.partner_id])
        lead = people[0]
        return Station(
            duty=duty,
            people=tuple(people),
            start=self._places.of(lead.start),
            end=self._places.of(lead.end or lead.start),
        )

    def _errands(
        self,
        client: Client,
        place: int,
        orders: tuple[Order, ...],
        site_places: Sequence[int],
        stations: Sequence[Station],
        rules: Rules,
    ) -> list[Errand]:
        def errand(parcel: Parcel) -> Errand:
            sites = sorted({self._site_index[item.site_id] for order in parcel for item in order.goods})
            return Errand(
                client=client,
                place=place,
                orders=parcel,
                sites=tuple(site_places[site] for site in sites),
                pair=needs_pair(client),
                has_window=not client.windows or bool(self._windows(client.windows)),
            )

        def lawful(parcel: Parcel) -> bool:
            candidate = errand(parcel)
            return any(rules.allows(candidate, station) for station in stations)

        return [errand(parcel) for parcel in group(orders, lawful)]

    def _job(self, errand: Errand) -> Job:
        lost = [0] * TIERS
        for order in errand.orders:
            lost[order.tier.rank] += order.weight
        urgent = any(order.tier in {Tier.T0A, Tier.T0B, Tier.T1} for order in errand.orders)
        burden = burden_of(errand.orders, self._site_index)
        return Job(
            client_id=errand.client.client_id,
            order_ids=tuple(order.order_id for order in errand.orders),
            lost=tuple(lost),
            place=errand.place,
            service_s=errand.client.service_s,
            windows=self._meeting(errand.client)[1],
            latest_s=min(
                (self._seconds(order.latest_safe_at) for order in errand.orders if order.latest_safe_at is not None),
                default=FAR,
            ),
            mass_g=burden.mass_g,
            volume_ml=burden.volume_ml,
            custody=burden.custody,
            returns_to=burden.returns_to,
            fetches=burden.fetches,
            pair=errand.pair,
            isolating=errand.client.isolating,
            isolating_last=errand.client.isolating and not urgent,
            institution=errand.institution,
            controlled_g=burden.controlled_g,
        )

    def _depot(self, site: Site, place: int, orders: Sequence[Order]) -> Depot:
        windows = () if self._on in site.closed_on else self._windows(site.hours, site.closed_on)
        units = sum(labelled_units(order) for order in orders if order.site_id == site.site_id)
        # Preparation begins when the day opens, not with the end of a night that began the day before.
        today = [span for entry in site.hours if (span := entry.span(self._on, self._programme.zone)) is not None]
        opens = self._seconds(min(today)[0]) if today else 0
        ready = opens + site.prep_s_per_unit * units
        if site.ready_from_time is not None:
            ready = max(ready, self._seconds(at(self._on, site.ready_from_time, self._programme.zone)))
        windows = tuple(self._ready_tomorrow(site, window, units) for window in windows)
        return Depot(site_id=site.site_id, place=place, windows=windows, ready_s=ready, call_s=site.load_s)

    def _ready_tomorrow(self, site: Site, window: Window, units: int) -> Window:
        """Return a window of the next date with its beginning moved to when goods are ready then."""
        tomorrow = self._on + timedelta(days=1)
        if window[0] < self._seconds(at(tomorrow, datetime.min.time(), self._programme.zone)):
            return window
        ready = window[0] + site.prep_s_per_unit * units
        if site.ready_from_time is not None:
            ready = max(ready, self._seconds(at(tomorrow, site.ready_from_time, self._programme.zone)))
        return ready, window[1]

    def _vehicle(self, station: Station, errands: Sequence[Errand], ground: Ground, rules: Rules) -> Vehicle:
        lead, duty = station.lead, station.duty
        start, end = self._seconds(duty.start_at, up=True), self._seconds(duty.end_at)
        passes = {permit.pass_id: permit for permit in self._programme.passes}
        return Vehicle(
            duty_id=duty.duty_id,
            people=tuple(person.volunteer_id for person in station.people),
            start=station.start,
            end=station.end,
            span=(start, end),
            profile=ground.profile_of[duty.duty_id],
            max_mass_g=duty.vehicle.max_mass_g,
            max_volume_ml=duty.vehicle.max_volume_ml,
            max_carry_g=duty.vehicle.carry_max_g,
            on_foot=ground.on_foot(duty),
            custody=custody_of(lead),
            stops_of={person.volunteer_id: person.max_stops or MANY_STOPS for person in station.people},
            rests=_shared([self._rests(person, end) for person in station.people]),
            allowed=frozenset(index for index, errand in enumerate(errands) if rules.allows(errand, station)),
            visit_s=self._wishes.prices(station, errands),
            single_use=frozenset(pass_id for pass_id in duty.all_pass_ids if passes[pass_id].single_use),
        )

    def _rests(self, person: Volunteer, end: int) -> list[Rest]:
        """Return the breaks of the day, and of the night after it as far as a duty reaches into it."""
        zone = self._programme.zone
        rests = [
            Rest(
                earliest_s=self._seconds(at(on, rest.earliest_time, zone)),
                # In a night whose clocks jump a span may end before it begins.
                latest_s=self._seconds(max(at(on, rest.earliest_time, zone), at(on, rest.latest_time, zone))),
                duration_s=rest.duration_s,
                people=frozenset({person.volunteer_id}),
            )
            for on in (self._on, self._on + timedelta(days=1))
            for rest in person.breaks
        ]
        return [rest for rest in rests if rest.earliest_s <= end]

    def _visit_windows(self, client: Client) -> tuple[Window, ...]:
        """Return when a client may be visited: none of it after midnight where the next day is closed."""
        windows = self._windows(client.windows)
        tomorrow = self._on + timedelta(days=1)
        if not self._programme.calendar.is_closed(tomorrow):
            return windows
        last = self._seconds(at(tomorrow, datetime.min.time(), self._programme.zone)) - 1
        return tuple((start, min(end, last)) for start, end in windows or ((0, last),) if start <= last)

    def _meeting(self, client: Client) -> tuple[Place, tuple[Window, ...]]:
        """Return where and when a client is visited: at the edge of a zone that is served there, while it is closed.

        Where the zone is in force for a part of the time, the longer part decides: one visit has one place.
        """
        windows = self._visit_windows(client)
        if client.edge_place is None:
            return client.place, windows
        times = _overlaps(windows, [self._out]) if windows else [self._out]
        closures = self._closures_around(client)
        at_edge = _overlaps(times, closures)
        if not at_edge:
            return client.place, windows
        at_home = _gaps(times, closures, client.service_s)
        if _total(at_home) > _total(at_edge):
            return client.place, tuple(at_home)
        return client.edge_place, tuple(at_edge)

    def _closures_around(self, client: Client) -> list[Window]:
        """Return when zones that are served at their edge lie around a client's place, their ends left out."""
        if client.place.location is None:
            return []
        home = Point(client.place.location.point)
        return [
            (
                self._seconds(zone.valid_from_at) + 1,
                FAR if zone.valid_to_at is None else self._seconds(zone.valid_to_at) - 1,
            )
            for zone in self._programme.zones
            if zone.entry is ZoneEntry.HANDOVER_AT_EDGE and zone.area.shape.intersects(home)
        ]

    def _windows(self, hours: Sequence[Hours], closed_on: Sequence[date] = ()) -> tuple[Window, ...]:
        """Return the spans of the day and of the nights around it in which somebody may be out, in seconds."""
        around = [self._on + timedelta(days=offset) for offset in (-1, 0, 1)]
        days = [on for on in around if on not in closed_on]
        spans = [span for entry in hours for on in days if (span := entry.span(on, self._programme.zone)) is not None]
        windows = sorted((self._seconds(start), self._seconds(end)) for start, end in spans)
        # Tomorrow's concern us only where a night shift reaches into them.
        last = max(
            self._out[1], self._seconds(at(self._on + timedelta(days=1), datetime.min.time(), self._programme.zone)) - 1
        )
        return tuple((max(start, 0), end) for start, end in windows if end >= 0 and start <= last)

    def _seconds(self, instant: datetime, *, up: bool = False) -> int:
        delta = instant.astimezone(UTC) - self._midnight
        return delta.days * 86_400 + delta.seconds + (1 if up and delta.microseconds else 0)


def _overlaps(windows: Sequence[Window], others: Sequence[Window]) -> list[Window]:
    return sorted((max(a, c), min(b, d)) for a, b in windows for c, d in others if max(a, c) <= min(b, d))


def _gaps(windows: Sequence[Window], closures: Sequence[Window], service_s: int) -> list[Window]:
    """Return when a visit may begin so that it is over before each closure, or begins after it."""
    left = list(windows)
    for closed, reopened in closures:
        left = [
            piece
            for opens, closes in left
            for piece in ((opens, min(closes, closed - 2 - service_s)), (max(opens, reopened + 2), closes))
            if piece[0] <= piece[1]
        ]
    return sorted(set(left))


def _total(windows: Sequence[Window]) -> int:
    return sum(closes - opens for opens, closes in windows)


def _shared(rests_of: Sequence[list[Rest]]) -> tuple[Rest, ...]:
    """Join equal breaks of different people: a pair rests together where both may."""
    joined: list[Rest] = []
    for rests in rests_of:
        open_ones = list(joined)
        for rest in rests:
            twin = next((other for other in open_ones if _times(other) == _times(rest)), None)
            if twin is None:
                joined.append(rest)
            else:
                open_ones.remove(twin)
                joined[joined.index(twin)] = replace(twin, people=twin.people | rest.people)
    return tuple(joined)


def _times(rest: Rest) -> tuple[int, int, int]:
    return rest.earliest_s, rest.latest_s, rest.duration_s


def needs_pair(client: Client) -> bool:
    """Whether two volunteers visit together: where asked, and always with minors."""
    return client.pair_required or client.client_class is ClientClass.MINOR


def _usable(station: Station) -> bool:
    return NOWHERE not in (station.start, station.end)
