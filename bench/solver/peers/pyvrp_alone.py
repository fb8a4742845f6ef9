"""PyVRP alone, of either version, in its own environment. Law: imports neither Doorstep nor anything it brings.

Says `ready`, reads a pickled plain day, seconds and a seed, and writes the routes. The seconds run from when the day
has arrived, building PyVRP's data included.
"""

import json
import pickle
import sys
import time

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

NEW = hasattr(pyvrp, "Location")
FAR = 10_000_000


def profiles_of(vehicles):
    """Return the distinct (matrix, who may be visited), and each vehicle's index in them."""
    keys = [(vehicle["profile"], tuple(vehicle["allowed"])) for vehicle in vehicles]
    distinct = sorted(set(keys))
    return distinct, [distinct.index(key) for key in keys]


def matrix_of(day, depots, profile, allowed):
    """Return the matrix of depots, then jobs; whoever may not be visited is out of reach."""
    places = [*depots, *(job["place"] for job in day["jobs"])]
    matrix = np.minimum(np.array(day["matrices"][profile])[np.ix_(places, places)], FAR)
    barred = [len(depots) + job for job in range(len(day["jobs"])) if job not in set(allowed)]
    matrix[:, barred] = matrix[barred, :] = FAR
    np.fill_diagonal(matrix, 0)
    return matrix


def clients_of(day, first):
    """Return PyVRP's clients."""
    for number, job in enumerate(day["jobs"]):
        where = {"location": first + number} if NEW else {"x": 0, "y": 0}
        early, late = job["window"]
        worth = {"required": True} if day["required"] else {"required": False, "prize": job["prize"]}
        times = {"service_duration": job["service"], "tw_early": early, "tw_late": max(early, late)}
        yield pyvrp.Client(**where, delivery=[job["mass"]], **times, **worth)


def vehicle_types_of(day, depots, profile_of):
    """Return types, equal vehicles together, and the vehicles of each."""
    alike = {}
    for at, vehicle in enumerate(day["vehicles"]):
        key = tuple(vehicle[name] for name in ("capacity", "start", "end", "fixed", "early", "late"))
        alike.setdefault((*key, profile_of[at]), []).append(vehicle["number"])
    types = [
        pyvrp.VehicleType(
            len(numbers),
            [capacity],
            depots.index(start),
            depots.index(end),
            fixed_cost=fixed,
            tw_early=early,
            tw_late=late,
            profile=profile,
        )
        for (capacity, start, end, fixed, early, late, profile), numbers in alike.items()
    ]
    return types, list(alike.values())


def data_of(day):
    """Return PyVRP's data, and the vehicles of each type."""
    depots = sorted({place for vehicle in day["vehicles"] for place in (vehicle["start"], vehicle["end"])})
    distinct, profile_of = profiles_of(day["vehicles"])
    far = [matrix_of(day, depots, *key) for key in distinct]
    # What is out of reach costs more than any prize but takes no time: else 0.12.2 never comes to a lawful plan.
    quick = [np.where(matrix >= FAR, 0, matrix) for matrix in far]
    clients = list(clients_of(day, len(depots)))
    types, numbers = vehicle_types_of(day, depots, profile_of)
    if not NEW:
        return pyvrp.ProblemData(clients, [pyvrp.Depot(0, 0) for _ in depots], types, far, quick), numbers
    locations = [pyvrp.Location(0, 0) for _ in range(len(depots) + len(clients))]
    starts = [pyvrp.Depot(at) for at in range(len(depots))]
    return pyvrp.ProblemData(locations, clients, starts, types, far, quick), numbers


def routes_of(data, numbers, best):
    """Return (vehicle, jobs) of each route; all feasible or not: whoever reads them judges."""
    left = [list(some) for some in numbers]
    for route in best.routes():
        if NEW:
            jobs = [step.idx for step in route if step.is_client()]
        else:
            jobs = [int(visit) - data.num_depots for visit in route.visits()]
        yield left[route.vehicle_type()].pop(), jobs


def main():
    """Answer one question."""
    print("ready", flush=True)  # noqa: T201
    day, seconds, seed = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    began = time.perf_counter()
    data, numbers = data_of(day)
    left = max(0.0, seconds - (time.perf_counter() - began))
    found = pyvrp.solve(data, MaxRuntime(left), seed=seed, collect_stats=False, display=False)
    said = {
        "routes": list(routes_of(data, numbers, found.best)),
        "rounds": found.num_iterations,
        "feasible": bool(found.best.is_feasible()),
    }
    print(json.dumps(said), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
