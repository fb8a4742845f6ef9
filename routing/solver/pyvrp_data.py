"""A problem in patterns as PyVRP's own description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pyvrp

from routing.solver.ladder import compressed
from routing.solver.patterns import Kind, Numbers, Patterns

# Traps of PyVRP 0.12, each with a test: prizes of 1e7 and more end infeasible, and penalties stop at 1e5.
LARGEST_PRIZE = 1_000_000


def pyvrp_data(patterns: Patterns, *, all_served: bool) -> pyvrp.ProblemData:
    """Return PyVRP's own description.

    Parameters
    ----------
    all_served
        Every job must be done; else leaving one out costs its prize.
    """
    return pyvrp.ProblemData(
        _clients(patterns, all_served=all_served),
        [pyvrp.Depot(*patterns.points[0])],
        [_vehicle_type(patterns, at, kind) for at, kind in enumerate(patterns.kinds)],
        cast("list[Any]", _OneByOne(patterns.kinds, patterns.costs)),
        cast("list[Any]", _OneByOne(patterns.kinds, patterns.durations)),
    )


def _clients(patterns: Patterns, *, all_served: bool) -> list[pyvrp.Client]:
    prizes = compressed(patterns.problem, LARGEST_PRIZE)
    return [
        pyvrp.Client(
            *patterns.points[at],
            delivery=patterns.loads(job),
            service_duration=patterns.problem.jobs[job].service_s,
            tw_early=patterns.window(job)[0],
            tw_late=patterns.window(job)[1],
            prize=0 if all_served else prizes[job],
            required=all_served,
        )
        for at, job in enumerate(patterns.jobs, start=1)
    ]


def _vehicle_type(patterns: Patterns, at: int, kind: Kind) -> pyvrp.VehicleType:
    early, late = patterns.leave(kind)
    return pyvrp.VehicleType(
        len(kind.numbers),
        patterns.capacities(kind),
        tw_early=early,
        tw_late=patterns.back(kind),
        start_late=late,
        profile=at,
    )


class _OneByOne(Sequence[Numbers]):
    """Matrices, each made when it is asked for: PyVRP takes copies, and all at once would be as much again."""

    def __init__(self, kinds: Sequence[Kind], make: Callable[[Kind], Numbers]) -> None:
        self._kinds, self._make = kinds, make

    def __len__(self) -> int:
        return len(self._kinds)

    def __getitem__(self, at: Any) -> Any:
        return self._make(self._kinds[at])
