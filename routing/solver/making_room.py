"""Room for somebody who finds no place: one other visit is given up for it, the least urgent first.

Law: whether that is worth it, and where the other one goes, is decided by who asks.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.reasons import ReasonCode
from routing.solver.insertion import insert, urgency
from routing.solver.solution import Solution


def in_place_of(solution: Solution, index: int, most: int) -> Iterator[tuple[int, Solution]]:
    """Yield (job given up, solution) with a job put in for another, the least urgent first; so many are tried."""
    for number, token in _movable(solution, index)[:most]:
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
