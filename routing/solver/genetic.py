"""PyVRP's hybrid genetic search, step by step, so that routes can be taken out of it and plans put in.

Law: runs in a process of its own (`portfolio`), knows of others only by its `Line`, and ends when the line says so.
The loop is the published one (Vidal 2013; Wouda, Lan and Kool 2024): two parents, route exchange, local search,
repair with raised penalties. What is ours: every lawful route it meets, also in unlawful plans, goes to the pool, and
plans that were recombined elsewhere join the population.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyvrp
from pyvrp.crossover import ordered_crossover, selective_route_exchange
from pyvrp.diversity import broken_pairs_distance
from pyvrp.search import NODE_OPERATORS, ROUTE_OPERATORS, LocalSearch, NeighbourhoodParams, compute_neighbours

from routing.solver.line import Line, Plan, Task
from routing.solver.patterns import Patterns
from routing.solver.pyvrp_data import pyvrp_data

REPAIRS = 0.8  # of unlawful plans; PyVRP's own figure
TRIES = 12  # random plans until we believe that not everybody can be served
NEIGHBOURS = 20  # half of PyVRP's own; see docs/solver.md for what it is worth
UNLAWFUL = -1
MOST_PENALTY = 1e5  # PyVRP's own
LATE_S = 300  # so late one would have to be, at first, to lose a prize
IDLE = 1_000  # generations without a better plan until the population begins anew


def run(task: Task, line: Line) -> None:
    """Search until the line is over, or for as many iterations as the task says."""
    patterns = Patterns(task.problem, task.seed)
    if not patterns.kinds:
        return
    search = _Search(patterns, task, line)
    for done in search.generations():
        if line.over() or (task.iterations is not None and done >= task.iterations):
            break
    search.report()


class _Search:
    """One population."""

    def __init__(self, patterns: Patterns, task: Task, line: Line) -> None:
        self._patterns, self._line, self._task = patterns, line, task
        self._rng = pyvrp.RandomNumberGenerator(seed=task.seed)
        self._met: dict[tuple[int, tuple[int, ...]], tuple[int, int]] = {}
        self._begin(all_served=True)
        if not self._serves_all():
            del self._data, self._local, self._population  # at most half a gigabyte; what follows is as much again
            self._begin(all_served=False)
        self._enter(task.plans)

    def _begin(self, *, all_served: bool) -> None:
        self._data = pyvrp_data(self._patterns, all_served=all_served)
        neighbours = compute_neighbours(self._data, NeighbourhoodParams(num_neighbours=NEIGHBOURS))
        self._local = LocalSearch(self._data, self._rng, neighbours)
        for node in NODE_OPERATORS:
            if node.supports(self._data):
                self._local.add_node_operator(node(self._data))
        for route in ROUTE_OPERATORS:
            if route.supports(self._data):
                self._local.add_route_operator(route(self._data))
        self._penalties = self._first_penalties(all_served=all_served)
        self._best: int | None = None
        self._peak: int | None = None
        self._idle = 0
        self._populate()

    def _first_penalties(self, *, all_served: bool) -> pyvrp.PenaltyManager:
        """Return PyVRP's usual penalties; with prizes such that nobody comes late or overladen for a prize's sake.

        They rise by a third every fifty plans: from the usual ones it takes thousands of plans up to a prize of 1e6.
        """
        if all_served:
            return pyvrp.PenaltyManager.init_from(self._data)
        clients = self._data.clients()
        prize = max(client.prize for client in clients)
        typical = [sum(loads) / len(loads) for loads in zip(*(client.delivery for client in clients), strict=True)]
        loads = [min(prize / max(load, 1.0), MOST_PENALTY) for load in typical]
        return pyvrp.PenaltyManager((loads, min(prize / LATE_S, MOST_PENALTY), 1.0))

    @property
    def _costs(self) -> pyvrp.CostEvaluator:
        return self._penalties.cost_evaluator()

    def _serves_all(self) -> bool:
        """Whether a few quick descents find a plan that leaves nobody out."""
        for _ in range(TRIES):
            found = self._local(pyvrp.Solution.make_random(self._data, self._rng), self._costs)
            self._take(found)
            if not found.is_feasible():
                found = self._local(found, self._penalties.booster_cost_evaluator())
                self._take(found)
            if found.is_feasible():
                return True
        return False

    def generations(self) -> Iterator[int]:
        """Yield the number of each generation, once it is done."""
        cross = selective_route_exchange if self._data.num_vehicles > 1 else ordered_crossover
        number = 0
        while True:
            parents = self._population.select(self._rng, self._costs)
            child = self._local(cross(parents, self._data, self._costs, self._rng), self._costs)
            self._take(child)
            self._penalties.register(child)
            if not child.is_feasible() and self._rng.rand() < REPAIRS:
                repaired = self._local(child, self._penalties.booster_cost_evaluator())
                if repaired.is_feasible():
                    self._take(repaired)
                    self._penalties.register(repaired)
            self._renew_if_idle()
            self._enter(self._line.plans())
            if self._line.due():
                self.report()
            number += 1
            yield number

    def _renew_if_idle(self) -> None:
        """Begin with new random plans where the old population has come to agree; its routes are in the pool."""
        self._idle += 1
        if self._idle >= IDLE:
            self._idle, self._peak = 0, None
            self._populate()

    def _populate(self) -> None:
        self._population = pyvrp.Population(broken_pairs_distance)
        for _ in range(pyvrp.PopulationParams().min_pop_size):
            self._population.add(pyvrp.Solution.make_random(self._data, self._rng), self._costs)

    def _take(self, found: pyvrp.Solution) -> None:
        self._population.add(found, self._costs)
        self._note(found)
        if not found.is_feasible():
            return
        cost = self._costs.cost(found)
        if self._peak is None or cost < self._peak:
            self._peak, self._idle = cost, 0
        if self._best is None or cost < self._best:
            self._best = cost
            self._line.found(self._plan(found))

    def _note(self, found: pyvrp.Solution) -> None:
        """Remember the plan's lawful routes, each with the cost of the best plan that it was a part of."""
        worth = self._costs.penalised_cost(found)
        for route in found.routes():
            key = route.vehicle_type(), tuple(route.visits())
            known = self._met.get(key)
            if known is None:
                self._met[key] = (route.distance_cost(), worth) if route.is_feasible() else (UNLAWFUL, worth)
            elif worth < known[1]:
                self._met[key] = known[0], worth

    def _plan(self, found: pyvrp.Solution) -> Plan:
        """Return a plan of PyVRP's as ours: any vehicle of a kind will do."""
        free = [list(kind.numbers) for kind in self._patterns.kinds]
        return {
            free[route.vehicle_type()].pop(0): self._patterns.tokens(route.vehicle_type(), route.visits())
            for route in found.routes()
        }

    def _enter(self, plans: Sequence[Plan]) -> None:
        """Put plans of others into the population, as far as the patterns can say them."""
        for plan in plans:
            routes = [self._patterns.visits(number, tokens) for number, tokens in plan.items()]
            known = [pyvrp.Route(self._data, visits, kind) for kind, visits in filter(None, routes)]
            if len(known) == len(routes):
                self._population.add(pyvrp.Solution(self._data, known), self._costs)

    def report(self) -> None:
        """Send the routes met since the last time."""
        numbers = [kind.numbers[0] for kind in self._patterns.kinds]
        self._line.met(
            [
                (numbers[kind], self._patterns.tokens(kind, list(visits)), cost, worth)
                for (kind, visits), (cost, worth) in self._met.items()
                if cost != UNLAWFUL
            ]
        )
        self._met = {}
