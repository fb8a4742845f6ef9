"""OR-Tools over small groups of routes, round by round: the engine for days with every rule.

Law: each round ends at a local optimum or at its time; a round is kept if the day as a whole got better.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator

from routing.solver.effort import Effort
from routing.solver.insertion import first_plan, insert_all, urgency
from routing.solver.line import Line, Met, Plan, Task
from routing.solver.ortools_routes import improve, with_most
from routing.solver.pool import prices
from routing.solver.problem import Problem
from routing.solver.solution import Objective, Solution

# A stop no shorter than OR-Tools needs to set up a small group.
SHORTEST_ROUND_S = 0.05
# A round that may have to end early, because somebody may ask for it, takes no longer.
LONGEST_ROUND_S = 1.0
# Every so many rounds all routes descend together: it straightens what rounds of a few have left crossed.
ROUNDS_A_POLISH = 12


def run(task: Task, line: Line) -> None:
    """Search in a process of its own: from the task's plan, and from better ones as they come."""
    best = min((_taken(task.problem, plan) for plan in task.plans), key=_rank, default=first_plan(task.problem))
    left = 0.0 if task.end is None else task.end - time.monotonic()
    effort = Effort(left, task.iterations, task.seed)

    def found(better: Solution) -> None:
        line.found({number: tokens for number, (tokens, _) in better.routes.items()})

    def others() -> list[Solution]:
        return [_taken(task.problem, plan) for plan in line.plans()]

    improve_by_rounds(best, effort, found, line.over, others, lambda met: line.met(_met(met)))


def improve_by_rounds(
    best: Solution,
    effort: Effort,
    found: Callable[[Solution], None],
    stop: Callable[[], bool],
    others: Callable[[], list[Solution]] = list,
    met: Callable[[Solution], None] = lambda _: None,
) -> Solution:
    """Return the best plan met.

    A few neighbouring routes are emptied, filled again in a shaken order, and OR-Tools descends over them alone: small
    models, many of them, find more in a second than one model of the day (docs/adr/0005-small-groups.md). Now and
    then all routes descend together.

    Parameters
    ----------
    others
        Gives plans of other engines; the search goes on from one that is better.
    met
        Called with the plan of each round, good or bad.
    """
    chance = random.Random(effort.seed)  # noqa: S311 - no secret
    if not best.routes:
        return best
    for number, seconds in enumerate(_rounds(effort, time.monotonic() + effort.seconds), start=1):
        if stop():
            break
        best = min([best, *others()], key=_rank)
        again = improve(best, seconds=seconds) if number % ROUNDS_A_POLISH == 0 else _again(best, chance, seconds)
        met(again)
        if again.objective < best.objective:
            best = again
            found(best)
    return best


def _rank(solution: Solution) -> Objective:
    return solution.objective


def _taken(problem: Problem, plan: Plan) -> Solution:
    """Schedule the routes of a plan, leaving out what is unlawful."""
    solution = Solution(problem, {})
    for number, tokens in sorted(plan.items()):
        solution = with_most(solution, number, tokens)
    return solution


def _met(solution: Solution) -> list[Met]:
    worth = solution.objective[-2]
    return [
        (number, tokens, plan.travel_s + prices(solution.problem.vehicles[number], tokens), worth)
        for number, (tokens, plan) in solution.routes.items()
    ]


def _rounds(effort: Effort, end: float) -> Iterator[float | None]:
    """Yield the seconds left at each round; None where rounds are counted instead."""
    if effort.iterations is not None:
        yield from (None for _ in range(effort.iterations))
        return
    while (left := end - time.monotonic()) > SHORTEST_ROUND_S:
        yield min(left, LONGEST_ROUND_S)


def _again(solution: Solution, chance: random.Random, seconds: float | None) -> Solution:
    """Empty some routes, put their jobs in again, and descend over what changed."""
    emptied = _without(solution, _neighbours(solution, chance))
    missing = [index for index in range(len(solution.problem.jobs)) if index not in emptied.served]
    key = urgency(solution.problem)
    shaken = {index: place + chance.uniform(0, 6) for place, index in enumerate(sorted(missing, key=key))}
    filled = insert_all(emptied, sorted(missing, key=shaken.__getitem__))
    group = [number for number in filled.routes if filled.routes[number] != emptied.routes.get(number)]
    return improve(filled, group, seconds) if group else filled


def _without(solution: Solution, numbers: Collection[int]) -> Solution:
    return Solution(solution.problem, {n: route for n, route in solution.routes.items() if n not in numbers})


def _neighbours(solution: Solution, chance: random.Random) -> list[int]:
    """Return one to three routes: a random one, and those that share most of its clients or people."""
    first = chance.choice(sorted(solution.routes))
    mine = solution.problem.vehicles[first]

    def nearness(number: int) -> tuple[float, int]:
        other = solution.problem.vehicles[number]
        common = len(mine.allowed & other.allowed) / max(1, len(mine.allowed | other.allowed))
        return (-(bool(set(mine.people) & set(other.people)) + common + chance.random()), number)

    others = sorted((number for number in solution.routes if number != first), key=nearness)
    return [first, *others[: chance.choice((0, 1, 1, 2))]]
