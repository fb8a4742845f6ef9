"""Among plans that are equal in all that has a price, the one that shares the work better.

Law: no tier, second or metre is given for it: whole routes change hands, and the objective stays or improves. So a
preference at price 0 decides where nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from routing.domain.reasons import ReasonCode
from routing.solver.posing import Posed
from routing.solver.solution import Objective, Solution, Tokens

# Squares of people's seconds out, of their stops, wishes not met: each is to be small, the first before the second.
Sharing = tuple[int, int, int]
Hands = Mapping[int, int]  # vehicle -> the vehicle whose route it has


def settle(posed: Posed, solution: Solution) -> Solution:
    """Return a solution at least as good whose routes are shared out best, as far as exchanges of two find it."""
    better = _round(posed, solution)
    while better is not solution:
        solution, better = better, _round(posed, better)
    return solution


def sharing_of(posed: Posed, solution: Solution) -> Sharing:
    """Return how the work is shared and what is wished for and not met."""
    return _prospect(posed, solution, {number: number for number in solution.routes})[1]


def _round(posed: Posed, solution: Solution) -> Solution:
    """Try every two vehicles once."""
    for one, other in combinations(range(len(posed.problem.vehicles)), 2):
        if solution.routes.keys() & {one, other} and _alike(solution, one, other):
            solution = _exchanged_if_better(posed, solution, one, other)
    return solution


def _exchanged_if_better(posed: Posed, solution: Solution, one: int, other: int) -> Solution:
    """Exchange two routes where that is better; only where it promises to be are they scheduled."""
    hands = _hands(solution, one, other)
    exchanged = {**hands, one: hands.get(other, -1), other: hands.get(one, -1)}
    changed = {taker: giver for taker, giver in exchanged.items() if giver >= 0}
    if _prospect(posed, solution, changed) >= _prospect(posed, solution, hands):
        return solution
    found = _in_other_hands(solution, one, other)
    if found is None or _key(posed, found) >= _key(posed, solution):
        return solution
    return found


def _key(posed: Posed, solution: Solution) -> tuple[Objective, Sharing]:
    return solution.objective, sharing_of(posed, solution)


def _hands(solution: Solution, one: int, other: int) -> Hands:
    """Return the routes of all people on two vehicles: what others do adds the same to both sides."""
    vehicles = solution.problem.vehicles
    people = {*vehicles[one].people, *vehicles[other].people}
    return {number: number for number in solution.routes if people & {*vehicles[number].people}}


def _alike(solution: Solution, one: int, other: int) -> bool:
    """Whether two vehicles take the same way between the same ends."""
    first, second = (solution.problem.vehicles[number] for number in (one, other))
    return (first.profile, first.start, first.end) == (second.profile, second.start, second.end)


def _prospect(posed: Posed, solution: Solution, hands: Hands) -> tuple[int, Sharing]:
    """Return the price of preferences and the sharing, if every route took as long in other hands as it does."""
    vehicles = posed.problem.vehicles
    days: dict[str, tuple[int, int]] = {}
    price = unmet = 0
    for taker, giver in hands.items():
        tokens, plan = solution.routes[giver]
        jobs = [token for token in tokens if token >= 0]
        price += sum(vehicles[taker].visit_s.get(job, 0) for job in jobs)
        unmet += sum(posed.unmet[taker].get(job, 0) for job in jobs)
        for person in vehicles[taker].people:
            visits, out_s = days.get(person, (0, 0))
            days[person] = visits + len(jobs), out_s + plan.end_s - plan.start_s
    price += sum(posed.problem.burden_s(*each) for each in days.values())
    squares = sum(out_s * out_s for _, out_s in days.values()), sum(visits * visits for visits, _ in days.values())
    return price, (*squares, unmet)


def _in_other_hands(solution: Solution, one: int, other: int) -> Solution | None:
    """Exchange two vehicles' routes, if both remain lawful."""
    given = {one: _tokens(solution, other), other: _tokens(solution, one)}
    if any({job for job in tokens if job >= 0} - solution.problem.vehicles[v].allowed for v, tokens in given.items()):
        return None
    routes = {number: route for number, route in solution.routes.items() if number not in given}
    found: Solution | ReasonCode = Solution(solution.problem, routes)
    for taker, tokens in given.items():
        found = found if isinstance(found, ReasonCode) or not tokens else found.with_route(taker, tokens)
    return None if isinstance(found, ReasonCode) else found


def _tokens(solution: Solution, number: int) -> Tokens:
    return solution.routes[number][0] if number in solution.routes else ()
