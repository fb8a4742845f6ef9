"""A day's routes as tokens per vehicle, and how two days compare. Law: compared as a tuple, never as one sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from routing.domain.reasons import ReasonCode
from routing.solver.problem import TIERS, Problem, Vehicle, Window, exclude_each_other, homeward_of
from routing.solver.schedule import Schedule, Token, schedule

ONE_MINUTE_S = 60
Tokens = tuple[Token, ...]
Objective = tuple[int, ...]


@dataclass(frozen=True)
class Solution:
    """Lawful routes: vehicle index -> (tokens, schedule). Vehicles without a route are absent."""

    problem: Problem
    routes: Mapping[int, tuple[Tokens, Schedule]]

    @cached_property
    def served(self) -> frozenset[int]:
        """Indices of the jobs done."""
        return frozenset(token for tokens, _ in self.routes.values() for token in tokens if token >= 0)

    @cached_property
    def objective(self) -> Objective:
        """Locked jobs left out, weight lost in each tier (T0a first), seconds of travel and of preferences, metres."""
        lost = [0] * TIERS
        for index, job in enumerate(self.problem.jobs):
            if index not in self.served:
                lost = [mine + more for mine, more in zip(lost, job.lost, strict=True)]
        travel = sum(plan.travel_s for _, plan in self.routes.values()) + self.homeward_s
        metres = sum(plan.distance_m for _, plan in self.routes.values())
        undone = len(self.problem.must - self.served)
        return (undone, *lost, travel + self.preferences_s, metres)

    @cached_property
    def preferences_s(self) -> int:
        """What the day costs beside travel, in seconds of it: who visits whom, and how the work is shared."""
        prices = sum(
            self.problem.vehicles[number].visit_s.get(token, 0)
            for number, (tokens, _) in self.routes.items()
            for token in tokens
        )
        return prices + sum(self.problem.burden_s(visits, out_s) for visits, out_s in self.days_of_people.values())

    @cached_property
    def homeward_s(self) -> int:
        """Seconds of travel of those who are on the road when the day is taken up, and only come home."""
        vehicles = self.problem.vehicles
        gone_on = {
            person for number in self.routes if vehicles[number].on_the_road for person in vehicles[number].people
        }
        return sum(way_s for person, way_s in homeward_of(vehicles).items() if person not in gone_on)

    @cached_property
    def days_of_people(self) -> dict[str, tuple[int, int]]:
        """Visits and seconds out of each person who is out."""
        found: dict[str, tuple[int, int]] = {}
        for number, (tokens, plan) in self.routes.items():
            for person in self.problem.vehicles[number].people:
                visits, out_s = found.get(person, (0, 0))
                found[person] = visits + sum(token >= 0 for token in tokens), out_s + plan.end_s - plan.start_s
        return found

    def spans_left(self, number: int) -> list[Window]:
        """Return when a vehicle may be out, given the other routes of its people, earliest first."""
        vehicle = self.problem.vehicles[number]
        gaps = [vehicle.span]
        for other_number, (_, other) in self.routes.items():
            peer = self.problem.vehicles[other_number]
            if other_number == number:
                continue
            if exclude_each_other(vehicle, peer):
                return []
            if set(vehicle.people) & set(peer.people):
                taken = (other.start_s, other.end_s)
                gaps = [gap for old in gaps for gap in _around(old, taken) if _in_turn(gap, taken, vehicle, peer)]
        return gaps

    def stops_left(self, number: int) -> int:
        """Return how many visits the vehicle may make, given its people's other routes."""
        vehicle = self.problem.vehicles[number]
        return min(self.visits_left(person, vehicle, number) for person in vehicle.people)

    def visits_left(self, person: str, vehicle: Vehicle, besides: int | None = None) -> int:
        """Return how many more visits a person may make, the route of one vehicle aside."""
        made = sum(
            token >= 0
            for other, (tokens, _) in self.routes.items()
            if other != besides and person in self.problem.vehicles[other].people
            for token in tokens
        )
        return vehicle.stops_of[person] - made

    def with_route(self, number: int, tokens: Tokens, within: Window | None = None) -> Solution | ReasonCode:
        """Return the solution with one vehicle's route exchanged (no tokens: taken out), or the rule broken.

        Parameters
        ----------
        within
            A span to schedule it in, of those that are left; None: the first, or the last for isolating clients.
        """
        routes = {other: route for other, route in self.routes.items() if other != number}
        if not any(token >= 0 for token in tokens):
            return Solution(self.problem, routes)
        planned = self.planned(number, tokens, within)
        if isinstance(planned, ReasonCode):
            return planned
        return Solution(self.problem, {**routes, number: (tokens, planned)})

    def planned(self, number: int, tokens: Tokens, within: Window | None = None) -> Schedule | ReasonCode:
        """Return the schedule of a route for a vehicle beside the others, or the rule it breaks."""
        if not self.problem.vehicles[number].allowed.issuperset(token for token in tokens if token >= 0):
            return ReasonCode.RULES_COMBINED
        if sum(token >= 0 for token in tokens) > self.stops_left(number):
            return ReasonCode.RULES_COMBINED
        found: Schedule | ReasonCode = ReasonCode.RULES_COMBINED
        late = within is None and self._leaves_room_before(number, tokens)
        spans = self.spans_left(number)
        if within is not None:
            spans = [within] if any(start <= within[0] and within[1] <= end for start, end in spans) else []
        for span in reversed(spans) if late else spans:
            found = schedule(self.problem, self.problem.vehicles[number], tokens, span)
            if isinstance(found, Schedule):
                if late:
                    found = self._as_late_as_may_be(number, tokens, span, found)
                if self._keeps_isolation(number, tokens, found):
                    return found
                found = ReasonCode.RULES_COMBINED
        return found

    def _leaves_room_before(self, number: int, tokens: Tokens) -> bool:
        """Whether a route of isolating clients alone goes last, so that its people may see others before."""
        jobs = [self.problem.jobs[token] for token in tokens if token >= 0]
        if not any(job.isolating_last for job in jobs) or not all(job.isolating for job in jobs):
            return False
        people = set(self.problem.vehicles[number].people)
        return any(people & set(peer.people) for n, peer in enumerate(self.problem.vehicles) if n != number)

    def _as_late_as_may_be(self, number: int, tokens: Tokens, span: Window, found: Schedule) -> Schedule:
        """Return the route's latest lawful schedule in a gap, to the minute."""
        early, late = found.start_s, span[1]
        while late - early > ONE_MINUTE_S:
            middle = (early + late) // 2
            later = schedule(self.problem, self.problem.vehicles[number], tokens, (middle, span[1]))
            if isinstance(later, Schedule):
                early, found = middle, later
            else:
                late = middle
        return found

    def _keeps_isolation(self, number: int, tokens: Tokens, planned: Schedule) -> bool:
        """Whether none of the people on a vehicle sees others after isolating clients, on this route or the next."""
        people = set(self.problem.vehicles[number].people)
        routes = [(planned.start_s, tokens)]
        for other, (visits, there) in self.routes.items():
            if other != number and people & set(self.problem.vehicles[other].people):
                routes.append((there.start_s, visits))
        jobs = [self.problem.jobs[token] for _, visits in sorted(routes) for token in visits if token >= 0]
        last = next((at for at, job in enumerate(jobs) if job.isolating_last), len(jobs))
        return all(job.isolating for job in jobs[last:])


def _in_turn(gap: Window, taken: Window, vehicle: Vehicle, peer: Vehicle) -> bool:
    """Whether a gap beside a route lies on the right side of it: who is on the road comes home first."""
    if peer.on_the_road:
        return gap[0] >= taken[1]
    return not vehicle.on_the_road or gap[1] <= taken[0]


def _around(gap: Window, taken: Window) -> list[Window]:
    """Return what a route leaves of a gap; two routes of the same people may meet in an instant, indoors."""
    if taken[1] <= gap[0] or gap[1] <= taken[0]:
        return [gap]
    return [(start, end) for start, end in ((gap[0], taken[0]), (taken[1], gap[1])) if start < end]
