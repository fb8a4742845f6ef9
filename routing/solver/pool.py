"""Routes met on the way, by class of vehicles. Law: of two routes with the same stops the cheaper one stays.

Nothing here is believed: a route is scheduled when a plan is made of it. What is kept when there are too many is what
was met in the best company: the worth of a route is the cost of the best plan that it was a part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.solver.classes import class_of, classes_of
from routing.solver.problem import Problem, Vehicle
from routing.solver.schedule import Schedule, schedule
from routing.solver.solution import Solution, Tokens

MOST = 12_000


@dataclass(frozen=True)
class Pooled:
    """A route: its class, its tokens, its cost in seconds of travel (prices of visits with it), its worth."""

    kind: int
    tokens: Tokens
    cost: int
    worth: int

    @property
    def jobs(self) -> frozenset[int]:
        """The jobs it does."""
        return frozenset(token for token in self.tokens if token >= 0)


class Pool:
    """Distinct routes of a problem.

    Parameters
    ----------
    most
        When twice as many are there, those of least worth go, down to this number.
    """

    def __init__(self, problem: Problem, most: int = MOST) -> None:
        self.problem = problem
        self.classes = classes_of(problem)
        self._kind = class_of(self.classes)
        self._most = most
        self._routes: dict[tuple[int, frozenset[int]], Pooled] = {}
        self._seconds: dict[tuple[int, frozenset[int]], Pooled] = {}
        self._banned: set[tuple[int, Tokens]] = set()

    def __len__(self) -> int:
        return len(self._routes)

    def add(self, vehicle: int, tokens: Tokens, cost: int | None = None, worth: int | None = None) -> None:
        """Take a route in.

        Parameters
        ----------
        cost
            Seconds of travel and prices of visits; None: it is scheduled to learn it, and left out if unlawful.
        worth
            The cost of the plan that it was met in; lower is kept longer. None: kept longest.
        """
        if cost is None:
            found = schedule(self.problem, self.problem.vehicles[vehicle], tokens)
            if not isinstance(found, Schedule):
                return
            cost = found.travel_s + prices(self.problem.vehicles[vehicle], tokens)
        self._take(Pooled(self._kind[vehicle], tokens, cost, -1 if worth is None else worth))

    def add_all(self, solution: Solution) -> None:
        """Take in the routes of a plan."""
        for number, (tokens, plan) in solution.routes.items():
            cost = plan.travel_s + prices(self.problem.vehicles[number], tokens)
            self._take(Pooled(self._kind[number], tokens, cost, -1))

    def ban(self, route: Pooled) -> None:
        """Take out, for good, a route that turned out unlawful."""
        self._banned.add((route.kind, route.tokens))
        self._routes.pop((route.kind, route.jobs), None)
        second = self._seconds.pop((route.kind, route.jobs), None)
        if second is not None:
            self._take(second)

    def routes(self) -> list[Pooled]:
        """Return all routes in an order that does not depend on when they came."""
        return sorted(self._routes.values(), key=lambda route: (route.worth, route.kind, route.cost, route.tokens))

    def _take(self, route: Pooled) -> None:
        key = route.kind, route.jobs
        if not key[1] or (route.kind, route.tokens) in self._banned:
            return
        known = self._routes.get(key)
        if known is not None:
            cheaper, dearer = sorted((known, route), key=lambda one: (one.cost, one.tokens))
            route = replace(cheaper, worth=min(known.worth, route.worth))
            self._spare(key, dearer, than=cheaper)
        self._routes[key] = route
        if len(self._routes) >= 2 * self._most:
            self._keep(self.routes()[: self._most])

    def _spare(self, key: tuple[int, frozenset[int]], dearer: Pooled, than: Pooled) -> None:
        """Remember the second cheapest order of the same stops, in case that the cheapest is unlawful."""
        known = self._seconds.get(key, dearer)
        if dearer.tokens != than.tokens:
            self._seconds[key] = min(known, dearer, key=lambda one: (one.cost, one.tokens))

    def _keep(self, routes: Iterable[Pooled]) -> None:
        self._routes = {(route.kind, route.jobs): route for route in routes}
        self._seconds = {key: route for key, route in self._seconds.items() if key in self._routes}


def prices(vehicle: Vehicle, tokens: Sequence[int]) -> int:
    """Return what the visits of a route cost beside travel."""
    return sum(vehicle.visit_s.get(token, 0) for token in tokens)
