"""From a problem to the best routes within the budget: the door to all engines.

Law: there is a lawful answer at any moment, and the last one is the best one met. With `iterations` nothing here
looks at a clock, so the same problem and seed give the same routes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from routing.solver.compiled_day import may_compile
from routing.solver.effort import Effort
from routing.solver.insertion import insert_all, urgency
from routing.solver.plain import has_many_jobs, is_plain, is_said_by_patterns
from routing.solver.portfolio import GENETIC, ITERATED, RUINS, Found, Portfolio, Stop, never
from routing.solver.problem import Problem
from routing.solver.ruin_recreate import search
from routing.solver.small_groups import search_small_groups
from routing.solver.solution import Solution

__all__ = ["Effort", "Progress", "first_routes", "solve"]

Progress = Callable[[str, Mapping[str, object]], None]


def solve(
    problem: Problem,
    effort: Effort,
    progress: Progress,
    begun: Solution | None = None,
    *,
    stop: Stop = never,
    portfolio: Portfolio | None = None,
) -> Solution:
    """Return the best routes found.

    What the kernels do not hold (`may_compile`) is searched in small groups by OR-Tools.

    Parameters
    ----------
    progress
        Called with "routes" and figures at the first plan and at each better one.
    begun
        Lawful routes to begin with.
    stop
        Asked between steps; once it says so, the best so far is returned.
    portfolio
        Warm processes to search in (docs/solver.md); None: search in this process alone.
    """
    began = time.monotonic()

    def tell(solution: Solution) -> None:
        progress("routes", _figures(solution))

    if portfolio is None:
        if not may_compile(problem):
            return search_small_groups(problem, effort, tell, begun, stop)
        return search(problem, effort, begun, stop=stop, on_better=tell)
    if is_plain(problem) and not has_many_jobs(problem) and begun is None:
        best = _together(Solution(problem, {}), effort, tell, stop, portfolio, (GENETIC, GENETIC))
        if best.routes:
            return best
    best = first_routes(problem, begun)
    tell(best)
    if not best.routes:
        return best
    left = replace(effort, seconds=max(0.0, effort.seconds - (time.monotonic() - began)))
    return _together(best, left, tell, stop, portfolio, _engines(problem, best))


def _engines(problem: Problem, first: Solution) -> tuple[str, str]:
    """Return who goes on from a first plan (docs/solver.md says what each is good at)."""
    if not is_said_by_patterns(problem):
        return RUINS, RUINS
    if has_many_jobs(problem) and len(first.served) == len(problem.jobs):
        return ITERATED, ITERATED
    return RUINS, GENETIC


def first_routes(problem: Problem, begun: Solution | None = None) -> Solution:
    """Return the first plan: whoever is missing from the routes begun is put in, the most urgent first."""
    if may_compile(problem):
        return search(problem, Effort(iterations=0), begun)
    start = Solution(problem, {}) if begun is None else begun
    return insert_all(start, sorted(set(range(len(problem.jobs))) - start.served, key=urgency(problem)))


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
