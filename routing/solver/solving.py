"""From a problem to the best routes within the budget.

Law: there is a lawful answer at any moment, and the last one is the best one met. With `iterations` nothing here
looks at a clock, so the same problem and seed give the same routes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from routing.solver.insertion import insert_all, urgency
from routing.solver.ortools_routes import Limit, improve
from routing.solver.problem import Problem
from routing.solver.solution import Solution

Progress = Callable[[str, Mapping[str, object]], None]
ROUNDS_BY_ITERATIONS = 2
# The share of the time left that a round gets; the first gets the largest.
SHARE_OF_A_ROUND = 0.5
SHORTEST_ROUND_S = 0.2


@dataclass(frozen=True)
class Effort:
    """How long to search: seconds, or accepted neighbours a round."""

    seconds: float = 30.0
    iterations: int | None = None
    seed: int = 1


def solve(problem: Problem, effort: Effort, progress: Progress) -> Solution:
    """Return the best routes found.

    The first come from insertion in tier order; OR-Tools improves them; further rounds take some jobs out at
    random, put them back, let idle duties in, and improve again.
    """
    chance = random.Random(effort.seed)  # noqa: S311 - no secret
    best = insert_all(Solution(problem, {}), sorted(range(len(problem.jobs)), key=urgency(problem)))
    progress("routes", _figures(best))
    if not best.routes:
        return best
    for limit in _rounds(effort):
        start = best if limit.first else _shaken(best, chance)
        found = improve(start, limit.limit)
        if found.objective < best.objective:
            best = found
            progress("routes", _figures(best))
    return best


@dataclass(frozen=True)
class _Round:
    limit: Limit
    first: bool


def _rounds(effort: Effort):  # type: ignore[no-untyped-def]
    if effort.iterations is not None:
        for number in range(ROUNDS_BY_ITERATIONS):
            yield _Round(Limit(solutions=effort.iterations), first=number == 0)
        return
    end = time.monotonic() + effort.seconds
    first = True
    while (left := end - time.monotonic()) > SHORTEST_ROUND_S or first:
        share = left if left < 4 * SHORTEST_ROUND_S else left * SHARE_OF_A_ROUND
        yield _Round(Limit(seconds=max(share, SHORTEST_ROUND_S)), first=first)
        first = False


def _shaken(solution: Solution, chance: random.Random) -> Solution:
    """Take out the routes of one or two volunteers and put their jobs in again, in a shaken order."""
    count = min(len(solution.routes), chance.choice((1, 1, 2, 3)))
    emptied = solution
    for number in chance.sample(sorted(solution.routes), count):
        emptied = Solution(solution.problem, {n: route for n, route in emptied.routes.items() if n != number})
    missing = [index for index in range(len(solution.problem.jobs)) if index not in emptied.served]
    key = urgency(solution.problem)
    rank_of = {index: position + chance.uniform(0, 4) for position, index in enumerate(sorted(missing, key=key))}
    return insert_all(emptied, sorted(missing, key=rank_of.__getitem__))


def _figures(solution: Solution) -> dict[str, object]:
    return {
        "served": len(solution.served),
        "jobs": len(solution.problem.jobs),
        "routes": len(solution.routes),
        "travel_s": sum(plan.travel_s for _, plan in solution.routes.values()),
    }
