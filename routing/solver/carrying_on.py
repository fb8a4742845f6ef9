"""The routes of an earlier plan, as far as they can go on: where the search for the rest of a day begins.

Law: no clock and no chance. What is due no more is left out; what is no longer lawful is given up visit by visit.
"""

from __future__ import annotations

from collections.abc import Iterable

from routing.domain.plan import Route, StepType
from routing.domain.reasons import ReasonCode
from routing.solver.insertion import urgency
from routing.solver.posing import Posed
from routing.solver.solution import Solution, Tokens


def carried_on(posed: Posed, routes: Iterable[Route]) -> Solution:
    """Return the earlier routes as far as they are lawful for whoever made them, in the same vehicle."""
    solution = Solution(posed.problem, {})
    leads = [route for route in routes if route.accompanies is None]
    for route in sorted(leads, key=lambda route: (route.start_at, route.volunteer_id)):
        tokens = tokens_of(posed, route)
        found = [_as_much(solution, number, tokens) for number in _stations_like(posed, route)]
        solution = min(found, key=lambda each: each.objective, default=solution)
    return solution


def tokens_of(posed: Posed, route: Route) -> Tokens:
    """Return a route's loads and visits, each where its first order stands; who was not met waits for another time."""
    job_of = {
        order: index
        for index, job in enumerate(posed.problem.jobs)
        for order in job.order_ids
        if index not in posed.overdue
    }
    depot_of = {site.site_id: index for index, site in enumerate(posed.sites)}
    tokens: list[int] = []
    for step in route.steps:
        if step.type is StepType.LOAD and step.site_id in depot_of:
            tokens.append(~depot_of[step.site_id])
        jobs = dict.fromkeys(job_of[order] for order in step.order_ids if order in job_of)
        tokens += [job for job in jobs if job not in tokens]
    return tuple(tokens)


def _stations_like(posed: Posed, route: Route) -> list[int]:
    """Return the duties of whoever led the route, in the same vehicle; under the same pass, if there are such."""
    passes = {pass_id for step in route.steps if step.leg is not None for pass_id in step.leg.pass_ids}
    alike = [
        number
        for number, station in enumerate(posed.stations)
        if station.lead.volunteer_id == route.volunteer_id
        and (station.duty.mode, station.duty.vehicle.plate) == (route.mode, route.plate)
    ]
    return [number for number in alike if passes <= set(posed.stations[number].duty.pass_ids)] or alike


def _as_much(solution: Solution, number: int, tokens: Tokens) -> Solution:
    """Add a route, giving up as few visits as may be, the least urgent ones, until it is lawful."""
    vehicle = solution.problem.vehicles[number]
    left = [token for token in tokens if token < 0 or (token in vehicle.allowed and token not in solution.served)]
    key = urgency(solution.problem)
    while any(token >= 0 for token in left):
        found = solution.with_route(number, tuple(left))
        if not isinstance(found, ReasonCode):
            return found
        given_up = sorted((token for token in left if token >= 0), key=key, reverse=True)
        for one in given_up:
            found = solution.with_route(number, tuple(token for token in left if token != one))
            if not isinstance(found, ReasonCode):
                return found
        left.remove(given_up[0])
    return solution
