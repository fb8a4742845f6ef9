"""From a problem to the best routes within the budget.

Law: there is a lawful answer at any moment, and the last one is the best one met. With `iterations` nothing here
looks at a clock, so the same problem and seed give the same routes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routing.solver.compiled_day import may_compile
from routing.solver.problem import Problem
from routing.solver.ruin_recreate import Effort, search
from routing.solver.small_groups import search_small_groups
from routing.solver.solution import Solution

__all__ = ["Effort", "Progress", "solve"]

Progress = Callable[[str, Mapping[str, object]], None]


def solve(problem: Problem, effort: Effort, progress: Progress, begun: Solution | None = None) -> Solution:
    """Return the best routes found, by ruin and recreate; `begun`: lawful ones to begin with.

    What the kernels do not hold (`may_compile`) is searched in small groups by OR-Tools.
    """

    def tell(solution: Solution) -> None:
        progress("routes", _figures(solution))

    if not may_compile(problem):
        return search_small_groups(problem, effort, tell, begun)
    return search(problem, effort, begun, on_better=tell)


def _figures(solution: Solution) -> dict[str, object]:
    return {
        "served": len(solution.served),
        "jobs": len(solution.problem.jobs),
        "routes": len(solution.routes),
        "travel_s": sum(plan.travel_s for _, plan in solution.routes.values()),
    }
