"""The first plan: jobs put in one by one, most urgent first, each where it costs least.

Law: every route that leaves this page has been scheduled; nothing here weighs one tier against another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from routing.domain.reasons import ReasonCode
from routing.solver.problem import Job, Problem
from routing.solver.solution import Solution, Tokens

Order = Callable[[int], tuple[object, ...]]


def urgency(problem: Problem) -> Order:
    """Return the sort key of jobs: locked ones, tier, then weight in it, then the earliest deadline."""

    def key(index: int) -> tuple[object, ...]:
        job = problem.jobs[index]
        return (index not in problem.must, job.rank, tuple(-weight for weight in job.lost), job.latest_s, index)

    return key


def insert_all(solution: Solution, jobs: Iterable[int]) -> Solution:
    """Put in each job where it costs least; those with no lawful place stay out."""
    for index in jobs:
        best = insert(solution, index)
        solution = best if best is not None else solution
    return solution


def insert(solution: Solution, index: int) -> Solution | None:
    """Return the cheapest lawful solution with one more job, or None where there is none."""
    best: tuple[tuple[int, ...], Solution] | None = None
    for number, vehicle in enumerate(solution.problem.vehicles):
        if index not in vehicle.allowed:
            continue
        for cost, tokens in candidates(solution, number, index):
            if best is not None and cost > best[0][0]:
                break  # candidates come by rising estimated cost
            found = solution.with_route(number, tokens)
            if not isinstance(found, ReasonCode):
                # Isolating clients go on their people's last route, if that costs the same.
                last = -found.routes[number][1].start_s if solution.problem.jobs[index].isolating_last else 0
                key = (_added(solution, found), last, number)
                if best is None or key < best[0]:
                    best = (key, found)
                break
    return best[1] if best is not None else None


def _added(before: Solution, after: Solution) -> int:
    return after.objective[-2] - before.objective[-2]


def candidates(solution: Solution, number: int, index: int) -> list[tuple[int, Tokens]]:
    """Return the token sequences with the job put in, each with the travel it adds, cheapest first."""
    problem = solution.problem
    tokens = solution.routes[number][0] if number in solution.routes else ()
    job = problem.jobs[index]
    base = _travel(problem, number, tokens)
    # What is aboard already is not loaded.
    loads = tuple(~depot for depot in sorted(set(job.mass_g) - set(problem.vehicles[number].carries(index, job))))
    found = {sequence: _travel(problem, number, sequence) - base for sequence in _sequences(tokens, index, job, loads)}
    # Among equal ways the fewest loads: each takes its time at the site.
    return sorted(
        ((cost, sequence) for sequence, cost in found.items()),
        key=lambda entry: (entry[0], sum(token < 0 for token in entry[1]), entry[1]),
    )


def _sequences(tokens: Tokens, index: int, job: Job, loads: Tokens) -> Iterator[Tokens]:
    for order in {loads, loads[::-1]}:
        yield (*tokens, *order, index)  # a trip of its own, last
        yield (*order, index, *tokens)  # or first
    if job.institution:
        return
    missing = tuple(load for load in loads if load not in tokens)
    padded = (*missing, *tokens)
    for position in range(1, len(padded) + 1):
        if set(loads) <= set(padded[:position]):
            yield (*padded[:position], index, *padded[position:])


def _travel(problem: Problem, number: int, tokens: Tokens) -> int:
    """Return the seconds of travel along tokens, returns left aside: an estimate for ranking."""
    vehicle = problem.vehicles[number]
    time = problem.time_s[vehicle.profile]
    places = [problem.jobs[token].place if token >= 0 else problem.depots[~token].place for token in tokens]
    stops = [vehicle.start, *places, vehicle.end] if places else []
    return sum(int(time[a, b]) for a, b in pairwise(stops))
