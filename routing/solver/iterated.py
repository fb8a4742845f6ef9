"""Iterated local search as an engine of the portfolio: days that patterns say, for less travel and no less service.

Law: whom it leaves out gives way to somebody as urgent, or more; it goes on from a plan of others that is better. What
it says of a plan is scheduled by whoever hears it; routes for the pool are only met.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from routing.solver.batches import batches
from routing.solver.compiled_descent import descend, iterate
from routing.solver.line import Line, Met, Plan, Task
from routing.solver.patterns import Patterns
from routing.solver.plans import planned
from routing.solver.ruin_recreate import first_plan
from routing.solver.solution import Objective, Solution
from routing.solver.tours import PlainTours
from routing.solver.warming import warm_up_tours

# Descents in a counted round.
DESCENTS_A_ROUND = 50
# How much dearer a plan may be that is gone on from, as a share of what a visit costs: at first and at the end.
HOT, COLD = 0.4, 0.005
# Visits taken out at once, at most.
MOST_OUT = 40
TELL_EVERY_S = 0.1


def run(task: Task, line: Line) -> None:
    """Search from the best of the task's plans, or from a quick one."""
    patterns = Patterns(task.problem, task.seed)
    starts = [planned(task.problem, plan) for plan in task.plans] or [first_plan(task.problem)]
    start = min(starts, key=_rank)
    if patterns.kinds and start.routes and _is_said(patterns, start):
        _Search(patterns, task, line, start).run()


def prepare() -> None:
    """Load the kernels."""
    warm_up_tours()


class _Search:
    def __init__(self, patterns: Patterns, task: Task, line: Line, start: Solution) -> None:
        self._patterns, self._task, self._line = patterns, task, line
        self._tours = PlainTours(patterns, task.seed)
        self._met: dict[tuple[int, tuple[int, ...]], tuple[int, int]] = {}
        self._told_at = 0.0
        self._begin(start)

    def _begin(self, start: Solution) -> None:
        """Make a plan the one to go on from."""
        routes = {number: self._patterns.visits(number, tokens) for number, (tokens, _) in start.routes.items()}
        self._tours.begin({number: said[1] for number, said in routes.items() if said is not None})
        self._told = self._tours.best_cost
        descend(self._tours.address)

    def run(self) -> None:
        for times, passed in self._batches():
            if self._line.over():
                break
            tolerance = self._tours.cost_of_a_visit * HOT * (COLD / HOT) ** passed
            iterate(self._tours.address, times, tolerance, MOST_OUT)
            self._take_in()
            self._hear()
            if self._line.due():
                self._report()
        self._tell(last=True)
        self._report()

    def _batches(self) -> Iterator[tuple[int, float]]:
        began = time.monotonic()
        left = 0.0 if self._task.end is None else self._task.end - began
        return batches(iterations=self._task.iterations, a_round=DESCENTS_A_ROUND, began=began, seconds=left)

    def _take_in(self) -> None:
        """Remember the routes met, and tell of a better plan."""
        for vehicle, visits, cost in self._tours.met():
            self._met[vehicle, visits] = (self._tours.cost(vehicle, visits), cost)
        self._tell(last=False)

    def _tell(self, *, last: bool) -> None:
        """Tell of the best plan if it is new; not of each in a fast descent."""
        best, now = self._tours.best_cost, time.monotonic()
        if best < self._told and (last or now - self._told_at >= TELL_EVERY_S):
            self._told, self._told_at = best, now
            self._line.found(self._plan())

    def _plan(self) -> Plan:
        return {number: self._tokens(number, visits) for number, visits in self._tours.best().items()}

    def _tokens(self, number: int, visits: tuple[int, ...]) -> tuple[int, ...]:
        return self._patterns.tokens(self._patterns.kind_of[number], list(visits))

    def _hear(self) -> None:
        """Go on from the best plan of others, if that is better than ours."""
        heard = [planned(self._task.problem, plan) for plan in self._line.plans()]
        if not heard:
            return
        ours = planned(self._task.problem, self._plan())
        best = min(heard, key=_rank)
        if best.objective < ours.objective and _is_said(self._patterns, best):
            self._begin(best)

    def _report(self) -> None:
        met: list[Met] = [
            (number, self._tokens(number, visits), cost, worth) for (number, visits), (cost, worth) in self._met.items()
        ]
        self._line.met(met)
        self._met = {}


def _is_said(patterns: Patterns, start: Solution) -> bool:
    """Whether patterns say all routes of a plan."""
    return all(patterns.visits(number, tokens) is not None for number, (tokens, _) in start.routes.items())


def _rank(solution: Solution) -> Objective:
    return solution.objective
