"""If one volunteer is missing: whether the most urgent clients of a plan are visited all the same, and by whom.

Law: "yes" is a lawful solution without that volunteer, found and scheduled. "No" is only ever "not found in the time",
but where nobody else could make the visit with nothing else to do: that is tried for each of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from routing.domain.orders import Tier
from routing.domain.plan import Absence
from routing.domain.reasons import ReasonCode
from routing.explaining.alone import fits_alone
from routing.solver import Effort, Posed, Solution, solve
from routing.solver.insertion import insert, urgency
from routing.solver.problem import Problem, Vehicle

# The whole question takes no longer than the search for the plan did, and no absence more than this.
MOST_SECONDS = 2.0
# For goods from more sites than this not every order of loading is tried alone, so nothing is proved.
SITES_TRIED = 2


def resilience_of(posed: Posed, solution: Solution, effort: Effort) -> tuple[Absence, ...]:
    """Return, for each volunteer on duty, what becomes of T0a, T0b and T1 clients of the plan without them.

    Parameters
    ----------
    effort
        Its seconds are shared out over the absences; with iterations no clock counts.
    """
    people = sorted({person.volunteer_id for station in posed.stations for person in station.people})
    share = min(MOST_SECONDS, max(effort.seconds, 0.0) / max(1, len(people)))
    return tuple(_absence(posed.problem, solution, person, replace(effort, seconds=share)) for person in people)


def solution_without(problem: Problem, solution: Solution, person: str, effort: Effort) -> Solution:
    """Return a lawful solution of the day without a volunteer, the most urgent jobs of `solution` first.

    Its problem is the day's, with the same indices, in which vehicles with that person may do nothing.
    """
    patience = _Patience(effort)
    left = _without(problem, person)
    found = _with_urgent(left, solution, patience)
    return _insert_all(Solution(left, found.routes), solution.served, patience)


def _absence(problem: Problem, solution: Solution, person: str, effort: Effort) -> Absence:
    mine = {
        token
        for number, (tokens, _) in solution.routes.items()
        if person in problem.vehicles[number].people
        for token in tokens
        if token >= 0
    }
    found = solution_without(problem, solution, person, effort) if mine else solution
    urgent = _urgent(problem, solution.served)
    lost = sorted(urgent - found.served)
    at_risk = _clients(problem, lost)
    return Absence(
        volunteer_id=person,
        served=not lost,
        at_risk=at_risk,
        impossible=_clients(problem, [index for index in lost if _nobody_else(found.problem, index)]),
        taken_over=_taken_over(found, [i for i in urgent & mine if problem.jobs[i].client_id not in at_risk]),
        others_lost=len(set(_clients(problem, solution.served - found.served)) - set(at_risk)),
    )


def _urgent(problem: Problem, jobs: Iterable[int]) -> set[int]:
    return {index for index in jobs if problem.jobs[index].rank <= Tier.T1.rank}


def _clients(problem: Problem, jobs: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted({problem.jobs[index].client_id for index in jobs}))


def _taken_over(found: Solution, jobs: Collection[int]) -> tuple[tuple[str, str], ...]:
    """Return client and who carries for them now."""
    leads = {
        (found.problem.jobs[token].client_id, found.problem.vehicles[number].people[0])
        for number, (tokens, _) in found.routes.items()
        for token in tokens
        if token in jobs
    }
    return tuple(sorted(leads))


def _without(problem: Problem, person: str) -> Problem:
    return _limited(problem, lambda vehicle: frozenset() if person in vehicle.people else vehicle.allowed)


def _limited(problem: Problem, allowed: Callable[[Vehicle], frozenset[int]]) -> Problem:
    return replace(problem, vehicles=tuple(replace(each, allowed=allowed(each)) for each in problem.vehicles))


def _with_urgent(left: Problem, solution: Solution, patience: _Patience) -> Solution:
    """Look for room for the urgent jobs: between what others do, then in its stead, then by a search of their own."""
    urgent = _urgent(left, solution.served)
    stays = Solution(left, {n: route for n, route in solution.routes.items() if left.vehicles[n].allowed})
    best = _insert_all(stays, urgent, patience)
    if not urgent <= best.served:
        best = min(best, _insert_all(_only(stays, urgent), urgent, patience), key=_objective)
    if not urgent <= best.served and not patience.over:
        best = min(best, _searched(left, urgent, patience.effort), key=_objective)
    return best


def _objective(solution: Solution) -> tuple[int, ...]:
    return solution.objective


def _insert_all(solution: Solution, jobs: Iterable[int], patience: _Patience) -> Solution:
    """Put in those of the jobs that are missing, most urgent first, as long as there is time."""
    for index in sorted(set(jobs) - solution.served, key=urgency(solution.problem)):
        if patience.over:
            break
        solution = insert(solution, index) or solution
    return solution


def _only(solution: Solution, jobs: Collection[int]) -> Solution:
    """Take all other jobs off the routes; a route that is not lawful without them goes with them."""
    left = Solution(solution.problem, {})
    for number, (tokens, _) in sorted(solution.routes.items(), key=lambda entry: entry[1][1].start_s):
        found = left.with_route(number, tuple(token for token in tokens if token < 0 or token in jobs))
        left = left if isinstance(found, ReasonCode) else found
    return left


def _searched(left: Problem, urgent: Collection[int], effort: Effort) -> Solution:
    wanted = frozenset(urgent)
    alone = _limited(left, lambda vehicle: vehicle.allowed & wanted)
    return Solution(left, solve(alone, effort, lambda _stage, _figures: None).routes)


def _nobody_else(left: Problem, index: int) -> bool:
    """Whether no volunteer who is there could make the visit with nothing else to do."""
    if len(left.jobs[index].mass_g) > SITES_TRIED:
        return not any(index in vehicle.allowed for vehicle in left.vehicles)
    return not any(fits_alone(left, number, index) for number in range(len(left.vehicles)))


class _Patience:
    """What is left of an effort; where rounds are counted, there is always time."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._end = time.monotonic() + effort.seconds

    @property
    def over(self) -> bool:
        return self._effort.iterations is None and time.monotonic() >= self._end

    @property
    def effort(self) -> Effort:
        return replace(self._effort, seconds=max(0.0, self._end - time.monotonic()))
