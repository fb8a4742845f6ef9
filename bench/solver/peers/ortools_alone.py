"""OR-Tools alone: one routing model of the whole day, guided local search. Run as a module; reads what others read.

Of a simple day the model is built from the plain numbers, and nothing of Doorstep's has a part in it. Of a day with
everything it is Doorstep's model of all rules, over all vehicles that can be used beside each other. The seed chooses
how the first routes are made: OR-Tools' guided local search has no other chance.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.solver.insertion import insert_all, urgency
from routing.solver.ladder import stages
from routing.solver.nodes import Nodes
from routing.solver.ortools_routes import _Model
from routing.solver.problem import Problem
from routing.solver.solution import Solution

Json = dict[str, Any]
FIRST = (
    routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION,
    routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC,
)
GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH


def simple(problem: Problem, day: Json, seconds: float, seed: int) -> list[tuple[int, list[int]]]:
    """Return (vehicle, jobs) of each route of a simple day."""
    began = time.perf_counter()
    model = _Plain(problem, day)
    answer = model.solve(seconds - (time.perf_counter() - began), seed)
    return [] if answer is None else list(model.routes(answer))


class _Plain:
    """The model of a simple day: a node a job, then starts and ends."""

    def __init__(self, problem: Problem, day: Json) -> None:
        self._day = day
        fleet = len(day["vehicles"])
        self._jobs = len(day["jobs"])
        self._places = [
            *(job["place"] for job in day["jobs"]),
            *(vehicle[end] for end in ("start", "end") for vehicle in day["vehicles"]),
        ]
        starts = list(range(self._jobs, self._jobs + fleet))
        self._manager = pywrapcp.RoutingIndexManager(len(self._places), fleet, starts, [at + fleet for at in starts])
        self._routing = pywrapcp.RoutingModel(self._manager)
        self._add_time()
        self._add_load()
        self._add_choices(problem)

    def solve(self, seconds: float, seed: int) -> Any:
        parameters = guided(seconds, seed)
        return self._routing.SolveWithParameters(parameters)

    def routes(self, answer: Any) -> Any:
        for v, vehicle in enumerate(self._day["vehicles"]):
            jobs = []
            index = answer.Value(self._routing.NextVar(self._routing.Start(v)))
            while not self._routing.IsEnd(index):
                jobs.append(self._manager.IndexToNode(index))
                index = answer.Value(self._routing.NextVar(index))
            if jobs:
                yield vehicle["number"], jobs

    def _add_time(self) -> None:
        routing, vehicles = self._routing, self._day["vehicles"]
        service = [job["service"] for job in self._day["jobs"]] + [0] * (2 * len(vehicles))
        travel = {
            profile: self._day["matrices"][profile][self._places][:, self._places]
            for profile in {vehicle["profile"] for vehicle in vehicles}
        }
        costs = {profile: routing.RegisterTransitMatrix(matrix.tolist()) for profile, matrix in travel.items()}
        times = {
            profile: routing.RegisterTransitMatrix((matrix + np.array(service)[:, None]).tolist())
            for profile, matrix in travel.items()
        }
        horizon = max(vehicle["late"] for vehicle in vehicles)
        transits = [times[vehicle["profile"]] for vehicle in vehicles]
        routing.AddDimensionWithVehicleTransits(transits, horizon, horizon, False, "time")  # noqa: FBT003
        time_of = routing.GetDimensionOrDie("time")
        for v, vehicle in enumerate(vehicles):
            routing.SetArcCostEvaluatorOfVehicle(costs[vehicle["profile"]], v)
            routing.SetFixedCostOfVehicle(vehicle["fixed"], v)
            for end in (routing.Start(v), routing.End(v)):
                time_of.CumulVar(end).SetRange(vehicle["early"], vehicle["late"])
        for node, job in enumerate(self._day["jobs"]):
            early, late = job["window"]
            if early <= min(late, horizon):
                time_of.CumulVar(self._manager.NodeToIndex(node)).SetRange(early, min(late, horizon))

    def _add_load(self) -> None:
        masses = [job["mass"] for job in self._day["jobs"]] + [0] * (2 * len(self._day["vehicles"]))
        evaluator = self._routing.RegisterUnaryTransitVector(masses)
        capacities = [vehicle["capacity"] for vehicle in self._day["vehicles"]]
        self._routing.AddDimensionWithVehicleCapacity(evaluator, 0, capacities, True, "mass")  # noqa: FBT003

    def _add_choices(self, problem: Problem) -> None:
        vehicles = self._day["vehicles"]
        bound = sum(vehicle["late"] - vehicle["early"] + vehicle["fixed"] for vehicle in vehicles) + 1
        stage = stages(problem, bound)[0]
        horizon = max(vehicle["late"] for vehicle in vehicles)
        for node, job in enumerate(self._day["jobs"]):
            index = self._manager.NodeToIndex(node)
            may = [v for v, vehicle in enumerate(vehicles) if node in set(vehicle["allowed"])]
            open_then = job["window"][0] <= min(job["window"][1], horizon)
            self._routing.VehicleVar(index).SetValues([-1, *(may if open_then else [])])
            self._routing.AddDisjunction([index], stage.penalties[node])


def whole(problem: Problem, seconds: float, seed: int) -> list[tuple[int, list[int]]]:
    """Return (vehicle, tokens) of each route of a day with everything, in the order in which they begin.

    OR-Tools' own ways to a first solution find none where goods have to be loaded, so it begins with Doorstep's
    insertion, and what its model cannot say is mended by it: more than it can do alone. Tiers that do not fit into one
    sum are searched one after another.
    """
    end = time.perf_counter() + seconds
    best = insert_all(Solution(problem, {}), sorted(range(len(problem.jobs)), key=urgency(problem)))
    todo = stages(problem, Nodes(best).travel_bound)
    fixed: frozenset[int] = frozenset()
    for number, stage in enumerate(todo):
        share_s = (end - time.perf_counter()) / (len(todo) - number)
        began = time.perf_counter()
        model = _Whole(Nodes(best), stage, fixed)
        found = model.search(guided(share_s - (time.perf_counter() - began), seed))
        best = found if found is not None and found.objective < best.objective else best
        fixed |= {index for index in best.served if problem.jobs[index].rank in stage.ranks}
    order = sorted(best.routes, key=lambda vehicle: best.routes[vehicle][1].start_s)
    return [(vehicle, list(best.routes[vehicle][0])) for vehicle in order]


class _Whole(_Model):
    """Doorstep's model of all rules, over the whole day."""

    def search(self, parameters: Any) -> Solution | None:
        self._routing.CloseModelWithParameters(parameters)
        start = self._read_routes(self._expressible())
        answer = start and self._routing.SolveFromAssignmentWithParameters(start, parameters)
        return self._read(answer) if answer else None

    def _expressible(self) -> list[list[int]]:
        """Return the routes, but for those that the model takes for unlawful: their visits wait to be put in again.

        It counts in on the way home for every depot of a route, even where the route came by in between.
        """
        routes = self._nodes.routes()
        alone = [[route if v == at else [] for v in range(len(routes))] for at, route in enumerate(routes)]
        return [route if self._read_routes(only) else [] for route, only in zip(routes, alone, strict=True)]

    def _read_routes(self, routes: list[list[int]]) -> Any:
        return self._routing.ReadAssignmentFromRoutes(routes, True)  # noqa: FBT003 - SWIG takes no names


def guided(seconds: float, seed: int) -> Any:
    """Return the search that suits such days best, and a limit."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = FIRST[seed % len(FIRST)]
    parameters.local_search_metaheuristic = GUIDED
    parameters.time_limit.FromMilliseconds(max(1, int(seconds * 1000)))
    return parameters


def main() -> None:
    """Answer one question."""
    print("ready", flush=True)  # noqa: T201
    (problem, day), seconds, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    routes = whole(problem, seconds, seed) if day is None else simple(problem, day, seconds, seed)
    print(json.dumps({"routes": routes}), flush=True)  # noqa: T201
    os._exit(0)  # taking a large model apart takes seconds


if __name__ == "__main__":
    main()
