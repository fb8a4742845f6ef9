"""Search without kernels: OR-Tools over small groups of routes, for days that the kernels do not hold.

Law: there is a lawful answer at any moment, and the last one is the best one met (docs/adr/0005-small-groups.md).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator

from routing.solver.effort import Effort
from routing.solver.insertion import insert_all, urgency
from routing.solver.ortools_routes import improve
from routing.solver.problem import Problem
from routing.solver.solution import Solution

# A stop no shorter than OR-Tools needs to set up a small group.
SHORTEST_ROUND_S = 0.05


# Every so many rounds all routes descend together: it straightens what rounds of a few have left crossed.
ROUNDS_A_POLISH = 12


def search_small_groups(
    problem: Problem,
    effort: Effort,
    on_better: Callable[[Solution], None],
    start: Solution | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Solution:
    """Return the best routes found.

    The first come from insertion in tier order. Then, round by round, a few neighbouring routes are emptied,
    filled again in a shaken order, and OR-Tools descends over them alone: small models, many of them, find more
    in a second than one model of the day (docs/adr/0005-small-groups.md). Now and then all routes descend together.
    """
    end = time.monotonic() + effort.seconds
    chance = random.Random(effort.seed)  # noqa: S311 - no secret
    begun = Solution(problem, {}) if start is None else start
    missing = set(range(len(problem.jobs))) - begun.served
    best = insert_all(begun, sorted(missing, key=urgency(problem)))
    on_better(best)
    if not best.routes:
        return best
    for number, seconds in enumerate(_rounds(effort, end), start=1):
        if stop():
            break
        found = improve(best, seconds=seconds) if number % ROUNDS_A_POLISH == 0 else _again(best, chance, seconds)
        if found.objective < best.objective:
            best = found
            on_better(best)
    return best


def _rounds(effort: Effort, end: float) -> Iterator[float | None]:
    """Yield the seconds left at each round; None where rounds are counted instead."""
    if effort.iterations is not None:
        yield from (None for _ in range(effort.iterations))
        return
    while (left := end - time.monotonic()) > SHORTEST_ROUND_S:
        yield left


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
