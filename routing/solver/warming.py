"""Have the search's kernels ready before a clock runs: a new machine compiles them, which takes some seconds once."""

from __future__ import annotations

from functools import cache

import numpy as np

from routing.solver.compiled_descent import descend, iterate
from routing.solver.effort import Effort
from routing.solver.patterns import Patterns
from routing.solver.problem import TIERS, Depot, Job, Problem, Vehicle
from routing.solver.ruin_recreate import search
from routing.solver.tours import PlainTours


@cache
def warm_up() -> None:
    """Search a day of one client by ruin and recreate, once a process; every kernel is used."""
    search(_one_client(), Effort(iterations=1))


@cache
def warm_up_tours() -> None:
    """Search it by descents, once a process."""
    tours = PlainTours(Patterns(_one_client(), 1), 1)
    tours.begin({0: (1,)})
    descend(tours.address)
    iterate(tours.address, 1, 1.0, 1)


def _one_client() -> Problem:
    span = (0, 3600)
    job = Job(
        client_id="c",
        order_ids=("o",),
        lost=(1,) * TIERS,
        place=1,
        service_s=60,
        windows=(),
        latest_s=span[1],
        mass_g={0: 1},
        volume_ml={0: 1},
        custody={},
        returns_to=frozenset(),
        pair=False,
        isolating=False,
        isolating_last=False,
        institution=False,
    )
    vehicle = Vehicle(
        duty_id="d",
        people=("v",),
        start=0,
        end=0,
        span=span,
        profile=0,
        max_mass_g=1,
        max_volume_ml=1,
        custody={},
        stops_of={"v": 1},
        rests=(),
        allowed=frozenset({0}),
    )
    way = np.array([[0, 60], [60, 0]], dtype=np.int32)
    depot = Depot(site_id="s", place=0, windows=(span,), ready_s=0, call_s=60)
    return Problem(jobs=(job,), depots=(depot,), vehicles=(vehicle,), time_s=(way,), distance_m=(way,))
