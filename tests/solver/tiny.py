"""Problems to solve by hand: ten places in a row, one minute (60 s, 100 m) from each to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from routing.domain.orders import Tier
from routing.solver.problem import TIERS, Depot, Job, Matrix, Problem, Vehicle
from routing.solver.schedule import FAR, Schedule, schedule

DAY = (0, 86_400)
PLACES = 10


def row(step: int) -> Matrix:
    """Return the matrix of places in a row, `step` from each to the next."""
    at = np.arange(PLACES, dtype=np.int64)
    return np.abs(at[:, None] - at[None, :]) * step


def lost(tier: Tier = Tier.T3, weight: int = 100) -> tuple[int, ...]:
    """Return the weight lost in one tier."""
    return tuple(weight if rank == tier.rank else 0 for rank in range(TIERS))


def job(place: int = 5, **fields: Any) -> Job:
    """Return one kilogram and litre from depot 0 for somebody of their own; service lasts a minute."""
    usual: dict[str, Any] = {
        "client_id": f"c{place}",
        "order_ids": (f"c{place}.x",),
        "lost": lost(),
        "place": place,
        "service_s": 60,
        "windows": (),
        "latest_s": FAR,
        "mass_g": {0: 1000},
        "volume_ml": {0: 1000},
        "custody": {},
        "returns_to": frozenset(),
        "pair": False,
        "isolating": False,
        "isolating_last": False,
        "institution": False,
    }
    return Job(**{**usual, **fields})


def controlled(place: int = 5, tenths: int = 120, **fields: Any) -> Job:
    """Return a job with so many tenths of `p1`, after which the volunteer counts in at depot 0."""
    return job(place, custody={(0, "p1"): tenths}, returns_to=frozenset({0}), **fields)


def depot(place: int = 0, **fields: Any) -> Depot:
    """Return a depot open all day; a call lasts a minute."""
    usual: dict[str, Any] = {
        "site_id": f"s{place}",
        "place": place,
        "windows": (DAY,),
        "ready_s": 0,
        "call_s": 60,
    }
    return Depot(**{**usual, **fields})


def vehicle(**fields: Any) -> Vehicle:
    """Return a vehicle at place 0 for everything."""
    usual: dict[str, Any] = {
        "duty_id": "v1.1",
        "people": ("v1",),
        "start": 0,
        "end": 0,
        "span": DAY,
        "profile": 0,
        "max_mass_g": 10_000,
        "max_volume_ml": 10_000,
        "custody": {"p1": 10_000},
        "stops_of": dict.fromkeys(fields.get("people", ("v1",)), 100),
        "rests": (),
        "allowed": frozenset(range(10)),
    }
    return Vehicle(**{**usual, **fields})


def problem(
    jobs: Sequence[Job],
    vehicles: Sequence[Vehicle] = (vehicle(),),
    depots: Sequence[Depot] = (depot(),),
    time_s: Matrix | None = None,
    distance_m: Matrix | None = None,
) -> Problem:
    """Return a problem on the row of places, or on another matrix."""
    known = frozenset(range(len(jobs)))
    fleet = [Vehicle(**{**vars(each), "allowed": each.allowed & known}) for each in vehicles]
    return Problem(
        jobs=tuple(jobs),
        depots=tuple(depots),
        vehicles=tuple(fleet),
        time_s=(row(60) if time_s is None else time_s,),
        distance_m=(row(100) if distance_m is None else distance_m,),
    )


def run(posed: Problem, *tokens: int, number: int = 0):
    """Schedule tokens on a vehicle."""
    return schedule(posed, posed.vehicles[number], tokens)


def planned(posed: Problem, *tokens: int, number: int = 0) -> Schedule:
    """Schedule tokens that are lawful."""
    found = run(posed, *tokens, number=number)
    assert isinstance(found, Schedule), found
    return found


def steps(found: Schedule) -> list[tuple[str, int, int, int]]:
    """Return (kind, arrival, begin, departure) of each call."""
    return [(str(call.kind), call.arrival_s, call.begin_s, call.departure_s) for call in found.calls]
