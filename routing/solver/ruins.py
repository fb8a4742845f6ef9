"""Ruin and recreate as an engine of the portfolio; where its kernels do not hold the day, OR-Tools over small groups.

Where patterns say a day of few jobs, and nobody more is being served, it leaves the rest of its time to PyVRP's search
from its best plan, with a seed of its own: travel alone is that one's strength (docs/solver.md).

Law: what it says of a plan has been scheduled; routes for the pool are only met.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import replace

from routing.solver.compiled_day import may_compile
from routing.solver.effort import Effort
from routing.solver.line import Line, Met, Task
from routing.solver.lull import Lull
from routing.solver.plain import is_said_by_patterns
from routing.solver.plans import plan_of, planned
from routing.solver.pool import prices
from routing.solver.problem import Problem
from routing.solver.ruin_recreate import search
from routing.solver.schedule import Schedule, schedule
from routing.solver.small_groups import search_small_groups
from routing.solver.solution import Objective, Solution, Tokens
from routing.solver.warming import warm_up

# So many routes are scheduled for the pool at each report: a twentieth of the time between two.
ROUTES_A_REPORT = 100


def run(task: Task, line: Line) -> None:
    """Search in a process of its own, from the best of the task's plans."""
    starts = [planned(task.problem, plan) for plan in task.plans]
    start = min(starts, key=_rank, default=None)
    left = 0.0 if task.end is None else task.end - time.monotonic()
    effort = Effort(left, task.iterations, task.seed)
    met = _Met(task.problem, line)

    lull = Lull(left)

    def found(better: Solution) -> None:
        met.worth = better.objective[-2]
        lull.found(better.objective)
        line.found(plan_of(better))

    def others() -> list[Solution]:
        return [planned(task.problem, plan) for plan in line.plans()]

    leaves = _may_leave(task)

    def over() -> bool:
        return line.over() or (leaves and lull.now())

    if may_compile(task.problem):
        best = search(task.problem, effort, start, met.add, over, found, others)
    else:
        best = search_small_groups(task.problem, effort, found, start, line.over)
    met.take_in(best)
    if leaves and not line.over():
        # Only now: where PyVRP is missing, this engine has had its share and said what it found.
        importlib.import_module("routing.solver.iterated").run(replace(task, plans=[plan_of(best)]), line)


def _may_leave(task: Task) -> bool:
    """Whether the rest of the time may be left to PyVRP's search."""
    problem = task.problem
    return task.iterations is None and may_compile(problem) and is_said_by_patterns(problem)


def prepare() -> None:
    """Load the kernels: half a second that would be missing from the first search, and a minute on a new machine."""
    warm_up()


class _Met:
    """Routes met since the last report, the latest of each set of stops."""

    def __init__(self, problem: Problem, line: Line) -> None:
        self._problem = problem
        self._line = line
        self._routes: dict[tuple[int, frozenset[int]], Tokens] = {}
        self._told: set[tuple[int, Tokens]] = set()
        self.worth = 0

    def add(self, number: int, tokens: Tokens) -> None:
        """Remember a route; report all now and then."""
        if (number, tokens) not in self._told:
            self._routes[number, frozenset(tokens)] = tokens
            if self._line.due():
                self._report()

    def take_in(self, best: Solution) -> None:
        """Report the routes of the best plan at the end, and what else was met last."""
        for number, (tokens, _) in best.routes.items():
            self._routes[number, frozenset(tokens)] = tokens
        self._report()

    def _report(self) -> None:
        latest = list(self._routes.items())[-ROUTES_A_REPORT:]
        self._routes = {}
        self._told |= {(number, tokens) for (number, _), tokens in latest}
        self._line.met([entry for (number, _), tokens in latest if (entry := self._priced(number, tokens)) is not None])

    def _priced(self, number: int, tokens: Tokens) -> Met | None:
        vehicle = self._problem.vehicles[number]
        planned = schedule(self._problem, vehicle, tokens)
        if not isinstance(planned, Schedule):
            return None
        return number, tokens, planned.travel_s + prices(vehicle, tokens), self.worth


def _rank(solution: Solution) -> Objective:
    return solution.objective
