"""Improve a day's routes with OR-Tools' routing solver.

Law: takes a lawful solution and gives a lawful one back that is no worse; what the model cannot say exactly
(custody of one product from several depots, the choice between two duties of one volunteer) is scheduled again here
before it is believed. Traps of OR-Tools 9.15 that this page works round are tested in
`tests/solver/test_ortools_traps.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.domain.reasons import ReasonCode
from routing.solver.insertion import insert_all, urgency
from routing.solver.ladder import Stage, stages
from routing.solver.nodes import FORBIDDEN, Nodes
from routing.solver.problem import Problem
from routing.solver.solution import Solution, Tokens


def improve(solution: Solution, group: Iterable[int] | None = None, seconds: float | None = None) -> Solution:
    """Return a solution at least as good: a local optimum of the group's routes, if time allows.

    Parameters
    ----------
    group
        Vehicles whose routes may change; None: all in use and the idle ones beside them.
    seconds
        Stop then; None: at the local optimum, whatever the clock says.
    """
    best = solution
    chosen = None if group is None else sorted(group)
    nodes = Nodes(solution, chosen)
    if not nodes.vehicles:
        return solution  # a model without vehicles crashes OR-Tools
    todo = stages(solution.problem, nodes.travel_bound)
    fixed = solution.problem.must & solution.served
    for stage in todo:
        share = None if seconds is None else seconds / len(todo)
        found = _Model(Nodes(best, chosen), stage, fixed).solve(share)
        if found is not None and found.objective < best.objective:
            best = found
        fixed |= {index for index in best.served if solution.problem.jobs[index].rank in stage.ranks}
    return best


class _Model:
    """One routing model over the nodes of a solution's vehicles."""

    def __init__(self, nodes: Nodes, stage: Stage, fixed: frozenset[int]) -> None:
        self._nodes = nodes
        self._problem: Problem = nodes.solution.problem
        self._manager = pywrapcp.RoutingIndexManager(nodes.count, len(nodes.vehicles), nodes.starts, nodes.ends)
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._solver: Any = self._routing.solver()
        self._add_time()
        self._add_loads()
        self._add_stops()
        self._add_choices(stage, fixed)

    def solve(self, seconds: float | None) -> Solution | None:
        parameters = _parameters(seconds)
        self._routing.CloseModelWithParameters(parameters)
        start = self._routing.ReadAssignmentFromRoutes(self._nodes.routes(), True)  # noqa: FBT003 - SWIG takes no names
        if start is None:
            return None
        answer = self._routing.SolveFromAssignmentWithParameters(start, parameters)
        return None if answer is None else self._read(answer)

    def _index(self, node: int) -> int:
        return int(self._manager.NodeToIndex(node))

    def _add_time(self) -> None:
        nodes, routing = self._nodes, self._routing
        transits = [routing.RegisterTransitMatrix(nodes.time(v)) for v in range(len(nodes.vehicles))]
        horizon = max((end for _, end in nodes.spans), default=0) + 1
        routing.AddDimensionWithVehicleTransits(transits, horizon, min(horizon, FORBIDDEN - 1), False, "time")  # noqa: FBT003
        time = routing.GetDimensionOrDie("time")
        for v in range(len(nodes.vehicles)):
            routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(nodes.cost(v)), v)
            start, end = nodes.spans[v]
            time.CumulVar(routing.Start(v)).SetRange(start, end)
            time.CumulVar(routing.End(v)).SetRange(start, max(start, min(end, nodes.end_by(v))))
            self._add_rests(time, v)
        for node in range(nodes.stops):
            cumul = time.CumulVar(self._index(node))
            # A range that leaves a variable no value is an exception in OR-Tools, not a stop that is dropped.
            windows = [window for window in nodes.windows(node) if window[0] <= horizon]
            if not windows:
                routing.VehicleVar(self._index(node)).SetValues([-1])
                continue
            cumul.SetRange(windows[0][0], windows[-1][1])
            for (_, closes), (opens, _) in pairwise(windows):
                if closes + 1 <= opens - 1:
                    cumul.RemoveInterval(closes + 1, opens - 1)
        for before, after in nodes.in_turn:
            self._solver.Add(time.CumulVar(routing.End(before)) <= time.CumulVar(routing.Start(after)))

    def _add_rests(self, time: Any, v: int) -> None:
        rests = self._nodes.rests(v)
        if rests:
            intervals = [
                self._solver.FixedDurationIntervalVar(
                    rest.earliest_s,
                    rest.latest_s,
                    rest.duration_s,
                    False,  # noqa: FBT003
                    f"rest {v} {number}",
                )
                for number, rest in enumerate(rests)
            ]
            visits = [self._nodes.service(self._manager.IndexToNode(i)) for i in range(self._routing.Size())]
            time.SetBreakIntervalsOfVehicle(intervals, v, visits)

    def _add_loads(self) -> None:
        """Add goods aboard as dimensions that fall by what is handed over and rise only in loading."""
        for name, demands, loads, capacities in self._nodes.loads():
            evaluator = self._routing.RegisterUnaryTransitVector([-demand for demand in demands])
            most = max(capacities)
            self._routing.AddDimensionWithVehicleCapacity(evaluator, most, capacities, True, name)  # noqa: FBT003
            dimension = self._routing.GetDimensionOrDie(name)
            for index in range(self._routing.Size()):
                node = self._manager.IndexToNode(index)
                if node not in loads:
                    dimension.SlackVar(index).SetMax(0)
            for v in range(len(self._nodes.vehicles)):
                dimension.CumulVar(self._routing.End(v)).SetMax(0)
        self._tie("mass")
        self._tie("volume")
        self._leave_institutions_alone()

    def _tie(self, name: str) -> None:
        """Say that what is aboard is the sum over depots: goods count from the depot that has them."""
        if len(self._nodes.depots) < 2:
            return
        total = self._routing.GetDimensionOrDie(name)
        parts = [self._routing.GetDimensionOrDie(f"{name} {depot}") for depot in self._nodes.depots]
        for node in range(self._nodes.stops):
            index = self._index(node)
            self._solver.Add(self._solver.Sum([part.CumulVar(index) for part in parts]) == total.CumulVar(index))

    def _leave_institutions_alone(self) -> None:
        """Say that nothing is aboard on the way to an institution but what is for it."""
        if not self._nodes.depots:
            return  # nobody carries anything, and there is no such dimension
        for node in range(self._nodes.jobs):
            own = self._nodes.institution_mass(node)
            if own is not None:
                mass = self._routing.GetDimensionOrDie("mass")
                self._solver.Add(mass.CumulVar(self._index(node)) <= own)

    def _add_stops(self) -> None:
        demands = [1 if node < self._nodes.jobs else 0 for node in range(self._nodes.count)]
        evaluator = self._routing.RegisterUnaryTransitVector(demands)
        self._routing.AddDimension(evaluator, 0, self._nodes.count, True, "stops")  # noqa: FBT003
        stops = self._routing.GetDimensionOrDie("stops")
        for group, most in self._nodes.stops_by_person:
            self._solver.Add(self._solver.Sum([stops.CumulVar(self._routing.End(v)) for v in group]) <= most)
        for v in range(len(self._nodes.vehicles)):
            _, usual, more = self._nodes.exposure(v)
            if more:
                stops.SetCumulVarSoftUpperBound(self._routing.End(v), usual, more)

    def _add_choices(self, stage: Stage, fixed: frozenset[int]) -> None:
        for node in range(self._nodes.stops):
            index = self._index(node)
            allowed = self._nodes.allowed(node)
            self._routing.VehicleVar(index).SetValues([-1, *allowed])
            if node >= self._nodes.jobs:
                self._routing.AddDisjunction([index], 0)
            elif self._nodes.job_of[node] not in fixed:
                self._routing.AddDisjunction([index], stage.penalties[self._nodes.job_of[node]])

    def _read(self, answer: Any) -> Solution:
        """Schedule the routes found; what does not hold is taken out and put in elsewhere if it can be."""
        solution = self._nodes.outside
        time = self._routing.GetDimensionOrDie("time")
        starts = [answer.Min(time.CumulVar(self._routing.Start(v))) for v in range(len(self._nodes.numbers))]
        for v in sorted(range(len(starts)), key=lambda v: (starts[v], v)):
            solution = with_most(solution, self._nodes.numbers[v], self._tokens(answer, v))
        missing = set(range(len(self._problem.jobs))) - solution.served
        return insert_all(solution, sorted(missing, key=urgency(self._problem)))

    def _tokens(self, answer: Any, v: int) -> Tokens:
        tokens = []
        index = answer.Value(self._routing.NextVar(self._routing.Start(v)))
        while not self._routing.IsEnd(index):
            tokens.append(self._nodes.token(self._manager.IndexToNode(index)))
            index = answer.Value(self._routing.NextVar(index))
        return tuple(tokens)


def with_most(solution: Solution, number: int, tokens: Sequence[int]) -> Solution:
    """Add a route, leaving out the least urgent jobs until it is lawful."""
    left = list(tokens)
    key = urgency(solution.problem)
    while any(token >= 0 for token in left):
        found = solution.with_route(number, tuple(left))
        if not isinstance(found, ReasonCode):
            return found
        left.remove(max((token for token in left if token >= 0), key=key))
    return solution


def _parameters(seconds: float | None) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    operators = parameters.local_search_operators
    # Large-neighbourhood operators stop by wall time inside, which no seed can repeat.
    for name in ("use_path_lns", "use_full_path_lns", "use_tsp_lns", "use_inactive_lns"):
        setattr(operators, name, 2)  # OptionalBoolean BOOL_FALSE
    if seconds is not None:
        parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    return parameters
