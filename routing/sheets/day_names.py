"""Who is called what on a day: codes for routes and clients. Law: from plan, programme and key, nothing else.

Reading a report needs this much, and no streets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.domain.clients import Client
from routing.domain.errors import InputError
from routing.domain.plan import Plan, Route, StepType
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.sheets.day_codes import DayCodes


@dataclass(frozen=True)
class DayNames:
    """The names of a plan's day.

    Attributes
    ----------
    key
        The organisation's secret, from which the day's codes are made.

    Raises
    ------
    InputError
        `plan_not_of_programme`.
    """

    plan: Plan
    programme: Programme
    key: bytes

    def __post_init__(self) -> None:
        if self.plan.programme_id != self.programme.programme_id:
            raise InputError(
                "plan_not_of_programme",
                "the plan was made for another programme",
                where="/programme_id",
                remedy="name the programme the plan was made from (--programme)",
            )

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
    def names(self) -> dict[str, str]:
        """Client -> code name of the day."""
        return self.codes.names(
            step.client_id for route in self.plan.routes for step in route.steps if step.client_id is not None
        )

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


def visited(route: Route) -> Sequence[str]:
    """Return the clients of a route's visits, in order."""
    return [step.client_id for step in route.steps if step.type is StepType.VISIT and step.client_id is not None]
