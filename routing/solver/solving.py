"""From a problem to the best routes within the budget: the door to all engines.

Law: there is a lawful answer at any moment, and the last one is the best one met. With `iterations` nothing here
looks at a clock, so the same problem and seed give the same routes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from routing.solver.effort import Effort
from routing.solver.insertion import first_plan
from routing.solver.plain import is_plain
from routing.solver.portfolio import GENETIC, ROUNDS, Found, Portfolio, Stop, never
from routing.solver.problem import Problem
from routing.solver.rounds import improve_by_rounds
from routing.solver.solution import Solution

Progress = Callable[[str, Mapping[str, object]], None]


def solve(
    problem: Problem, effort: Effort, progress: Progress, *, stop: Stop = never, portfolio: Portfolio | None = None
) -> Solution:
    """Return the best routes found.

    Parameters
    ----------
    progress
        Called with "routes" and figures at the first plan and at each better one.
    stop
        Asked between steps; once it says so, the best so far is returned.
    portfolio
        Warm processes to search in beside OR-Tools (docs/solver.md); None: search in this process alone.
    """
    began = time.monotonic()

    def found(better: Solution) -> None:
        progress("routes", _figures(better))

    best = Solution(problem, {})
    if portfolio is not None and is_plain(problem):
        best = _together(best, effort, found, stop, portfolio, (GENETIC, GENETIC))
        if best.routes:
            return best
    best = first_plan(problem)
    found(best)
    left = replace(effort, seconds=effort.seconds - (time.monotonic() - began))
    if not best.routes:
        return best
    if portfolio is not None:
        return _together(best, left, found, stop, portfolio, (ROUNDS, GENETIC))
    return improve_by_rounds(best, left, found, stop)


def _together(
    start: Solution, effort: Effort, found: Found, stop: Stop, portfolio: Portfolio, engines: Sequence[str]
) -> Solution:
    timed = effort.iterations is None
    return portfolio.search(
        start,
        engines,
        seconds=effort.seconds if timed else None,
        iterations=effort.iterations,
        seed=effort.seed,
        found=found,
        stop=stop,
    ).best


def _figures(solution: Solution) -> dict[str, object]:
    return {
        "served": len(solution.served),
        "jobs": len(solution.problem.jobs),
        "routes": len(solution.routes),
        "travel_s": sum(plan.travel_s for _, plan in solution.routes.values()),
    }
