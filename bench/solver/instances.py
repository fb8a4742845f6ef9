"""Instances of the literature as problems: Solomon's, and Gehring and Homberger's.

Law: distance alone is minimised. The unit is a tenth: distances are floor(10 x Euclidean), the convention of the DIMACS
challenge of 2021; windows and service are ten times the file's. Travel takes as long as it is far.

A vehicle loads at the depot in the first instant of the day, so that it goes out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.domain.orders import Tier
from routing.solver.problem import TIERS, Depot, Job, Matrix, Problem, Vehicle
from routing.solver.schedule import FAR

FOLDER = Path(__file__).parent / "data/vrptw"
# Proven, in tenths.
OPTIMA = {
    "R101": 16377, "R106": 12346, "R112": 9486, "C104": 8229, "RC103": 12580, "RC108": 11142, "R202": 10296,
    "R208": 7010, "R211": 7467, "RC202": 10923, "RC208": 7761,
}  # fmt: skip
# Not proven: the best that PyVRP 0.12.2 or 0.14.1 was seen to reach in the seconds of the comparison.
PEERS_BEST = {"r1_2_4": 30815, "rc1_2_6": 33096, "r2_2_5": 30717, "rc2_2_4": 18621, "c1_2_4": 26256}
SOLOMON = tuple(OPTIMA)
HOMBERGER = tuple(PEERS_BEST)


@dataclass(frozen=True)
class Row:
    """A line of the file, in its own units; the first is the depot."""

    x: int
    y: int
    demand: int
    ready: int
    due: int
    service: int


@dataclass(frozen=True)
class Instance:
    """A file: so many equal vehicles, their capacity, and its lines."""

    name: str
    vehicles: int
    capacity: int
    rows: tuple[Row, ...]


def read_instance(path: Path) -> Instance:
    """Read a file in Solomon's format."""
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    numbers = [[int(word) for word in words] for words in lines if all(word.isdecimal() for word in words)]
    (vehicles, capacity), *rows = numbers
    return Instance(lines[0][0], vehicles, capacity, tuple(Row(*row[1:]) for row in rows))


def named(name: str) -> Problem:
    """Return the problem of an instance that comes with the bench."""
    return problem_of(read_instance(FOLDER / f"{name}.txt"))


def problem_of(instance: Instance) -> Problem:
    """Return the problem: places are the file's lines, jobs its customers."""
    matrix = tenths(instance.rows)
    customers = range(1, len(instance.rows))
    jobs = tuple(_job(place, instance.rows[place]) for place in customers)
    vehicle = _vehicles(instance, frozenset(range(len(jobs))))
    depot = Depot(site_id="depot", place=0, windows=((0, 0),), ready_s=0, call_s=0)
    return Problem(jobs=jobs, depots=(depot,), vehicles=vehicle, time_s=(matrix,), distance_m=(matrix,))


def tenths(rows: Sequence[Row]) -> Matrix:
    """Return floor(10 x Euclidean) between all lines."""
    at = np.array([(row.x, row.y) for row in rows], np.int64)
    squares = ((at[:, None] - at[None, :]) ** 2).sum(axis=2)
    # The root of an integer is exact where it is whole, so nothing falls short of it.
    return np.floor(np.sqrt(100 * squares)).astype(np.int32)


def _job(place: int, row: Row) -> Job:
    return Job(
        client_id=f"c{place}",
        order_ids=(f"c{place}.x",),
        lost=tuple(int(rank == Tier.T3.rank) for rank in range(TIERS)),
        place=place,
        service_s=10 * row.service,
        windows=((10 * row.ready, 10 * row.due),),
        latest_s=FAR,
        mass_g={0: row.demand},
        volume_ml={0: 0},
        custody={},
        returns_to=frozenset(),
        pair=False,
        isolating=False,
        isolating_last=False,
        institution=False,
    )


def _vehicles(instance: Instance, everybody: frozenset[int]) -> tuple[Vehicle, ...]:
    depot = instance.rows[0]
    return tuple(
        Vehicle(
            duty_id=f"v{number}.1",
            people=(f"v{number}",),
            start=0,
            end=0,
            span=(10 * depot.ready, 10 * depot.due),
            profile=0,
            max_mass_g=instance.capacity,
            max_volume_ml=0,
            custody={},
            stops_of={f"v{number}": len(everybody)},
            rests=(),
            allowed=everybody,
        )
        for number in range(1, instance.vehicles + 1)
    )


# Two customers: to warm an engine up with.
SMALLEST = problem_of(
    Instance("smallest", 2, 10, (Row(0, 0, 0, 0, 99, 0), Row(3, 4, 6, 0, 99, 2), Row(9, 0, 4, 0, 99, 1)))
)
