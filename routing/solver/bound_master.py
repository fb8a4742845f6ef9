"""The linear programme over the routes known so far: it proposes what each visit is worth.

Law: nothing here proves anything; any duals give a sound bound, good ones a tight one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ortools.linear_solver import pywraplp


@dataclass(frozen=True)
class Duals:
    """What each visit is worth (by its position), each group of vehicles (0 or less), and a unit of each budget.

    In seconds of travel.
    """

    value_s: float
    visits: tuple[float, ...]
    groups: tuple[float, ...]
    budgets: tuple[float, ...]

    def towards(self, other: Duals, share: float) -> Duals:
        """Return duals so much of the way to others."""

        def mixed(mine: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
            return tuple((1 - share) * a + share * b for a, b in zip(mine, theirs, strict=True))

        visits, groups = mixed(self.visits, other.visits), mixed(self.groups, other.groups)
        return Duals(self.value_s, visits, groups, mixed(self.budgets, other.budgets))


@dataclass(frozen=True)
class Column:
    """A route: its kind of vehicle, travel, seconds under way and at stops, and the positions of its visits."""

    kind: int
    travel_s: int
    busy_s: int
    visits: tuple[int, ...]


@dataclass(frozen=True)
class Budget:
    """What some kinds of vehicles may use together: visits, or (`timed`) seconds under way and at stops."""

    kinds: frozenset[int]
    most: int
    timed: bool

    def use(self, column: Column) -> int:
        """Return what a route uses of it."""
        if column.kind not in self.kinds:
            return 0
        return column.busy_s if self.timed else len(column.visits)


class Master:
    """Covers every visit with routes, of each group of vehicles no more than it has, within the budgets.

    Parameters
    ----------
    visits
        How many there are.
    groups
        For each, the kinds of vehicle in it and how many routes it may have together.
    """

    def __init__(self, visits: int, groups: Sequence[tuple[Sequence[int], int]], budgets: Sequence[Budget]) -> None:
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        infinity = self._solver.infinity()
        self._covers = [self._solver.Constraint(1.0, infinity) for _ in range(visits)]
        self._limits = [self._solver.Constraint(-infinity, float(most)) for _, most in groups]
        self._groups = groups
        self._budgets = [(budget, self._solver.Constraint(-infinity, float(budget.most))) for budget in budgets]
        self._known: dict[Column, bool] = {}
        self._objective = self._solver.Objective()
        self._objective.SetMinimization()

    def add(self, column: Column, *, lasting: bool = True) -> bool:
        """Add a route; False where it is known.

        Parameters
        ----------
        lasting
            It holds in tighter relaxations, too, unless it makes a visit twice.
        """
        if column in self._known:
            return False
        self._known[column] = lasting and len(set(column.visits)) == len(column.visits)
        for group, (kinds, _) in enumerate(self._groups):
            if column.kind in kinds:
                self._add_to(group, column)
        return True

    def _add_to(self, group: int, column: Column) -> None:
        share = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._objective.SetCoefficient(share, float(column.travel_s))
        self._limits[group].SetCoefficient(share, 1.0)
        for visit, times in Counter(column.visits).items():
            self._covers[visit].SetCoefficient(share, float(times))
        for budget, constraint in self._budgets:
            constraint.SetCoefficient(share, float(budget.use(column)))

    def lasting(self) -> list[Column]:
        """Return the routes that hold in tighter relaxations."""
        return [column for column, lasts in self._known.items() if lasts]

    def solve(self) -> Duals | None:
        """Return the duals; None where the routes known cannot cover the visits, or the solver fails."""
        optimal = pywraplp.Solver.OPTIMAL
        if self._solver.Solve() != optimal and self._solver.Solve(_afresh()) != optimal:
            return None
        visits = tuple(max(0.0, cover.dual_value()) for cover in self._covers)
        groups = tuple(min(0.0, limit.dual_value()) for limit in self._limits)
        budgets = tuple(max(0.0, -constraint.dual_value()) for _, constraint in self._budgets)
        return Duals(self._objective.Value(), visits, groups, budgets)


def _afresh() -> Any:
    """Return parameters to start without the last basis, from which GLOP now and then goes astray."""
    parameters = pywraplp.MPSolverParameters()
    parameters.SetIntegerParam(
        pywraplp.MPSolverParameters.INCREMENTALITY, pywraplp.MPSolverParameters.INCREMENTALITY_OFF
    )
    return parameters
