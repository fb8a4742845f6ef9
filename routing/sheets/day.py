"""What all papers of a day are made from: plan, programme, codes, streets. Law: look-ups; no paper is made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from routing.domain.clients import Client
from routing.domain.plan import Plan, Route, StepType
from routing.domain.products import Product
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.network.extract import Extract
from routing.sheets.day_codes import DayCodes
from routing.sheets.junctions import Junctions
from routing.sheets.parcels import Parcel, parcels_of
from routing.sheets.texts import Guard, Withheld

STEP_MINUTES = 5  # nobody on a motorcycle keeps the minute


@dataclass(frozen=True, slots=True)
class Remark:
    """A text that stands on no paper, for the dispatcher to mend. `where`: its place in the programme."""

    where: str
    why: Withheld


@dataclass(frozen=True)
class Day:
    """The day's plan with everything its papers look up.

    Attributes
    ----------
    key
        The organisation's secret, from which the day's codes are made.
    remarks
        Grows while papers are made: texts that were withheld.
    """

    plan: Plan
    programme: Programme
    extract: Extract
    key: bytes
    remarks: dict[Remark, None] = field(default_factory=dict)

    @cached_property
    def codes(self) -> DayCodes:
        """The day's codes; no code name is a name that the programme uses."""
        clients = [client.code_name for client in self.programme.clients]
        volunteers = [volunteer.code_name for volunteer in self.programme.volunteers]
        return DayCodes(self.key, self.plan.date, clients + volunteers)

    @cached_property
    def clients(self) -> dict[str, Client]:
        """Clients by id."""
        return {client.client_id: client for client in self.programme.clients}

    @cached_property
    def volunteers(self) -> dict[str, Volunteer]:
        """Volunteers by id."""
        return {volunteer.volunteer_id: volunteer for volunteer in self.programme.volunteers}

    @cached_property
    def products(self) -> dict[str, Product]:
        """Products by id."""
        return {product.product_id: product for product in self.programme.products}

    @cached_property
    def names(self) -> dict[str, str]:
        """Client -> code name of the day."""
        return self.codes.names(
            step.client_id for route in self.plan.routes for step in route.steps if step.client_id is not None
        )

    @cached_property
    def letters(self) -> dict[str, str]:
        """Site -> letter of the day."""
        return self.codes.letters([site.site_id for site in self.programme.sites])

    @cached_property
    def parcels(self) -> tuple[Parcel, ...]:
        """The day's parcels."""
        return parcels_of(self.plan)

    @cached_property
    def parcel_codes(self) -> dict[str, str]:
        """Parcel -> code."""
        return self.codes.parcels(parcel.parcel_id for parcel in self.parcels)

    @cached_property
    def parcels_at(self) -> dict[tuple[int, int], tuple[Parcel, ...]]:
        """(route, step) of the load or the visit -> its parcels."""
        found: dict[tuple[int, int], list[Parcel]] = {}
        for parcel in self.parcels:
            for step in (parcel.visit, parcel.load):
                if step is not None:
                    found.setdefault((parcel.route, step), []).append(parcel)
        return {place: tuple(parcels) for place, parcels in found.items()}

    @cached_property
    def trips(self) -> tuple[int, ...]:
        """Of each route, which of its volunteer's routes it is, from 1."""
        seen: Counter[str] = Counter()
        trips = []
        for route in self.plan.routes:
            seen[route.volunteer_id] += 1
            trips.append(seen[route.volunteer_id])
        return tuple(trips)

    @cached_property
    def route_codes(self) -> tuple[str, ...]:
        """Of each route, the digits that stand for it; other stops make another route."""
        ids = [
            "/".join((route.volunteer_id, str(trip), *visited(route)))
            for route, trip in zip(self.plan.routes, self.trips, strict=True)
        ]
        codes = self.codes.routes(ids)
        return tuple(codes[route_id] for route_id in ids)

    @cached_property
    def guard(self) -> Guard:
        """Knows what no volunteer's paper may repeat."""
        return Guard(self.programme)

    def passed(self, text: str, where: str) -> str:
        """Return a free text as it may be printed; remark on it where it may not."""
        passed = self.guard.passed(text)
        if passed.withheld is not None:
            self.remarks[Remark(where, passed.withheld)] = None
        return passed.text

    @cached_property
    def junctions(self) -> Junctions:
        """Where streets meet."""
        return Junctions(self.extract)

    def codes_at(self, route: int, step: int) -> tuple[str, ...]:
        """Return the codes of the parcels loaded or handed over at a step."""
        return tuple(self.parcel_codes[parcel.parcel_id] for parcel in self.parcels_at.get((route, step), ()))

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the programme's zone."""
        return instant.astimezone(self.programme.zone)

    def from_to(self, begin_at: datetime, end_at: datetime) -> tuple[datetime, datetime]:
        """Return a span as people say it: in steps of five minutes, outwards."""
        start, end = self.local(begin_at), self.local(end_at)
        earlier = start - timedelta(minutes=start.minute % STEP_MINUTES, seconds=start.second)
        over = timedelta(minutes=end.minute % STEP_MINUTES, seconds=end.second)
        return earlier, end - over + (timedelta(minutes=STEP_MINUTES) if over else timedelta())


def visited(route: Route) -> Sequence[str]:
    """Return the clients of a route's visits, in order."""
    return [step.client_id for step in route.steps if step.type is StepType.VISIT and step.client_id is not None]
