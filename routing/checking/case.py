"""The plan laid beside the programme: who, where, with what aboard. Law: looks up, judges nothing, never raises.

An id of the plan that the programme does not know is None here; `clock.unknown_ids` names it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from routing.checking.areas import Frame, LawAreas
from routing.checking.cargo import Cargo
from routing.checking.carrying import Carrying
from routing.checking.streets import StreetLaw
from routing.checking.tracing import Streets, Trace, trace_of
from routing.checking.turns import TurnLaw
from routing.domain.clients import Client
from routing.domain.day_so_far import DaySoFar, VolunteerSoFar
from routing.domain.hours import Hours, at
from routing.domain.ledger import LedgerEntry
from routing.domain.passes import Checkpoint, MovementRule
from routing.domain.places import Location, Place
from routing.domain.plan import Leg, Plan, Route, Step, StepType
from routing.domain.products import Product
from routing.domain.programme import Programme
from routing.domain.sites import Site
from routing.domain.volunteers import Vehicle, Volunteer
from routing.network.extract import Extract

INDOORS = frozenset({StepType.START, StepType.LOAD, StepType.RETURN, StepType.END})

# Rules and passes may hold over midnight, and a route may too.
DAYS_AROUND = 2

# About 0.1 m: a place written twice is the same place.
SAME_PLACE_DEG = 1e-6

Span = tuple[datetime, datetime]


def same_place(one: Location, other: Location) -> bool:
    """Whether two locations are the same place."""
    return abs(one.lon - other.lon) <= SAME_PLACE_DEG and abs(one.lat - other.lat) <= SAME_PLACE_DEG


@dataclass(frozen=True, eq=False)
class Stage:
    """A step of a route, and how it was reached.

    Attributes
    ----------
    before
        The step before; None at the first.
    origin
        The stage where the leg begins: the last one before that is no break.
    client, site
        Whom the step visits, where it loads.
    place
        Where the step ought to be as the programme has it: the client's place or `edge_place` (whichever is at
        the step's location), the site's, the volunteer's.
    aboard
        Cargo on the way to the step, with what was fetched.
    fetched
        Of it, what was taken back at doors and not yet handed in at its site.
    parcels
        Of it, by client, what was aboard before the route began; the rest was loaded on it.
    """

    route_index: int
    index: int
    route: Route
    volunteer: Volunteer | None
    step: Step
    before: Step | None
    origin: Stage | None
    client: Client | None
    site: Site | None
    place: Place | None
    aboard: Cargo
    fetched: Cargo
    parcels: Mapping[str, Cargo]
    loaded: Cargo

    @property
    def where(self) -> str:
        """JSON pointer to the step."""
        return f"/routes/{self.route_index}/steps/{self.index}"

    @property
    def leg_where(self) -> str:
        """JSON pointer to the leg."""
        return f"{self.where}/leg"

    @property
    def leg(self) -> Leg | None:
        """The way to the step; a break has none, whatever is written."""
        return None if self.before is None or self.step.type is StepType.BREAK else self.step.leg

    @property
    def outdoors(self) -> bool:
        """Whether the step's time is spent in the street or at a door: at a visit, and at a break after one."""
        base = self.origin if self.step.type is StepType.BREAK else self
        return base is not None and base.step.type not in INDOORS

    @property
    def moves(self) -> bool:
        """Whether the leg is a movement before the law; staying at one place indoors is none."""
        if self.leg is None or self.origin is None:
            return False
        indoors = self.step.type in INDOORS and self.origin.step.type in INDOORS
        return bool(self.leg.streets) or not indoors or not same_place(self.step.location, self.origin.step.location)

    @property
    def leg_time(self) -> Span:
        """The leg's time: from the departure of the step before to arrival."""
        return (self.before or self.step).departure_at, self.step.arrival_at

    @property
    def accompanied(self) -> bool:
        """Whether the step belongs to a route that goes along with another, carrying nothing."""
        return self.route.accompanies is not None


@dataclass(frozen=True, eq=False)
class Case:
    """A plan, the programme and extract it is said to be made from, and what follows from looking them up."""

    plan: Plan
    programme: Programme
    extract: Extract

    @cached_property
    def zone(self) -> ZoneInfo:
        """The programme's time zone; the plan's own does not count."""
        return self.programme.zone

    @property
    def on(self) -> date:
        """The day judged: D of the rules."""
        return self.plan.date

    @cached_property
    def clients(self) -> dict[str, Client]:
        """By id."""
        return {client.client_id: client for client in self.programme.clients}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """By id."""
        return {site.site_id: site for site in self.programme.sites}

    @cached_property
    def products(self) -> dict[str, Product]:
        """By id."""
        return {product.product_id: product for product in self.programme.products}

    @cached_property
    def volunteers(self) -> dict[str, Volunteer]:
        """By id."""
        return {volunteer.volunteer_id: volunteer for volunteer in self.programme.volunteers}

    @cached_property
    def alike(self) -> frozenset[str]:
        """The ids that two orders would share, were they written as they are."""
        counted = Counter(
            f"{client.client_id}.{name}"
            for client in self.programme.clients
            for name in (
                *(regimen.product_id for regimen in client.regimens),
                *(supply.supply_id for supply in client.supplies),
                *(("assessment", "follow_up") if client.assessment_on or client.follow_up_on else ()),
            )
        )
        return frozenset(order_id for order_id, times in counted.items() if times > 1)

    @cached_property
    def streets(self) -> StreetLaw:
        """The reading of OpenStreetMap tags."""
        return StreetLaw(self.extract)

    @cached_property
    def turns(self) -> TurnLaw:
        """The reading of OpenStreetMap's restriction relations."""
        return TurnLaw(self.extract)

    @cached_property
    def areas(self) -> LawAreas:
        """Passes' and zones' areas in metres."""
        west, south, east, north = self.extract.bounds
        return LawAreas(Frame((west + east) / 2, (south + north) / 2))

    @cached_property
    def runs(self) -> tuple[tuple[Stage, ...], ...]:
        """The stages of each route, in order."""
        return tuple(tuple(self._stages(index, route)) for index, route in enumerate(self.plan.routes))

    @property
    def stages(self) -> Iterator[Stage]:
        """All stages of all routes."""
        for run in self.runs:
            yield from run

    @property
    def visits(self) -> Iterator[Stage]:
        """All visits, those of accompanying routes too."""
        return (stage for stage in self.stages if stage.step.type is StepType.VISIT)

    @property
    def legs(self) -> Iterator[tuple[Stage, Leg]]:
        """All stages with the leg that leads to them."""
        return ((stage, stage.leg) for stage in self.stages if stage.leg is not None)

    @cached_property
    def traces(self) -> dict[Stage, Trace]:
        """The streets of each leg, looked up in the extract."""
        streets = Streets(self.extract)
        return {stage: trace_of(leg, streets) for stage, leg in self.legs}

    def vehicle(self, route: Route) -> Vehicle | None:
        """Return the vehicle a route is driven with; of several alike the one that carries most."""
        volunteer = self.volunteers.get(route.volunteer_id)
        alike = [v for v in volunteer.vehicles if (v.mode, v.plate) == (route.mode, route.plate)] if volunteer else []
        return max(alike, key=lambda vehicle: (vehicle.max_mass_g, vehicle.max_volume_ml), default=None)

    def local_date(self, instant: datetime) -> date:
        """Return an instant's date in the programme's zone."""
        try:
            return instant.astimezone(self.zone).date()
        except OverflowError:
            return instant.date()

    def end_of(self, on: date) -> datetime:
        """Return the midnight that ends a date."""
        return at(on + timedelta(days=1), datetime.min.time(), self.zone)

    def spans(self, hours: tuple[Hours, ...], *, days_before: int = 1, days_after: int = 1) -> list[Span]:
        """Return the spans of hours that start on D or on the days around it, in UTC."""
        days = [self.on + timedelta(days=offset) for offset in range(-days_before, days_after + 1)]
        return [span for on in days for each in hours if (span := each.span(on, self.zone)) is not None]

    @cached_property
    def rule_spans(self) -> dict[str, list[Span]]:
        """When each rule of movement holds around D, by its id."""
        return {rule.rule_id: list(self._rule_spans(rule)) for rule in self.programme.movement_rules}

    @cached_property
    def manned_spans(self) -> dict[str, list[Span]]:
        """When each checkpoint is manned around D, by its id."""
        return {each.checkpoint_id: list(self._rule_spans(each)) for each in self.programme.checkpoints}

    def _rule_spans(self, rule: MovementRule | Checkpoint) -> Iterator[Span]:
        ends_at = rule.valid_to_at or datetime.max.replace(tzinfo=UTC)
        if not rule.hours:
            yield rule.valid_from_at, ends_at
        for start, end in self.spans(rule.hours, days_before=DAYS_AROUND, days_after=DAYS_AROUND):
            if start < ends_at and end > rule.valid_from_at:
                yield max(start, rule.valid_from_at), min(end, ends_at)

    @cached_property
    def pass_spans(self) -> dict[str, list[Span]]:
        """When each pass holds around D, its validity aside, by its id; empty for passes without hours."""
        around = {"days_before": DAYS_AROUND, "days_after": DAYS_AROUND}
        return {permit.pass_id: self.spans(permit.hours, **around) for permit in self.programme.passes}

    @cached_property
    def ledger(self) -> dict[tuple[str, str], list[LedgerEntry]]:
        """The ledger's entries by client and product, oldest first."""
        entries: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
        for entry in sorted(self.programme.ledger, key=lambda each: each.at):
            entries[entry.client_id, entry.product_id].append(entry)
        return entries

    @property
    def day(self) -> DaySoFar | None:
        """What has happened on D already."""
        day = self.programme.day
        return day if day is not None and day.on == self.on else None

    @cached_property
    def taken_up(self) -> dict[int, VolunteerSoFar]:
        """By route: how its volunteer stands, of each the first route alone."""
        found: dict[int, VolunteerSoFar] = {}
        for so_far in () if self.day is None else self.day.volunteers:
            routes = [
                (r.start_at, at) for at, r in enumerate(self.plan.routes) if r.volunteer_id == so_far.volunteer_id
            ]
            if routes:
                found[min(routes)[1]] = so_far
        return found

    def _starting_place(self, step: Step, so_far: VolunteerSoFar | None) -> Place | None:
        """Return where a route starts whose volunteer is on the road."""
        if step.type is not StepType.START or so_far is None:
            return None
        if so_far.client_id in self.clients:
            client = self.clients[so_far.client_id]
            return client.edge_place if so_far.at_edge else client.place
        if so_far.site_id in self.sites:
            return self.sites[so_far.site_id].place
        volunteer = self.volunteers.get(so_far.volunteer_id)
        return volunteer.end if volunteer is not None and so_far.at_end else None

    def _stages(self, route_index: int, route: Route) -> Iterator[Stage]:
        volunteer = self.volunteers.get(route.volunteer_id)
        so_far = self.taken_up.get(route_index)
        carrying = Carrying(route.steps, None if route.accompanies else so_far)
        origin: Stage | None = None
        for index, step in enumerate(route.steps):
            client = self.clients.get(step.client_id or "") if step.type is StepType.VISIT else None
            site = self.sites.get(step.site_id or "") if step.type in {StepType.LOAD, StepType.RETURN} else None
            stage = Stage(
                route_index=route_index,
                index=index,
                route=route,
                volunteer=volunteer,
                step=step,
                before=route.steps[index - 1] if index else None,
                origin=origin,
                client=client,
                site=site,
                place=self._starting_place(step, so_far) or _place(step, client, site, volunteer, origin),
                aboard=carrying.aboard,
                fetched=carrying.fetched,
                parcels=carrying.parcels,
                loaded=carrying.loaded,
            )
            yield stage
            carrying.after(index, step)
            if step.type is not StepType.BREAK:
                origin = stage


def _place(
    step: Step, client: Client | None, site: Site | None, volunteer: Volunteer | None, origin: Stage | None
) -> Place | None:
    if step.type is StepType.BREAK:
        return origin.place if origin else None
    if client is not None:
        edge = client.edge_place
        at_edge = edge is not None and edge.location is not None and same_place(edge.location, step.location)
        return edge if at_edge else client.place
    if site is not None:
        return site.place
    if volunteer is None or step.type not in {StepType.START, StepType.END}:
        return None
    return volunteer.start if step.type is StepType.START else volunteer.end or volunteer.start
