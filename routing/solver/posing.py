"""From programme, orders, duties and streets to the problem that engines solve.

Law: everything an engine needs is in `Posed.problem`; the rest of `Posed` is for those who read the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from routing.domain.clients import Client
from routing.domain.duties import Duty
from routing.domain.hours import at
from routing.domain.orders import Order, OrderKind, Tier
from routing.domain.passes import Pass
from routing.domain.policies import ClientClass
from routing.domain.programme import Programme
from routing.domain.sites import Site
from routing.network.legal import LegalArea
from routing.network.street_arrays import Streets
from routing.network.travel import Travel, TravelEngine
from routing.solver.burdens import burden_of
from routing.solver.cargo import Parcel, group, labelled_units
from routing.solver.eligibility import Errand, Rules, Station, custody_of
from routing.solver.meeting import Clock
from routing.solver.places import NOWHERE, Ground, Places, make_ground, question_of
from routing.solver.preferences import Prices, Wishes, seconds
from routing.solver.problem import TIERS, Depot, Job, Problem, Vehicle, Window
from routing.solver.schedule import FAR
from routing.solver.taking_up import TakingUp, with_ways_home

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
    promised
        The windows that jobs have but for what was promised, where that narrows them.
    unpromised
        What visits cost but for promises to be made by somebody else, by job, beside `problem.vehicles`.
    overdue
        Jobs that were to be done before now, and were not.
    on_the_road
        Who has to come home.
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
    promised: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    unpromised: tuple[Prices, ...] = ()
    overdue: frozenset[int] = frozenset()
    on_the_road: frozenset[str] = frozenset()

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
        self._duties = duties
        self._clock = Clock(programme, on, duties)
        self._taking_up = TakingUp(programme, on, ())
        self._promised: dict[int, tuple[Window, ...]] = {}
        self._places = Places()
        self._products = {product.product_id: product for product in programme.products}
        self._volunteers = {volunteer.volunteer_id: volunteer for volunteer in programme.volunteers}
        self._site_index = {site.site_id: index for index, site in enumerate(programme.sites)}
        self._wishes = Wishes.of(programme, on)

    def pose(self, orders: Sequence[Order], engine: TravelEngine, streets: Streets) -> Posed:
        self._duties = self._useful(orders)
        self._clock = Clock(self._programme, self._on, self._duties)
        self._taking_up = TakingUp(self._programme, self._on, orders)
        stations = [self._station(duty) for duty in self._duties]
        site_places = [self._places.of(site.place) for site in self._programme.sites]
        clients = {client.client_id: client for client in self._programme.clients}
        by_client = {
            client_id: tuple(some)
            for client_id, some in groupby(
                sorted(orders, key=lambda order: order.client_id), key=lambda order: order.client_id
            )
        }
        client_places = {
            client_id: self._places.of(self._clock.meeting(clients[client_id])[0]) for client_id in by_client
        }
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
            jobs=tuple(self._job(index, errand) for index, errand in enumerate(errands)),
            depots=depots,
            vehicles=tuple(self._vehicle(station, errands, ground, rules) for station in stations),
            time_s=tuple(travel.time_s for travel in ground.travels),
            distance_m=tuple(travel.distance_m for travel in ground.travels),
            exposure_s=seconds(self._programme.preferences.exposure_min),
            balance_s=seconds(self._programme.preferences.balance_min),
            must=self._taking_up.demanded(errands),
        )
        return Posed(
            problem=with_ways_home(problem, self._taking_up.on_the_road()),
            on=self._on,
            midnight=self._clock.midnight,
            errands=tuple(errands),
            stations=tuple(stations),
            sites=self._programme.sites,
            passes={permit.pass_id: permit for permit in self._programme.passes},
            ground=ground,
            rules=rules,
            engine=engine,
            unmet=tuple(self._wishes.unmet(station, errands) for station in stations),
            promised=self._promised,
            unpromised=tuple(dict(self._wishes.prices(station, errands)) for station in stations),
            overdue=self._taking_up.overdue(errands),
            on_the_road=self._taking_up.on_the_road(),
        )

    def _useful(self, orders: Sequence[Order]) -> list[Duty]:
        """Leave out pairs on days when nobody asks for two."""
        due = {order.client_id for order in orders}
        pairs = any(needs_pair(client) for client in self._programme.clients if client.client_id in due)
        return [duty for duty in self._duties if pairs or duty.partner_id is None]

    def _station(self, duty: Duty) -> Station:
        people = [self._volunteers[duty.volunteer_id]]
        if duty.partner_id is not None:
            people.append(self._volunteers[duty.partner_id])
        lead = people[0]
        return Station(
            duty=duty,
            people=tuple(people),
            start=self._places.of(self._taking_up.start(lead, duty)),
            end=self._places.of(lead.end or lead.start),
            aboard=self._taking_up.aboard(lead, duty),
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
                place_of_site={site_id: site_places[index] for site_id, index in self._site_index.items()},
                pair=needs_pair(client),
                has_window=not client.windows or bool(self._clock.windows(client.windows)),
                locked=self._taking_up.locked(client),
            )

        def lawful(parcel: Parcel) -> bool:
            candidate = errand(parcel)
            return any(rules.allows(candidate, station) for station in stations)

        return [errand(parcel) for part in self._taking_up.parts(orders) for parcel in group(part, lawful)]

    def _times(self, index: int, errand: Errand) -> tuple[Window, ...]:
        """Return when an errand may be done: within what was promised, if that can be."""
        windows = self._taking_up.windows(errand, self._clock.meeting(errand.client)[1], self._clock)
        narrowed = self._taking_up.promised(errand, windows, self._clock)
        if narrowed is None:
            return windows
        self._promised[index] = windows
        return narrowed

    def _may_go_first(self, order: Order) -> bool:
        """Whether an isolating client may be seen before others for it.

        Doses that are due today only because nobody can come tomorrow keep until the evening: those go last.
        """
        day_ends_at = at(self._on + timedelta(days=1), datetime.min.time(), self._programme.zone) - timedelta(seconds=1)
        keeps = order.kind is OrderKind.REGIMEN and order.latest_safe_at == day_ends_at
        return order.tier in {Tier.T0A, Tier.T0B} or (order.tier is Tier.T1 and not keeps)

    def _job(self, index: int, errand: Errand) -> Job:
        lost = [0] * TIERS
        for order in errand.orders:
            lost[order.tier.rank] += order.weight
        urgent = any(self._may_go_first(order) for order in errand.orders)
        burden = burden_of(errand.orders, self._site_index)
        return Job(
            client_id=errand.client.client_id,
            order_ids=tuple(order.order_id for order in errand.orders),
            lost=tuple(lost),
            place=errand.place,
            service_s=errand.client.service_s,
            windows=self._times(index, errand),
            latest_s=min(
                (
                    self._clock.seconds(order.latest_safe_at)
                    for order in errand.orders
                    if order.latest_safe_at is not None
                ),
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
        windows = () if self._on in site.closed_on else self._clock.windows(site.hours, site.closed_on)
        units = sum(labelled_units(order) for order in orders if order.site_id == site.site_id)
        # Preparation begins when the day opens, not with the end of a night that began the day before.
        today = [span for entry in site.hours if (span := entry.span(self._on, self._programme.zone)) is not None]
        opens = self._clock.seconds(min(today)[0]) if today else 0
        ready = opens + site.prep_s_per_unit * units
        if site.ready_from_time is not None:
            ready = max(ready, self._clock.seconds(at(self._on, site.ready_from_time, self._programme.zone)))
        windows = tuple(self._ready_tomorrow(site, window, units) for window in windows)
        return Depot(site_id=site.site_id, place=place, windows=windows, ready_s=ready, call_s=site.load_s)

    def _ready_tomorrow(self, site: Site, window: Window, units: int) -> Window:
        """Return a window of the next date with its beginning moved to when goods are ready then."""
        tomorrow = self._on + timedelta(days=1)
        if window[0] < self._clock.seconds(at(tomorrow, datetime.min.time(), self._programme.zone)):
            return window
        ready = window[0] + site.prep_s_per_unit * units
        if site.ready_from_time is not None:
            ready = max(ready, self._clock.seconds(at(tomorrow, site.ready_from_time, self._programme.zone)))
        return ready, window[1]

    def _vehicle(self, station: Station, errands: Sequence[Errand], ground: Ground, rules: Rules) -> Vehicle:
        lead, duty = station.lead, station.duty
        start, end = self._clock.seconds(duty.start_at, up=True), self._clock.seconds(duty.end_at)
        passes = {permit.pass_id: permit for permit in self._programme.passes}
        vehicle = Vehicle(
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
            rests=self._clock.rests(station.people, end),
            allowed=frozenset(index for index, errand in enumerate(errands) if rules.allows(errand, station)),
            visit_s=self._prices(station, errands),
            single_use=frozenset(pass_id for pass_id in duty.all_pass_ids if passes[pass_id].single_use),
        )
        return self._taking_up.vehicle(vehicle, station, errands, self._clock)

    def _prices(self, station: Station, errands: Sequence[Errand]) -> dict[int, int]:
        """Price visits by what clients would rather, and by what they were promised."""
        prices = dict(self._wishes.prices(station, errands))
        changes = {index: self._taking_up.change_s(errand, station) for index, errand in enumerate(errands)}
        return prices | {index: prices.get(index, 0) + change for index, change in changes.items() if change}


def needs_pair(client: Client) -> bool:
    """Whether two volunteers visit together: where asked, and always with minors."""
    return client.pair_required or client.client_class is ClientClass.MINOR


def _usable(station: Station) -> bool:
    return NOWHERE not in (station.start, station.end)
