"""A day begun from the routes of an earlier plan: what is still lawful stays, what is missing is put in.

Law: no clock and no chance; the same problem and start give the same routes. What has to be kept is never given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from routing.domain.plan import Route
from routing.solver.carrying_on import tokens_of
from routing.solver.insertion import insert, insert_all, urgency
from routing.solver.making_room import in_place_of
from routing.solver.posing import Posed
from routing.solver.solution import Solution, Tokens

# How many visits may be moved elsewhere, one at a time, to make room for one that finds none.
MOST_MOVES = 24


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where to begin.

    Attributes
    ----------
    routes
        Of an earlier plan of the day.
    first
        Orders that are put in before any other that is missing.
    kept
        Orders that are not given up for them.
    """

    routes: tuple[Route, ...] = ()
    first: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


def resume(posed: Posed, start: Start, begun: Solution | None = None) -> Solution:
    """Return the day with the earlier routes as far as they are lawful, and every job that finds a place.

    Parameters
    ----------
    begun
        What `carried` gave for these routes, where the caller has it.
    """
    solution = carried(posed, start.routes) if begun is None else begun
    by_urgency = sorted(range(len(posed.problem.jobs)), key=urgency(posed.problem))
    solution = insert_all(solution, _missing(solution, by_urgency, start.kept))
    for index in _missing(solution, by_urgency, start.first):
        solution = insert(solution, index) or _with_room_made(solution, index, start.kept | start.first) or solution
    return insert_all(solution, [index for index in by_urgency if index not in solution.served])


def carried(posed: Posed, routes: Sequence[Route]) -> Solution:
    """Return the lawful ones of an earlier plan's routes, each on the duty that is most like its own."""
    solution = Solution(posed.problem, {})
    leads = [route for route in routes if route.accompanies is None]
    for route in sorted(leads, key=lambda route: (route.start_at, route.volunteer_id)):
        tokens = tokens_of(posed, route)
        found = (
            solution.with_route(number, _allowed(posed, number, tokens)) for number in duties_like(posed, route, routes)
        )
        lawful = [each for each in found if isinstance(each, Solution)]
        solution = min(lawful, key=lambda each: each.objective, default=solution)
    return solution


def _allowed(posed: Posed, number: int, tokens: Tokens) -> Tokens:
    """Leave out what a duty may not do under the law as it is now."""
    allowed = posed.problem.vehicles[number].allowed
    return tuple(token for token in tokens if token < 0 or token in allowed)


def _missing(solution: Solution, by_urgency: Iterable[int], order_ids: frozenset[str]) -> list[int]:
    jobs = solution.problem.jobs
    return [index for index in by_urgency if index not in solution.served and order_ids & set(jobs[index].order_ids)]


def duties_like(posed: Posed, route: Route, routes: Sequence[Route]) -> Iterator[int]:
    """Yield the duties of the same people in the same vehicle; where some are under the same passes, those alone."""
    beside = {
        other.volunteer_id
        for other in routes
        if other.accompanies == route.volunteer_id and other.start_at == route.start_at
    }
    passes = {pass_id for step in route.steps if step.leg is not None for pass_id in step.leg.pass_ids}
    alike = [
        number
        for number, station in enumerate(posed.stations)
        if station.lead.volunteer_id == route.volunteer_id
        and {person.volunteer_id for person in station.people[1:]} == beside
        and (station.duty.mode, station.duty.vehicle.plate) == (route.mode, route.plate)
    ]
    same = [number for number in alike if passes <= set(posed.stations[number].duty.pass_ids)]
    yield from same or alike


def _with_room_made(solution: Solution, index: int, kept: frozenset[str]) -> Solution | None:
    """Put a job in by moving another visit elsewhere; or by giving up one that need not be kept, the last resort."""
    instead: Solution | None = None
    for token, filled in in_place_of(solution, index, MOST_MOVES):
        moved = insert(filled, token)
        if moved is not None:
            return moved
        if instead is None and not kept & set(solution.problem.jobs[token].order_ids):
            instead = filled
    return instead
