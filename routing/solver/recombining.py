"""The best day that can be made of routes already met: set partitioning, tier by tier.

Law: at most one route a vehicle and one visit a job; each tier is fixed before the next is looked at, so no sum of
tiers exists that could overflow; and what comes out is scheduled before it is believed. A relaxation solved by GLOP
says which routes can matter: those whose reduced cost is within what is left to gain.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from routing.solver.ladder import compressed
from routing.solver.pool import Pool, Pooled
from routing.solver.problem import TIERS, Problem, exclude_each_other
from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution

MOST_COLUMNS = 4_000
DEAR = 10  # leaving somebody out costs as much as so many of the dearest routes
ATTEMPTS = 3
# A recombination that no clock stops ends after so many of CP-SAT's own units a stage, about seconds.
DETERMINISTIC_TIME = 5.0


def recombine(pool: Pool, incumbent: Solution, seconds: float | None = None, workers: int = 1) -> Solution:
    """Return a plan at least as good as the incumbent, made of the pool's routes.

    Parameters
    ----------
    seconds
        Stop then; None: the answer depends on no clock.
    """
    end = None if seconds is None else time.monotonic() + seconds
    pool.add_all(incumbent)
    for _ in range(ATTEMPTS):
        columns = _Columns(pool, incumbent)
        chosen = columns.choose(end, 1 if seconds is None else workers)
        if chosen is None:
            return incumbent
        found, unlawful = assembled(pool, chosen, incumbent)
        if found.objective < incumbent.objective:
            return found
        if not unlawful:
            return incumbent
        for route in unlawful:
            pool.ban(route)
    return incumbent


def assembled(pool: Pool, chosen: Sequence[Pooled], like: Solution) -> tuple[Solution, list[Pooled]]:
    """Return the lawful plan of some routes, and those that are unlawful alone or beside the others."""
    solution = Solution(pool.problem, {})
    unlawful = []
    kept = {tokens: number for number, (tokens, _) in like.routes.items()}
    for route in sorted(chosen, key=lambda one: (one.tokens not in kept, one.kind, one.tokens)):
        free = [number for number in pool.classes[route.kind] if number not in solution.routes]
        free.sort(key=lambda number: (kept.get(route.tokens) != number, number in like.routes, number))
        found = next(iter(solution.with_route(number, route.tokens) for number in free[:1]), None)
        if isinstance(found, Solution):
            solution = found
        else:
            unlawful.append(route)
    return solution, unlawful


class _Columns:
    """The routes that can matter, and the model over them."""

    def __init__(self, pool: Pool, incumbent: Solution) -> None:
        self._problem: Problem = pool.problem
        self._pool = pool
        routes = pool.routes()
        kind = {number: at for at, numbers in enumerate(pool.classes) for number in numbers}
        used = {
            (kind[number], frozenset(t for t in tokens if t >= 0)) for number, (tokens, _) in incumbent.routes.items()
        }
        mine = [(route.kind, route.jobs) in used for route in routes]
        self._all = len(incumbent.served) == len(self._problem.jobs)
        self._target = sum(route.cost for route, own in zip(routes, mine, strict=True) if own)
        self._relaxed = _relax(self._problem, pool.classes, routes, all_served=self._all)
        best = self._relaxed[0]
        gap = self._target - best if self._all else float("inf")
        self.nothing_to_gain = self._all and gap < 1 - 1e-6
        ranked = sorted(range(len(routes)), key=lambda at: (not mine[at], self._relaxed[1][at], at))
        within = [at for at in ranked if mine[at] or self._relaxed[1][at] <= gap + 1e-6][:MOST_COLUMNS]
        self.routes = [routes[at] for at in within]
        self._mine = [mine[at] for at in within]

    def choose(self, end: float | None, workers: int) -> list[Pooled] | None:
        """Return the best choice of routes, or None where it is the incumbent's."""
        if self.nothing_to_gain or not self.routes:
            return None
        model: Any = cp_model.CpModel()
        x = [model.new_bool_var("") for _ in self.routes]
        for variable, own in zip(x, self._mine, strict=True):
            model.add_hint(variable, own)
        served = self._rows(model, x)
        answer: list[bool] | None = None
        for tier in self._tiers():
            undone = {job: weight for job, weight in tier.items() if job in served}
            if not undone:
                continue  # nothing in the pool changes it
            lost = sum(weight * (1 - served[job]) for job, weight in undone.items())
            answer = self._minimise(model, lost, end, workers)
            if answer is None:
                return None
            done = {job for route, own in zip(self.routes, answer, strict=True) if own for job in route.jobs}
            model.add(lost <= sum(weight for job, weight in undone.items() if job not in done))
        cost = sum(route.cost * variable for route, variable in zip(self.routes, x, strict=True))
        answer = self._minimise(model, cost, end, workers) or answer
        if answer is None:
            return None
        return [route for route, own in zip(self.routes, answer, strict=True) if own]

    def _rows(self, model: Any, x: list[Any]) -> dict[int, Any]:
        """Add what every plan keeps; return, by job that some route does, whether it is done."""
        by_job: dict[int, list[Any]] = {}
        by_kind: dict[int, list[Any]] = {}
        for route, variable in zip(self.routes, x, strict=True):
            by_kind.setdefault(route.kind, []).append(variable)
            for job in route.jobs:
                by_job.setdefault(job, []).append(variable)
        for kind, variables in by_kind.items():
            model.add(sum(variables) <= len(self._pool.classes[kind]))
        for variables in by_job.values():
            model.add_exactly_one(variables) if self._all else model.add_at_most_one(variables)
        self._people(model, x)
        return {job: sum(variables) for job, variables in by_job.items()}

    def _people(self, model: Any, x: list[Any]) -> None:
        """Keep people from being out twice at once, from duties that exclude each other, and from too many visits."""
        single = {numbers[0]: kind for kind, numbers in enumerate(self._pool.classes) if len(numbers) == 1}
        of_kind: dict[int, list[int]] = {}
        for at, route in enumerate(self.routes):
            of_kind.setdefault(route.kind, []).append(at)
        for one, other in combinations(single, 2):
            first, second = self._problem.vehicles[one], self._problem.vehicles[other]
            mine, theirs = of_kind.get(single[one], []), of_kind.get(single[other], [])
            if exclude_each_other(first, second):
                model.add_at_most_one([x[at] for at in (*mine, *theirs)])
            elif set(first.people) & set(second.people):
                self._in_turn(model, x, (one, mine), (other, theirs))
        self._stops(model, x, single)

    def _in_turn(self, model: Any, x: list[Any], one: tuple[int, list[int]], other: tuple[int, list[int]]) -> None:
        """Forbid pairs of routes of the same people that are out at the same time, as scheduled alone."""
        theirs = [(x[there], self._out(other[0], there)) for there in other[1]]
        for at in one[1]:
            mine = self._out(one[0], at)
            clash = [variable for variable, out in theirs if _overlap(mine, out)]
            if clash:
                model.add(sum(clash) == 0).only_enforce_if(x[at])

    def _out(self, number: int, at: int) -> tuple[int, int]:
        found = schedule(self._problem, self._problem.vehicles[number], self.routes[at].tokens)
        return (found.start_s, found.end_s) if isinstance(found, Schedule) else (0, 2**30)

    def _stops(self, model: Any, x: list[Any], single: dict[int, int]) -> None:
        """Count a person's visits over all duties."""
        by_person: dict[str, list[int]] = {}
        for number in single:
            for person in self._problem.vehicles[number].people:
                by_person.setdefault(person, []).append(number)
        for person, numbers in by_person.items():
            kinds = {single[number] for number in numbers}
            most = max(self._problem.vehicles[number].stops_of[person] for number in numbers)
            terms = [(at, len(route.jobs)) for at, route in enumerate(self.routes) if route.kind in kinds]
            if len(numbers) > 1 and terms:
                model.add(sum(stops * x[at] for at, stops in terms) <= most)

    def _tiers(self) -> list[dict[int, int]]:
        """Return, one after the other, what not doing a job costs: locked jobs, then tier by tier."""
        if self._all:
            return []
        locked = dict.fromkeys(self._problem.must, 1)
        jobs = self._problem.jobs
        tiers = [{at: job.lost[rank] for at, job in enumerate(jobs) if job.lost[rank]} for rank in range(TIERS)]
        return [tier for tier in (locked, *tiers) if tier]

    def _minimise(self, model: Any, what: Any, end: float | None, workers: int) -> list[bool] | None:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return None
        model.minimize(what)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = 1
        if left is None:
            solver.parameters.max_deterministic_time = DETERMINISTIC_TIME
        else:
            solver.parameters.max_time_in_seconds = left
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return [bool(solver.boolean_value(variable)) for variable in self._variables(model)]

    def _variables(self, model: Any) -> list[Any]:
        return [model.get_bool_var_from_proto_index(at) for at in range(len(self.routes))]


def _relax(
    problem: Problem, classes: Sequence[Sequence[int]], routes: Sequence[Pooled], *, all_served: bool
) -> tuple[float, list[float]]:
    """Return the least cost of fractions of routes that do everything, and each route's reduced cost."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    # GLOP calls a model abnormal whose costs lie too far apart: 1e6 beside routes of 1e3 is too much.
    dearest = max((route.cost for route in routes), default=0) + 1
    prizes = compressed(problem, DEAR * dearest)
    rows = [solver.Constraint(1.0, 1.0) for _ in problem.jobs]
    fleets = [solver.Constraint(0.0, float(len(numbers))) for numbers in classes]
    objective = solver.Objective()
    columns = []
    for route in routes:
        column = solver.NumVar(0.0, solver.infinity(), "")
        objective.SetCoefficient(column, route.cost)
        fleets[route.kind].SetCoefficient(column, 1)
        for job in route.jobs:
            rows[job].SetCoefficient(column, 1)
        columns.append(column)
    for row, prize in zip(rows, prizes, strict=True):
        left_out = solver.NumVar(0.0, 1.0, "")
        row.SetCoefficient(left_out, 1)
        objective.SetCoefficient(left_out, DEAR * dearest if all_served else prize)
    objective.SetMinimization()
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return 0.0, [0.0] * len(routes)
    return objective.Value(), [column.reduced_cost() for column in columns]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
