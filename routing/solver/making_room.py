"""Room for somebody who finds no place: one other visit is moved to another route, or to another place on its own.

Law: nobody is given up for it but somebody less urgent, and only where moving helps less; the objective decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from routing.domain.reasons import ReasonCode
from routing.solver.insertion import insert, urgency
from routing.solver.solution import Solution

# So many visits are tried, the least urgent first: each try takes some milliseconds.
MOST_TRIES = 40


def with_room_for(solution: Solution, jobs: Iterable[int], stop: Callable[[], bool] = lambda: False) -> Solution:
    """Put in jobs by moving, for each, one visit of somebody who could do it; the cheapest way found is taken.

    Parameters
    ----------
    jobs
        The most urgent first.
    stop
        Asked before every try.
    """
    for index in jobs:
        served = solution.objective[:-2]  # nobody is exchanged for travel or preferences alone
        found = [better for better in _ways(solution, index, stop) if better.objective[:-2] < served]
        solution = min(found, key=lambda each: each.objective, default=solution)
    return solution


def _ways(solution: Solution, index: int, stop: Callable[[], bool]) -> Iterator[Solution]:
    for token, filled in in_place_of(solution, index, MOST_TRIES, stop):
        yield insert(filled, token) or filled


def in_place_of(
    solution: Solution, index: int, most: int, stop: Callable[[], bool] = lambda: False
) -> Iterator[tuple[int, Solution]]:
    """Yield (job given up, solution) with a job put in for another, the least urgent first; so many are tried."""
    for number, token in _movable(solution, index)[:most]:
        if stop():
            return
        tokens = tuple(other for other in solution.routes[number][0] if other != token)
        emptied = solution.with_route(number, tokens)
        filled = None if isinstance(emptied, ReasonCode) else insert(emptied, index)
        if filled is not None:
            yield token, filled


def _movable(solution: Solution, index: int) -> list[tuple[int, int]]:
    """Return (vehicle, job) of the visits made by those who could do a job, the least urgent first."""
    vehicles = solution.problem.vehicles
    people = {person for vehicle in vehicles if index in vehicle.allowed for person in vehicle.people}
    key = urgency(solution.problem)
    visits = [
        (number, token)
        for number, (tokens, _) in solution.routes.items()
        if people & set(vehicles[number].people)
        for token in tokens
        if token >= 0
    ]
    return sorted(visits, key=lambda visit: key(visit[1]), reverse=True)
