"""What is left of one vehicle's rules where routes are priced: a network of jobs, loads and returns in arrays.

Law: every lawful route of the vehicle is a path here, of the same travel. Rules may be left out (breaks, the second
scarcest of the loads, who rides with whom), never put in.

A state is a word of bits. Low bits remember jobs near the last one, so that short cycles are impossible (ng-routes:
Baldacci, Mingozzi, Roberti, Operations Research 59, 2011); the others say which depots were not called at yet, where
somebody has to count in before the end, and that isolating clients have been seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.solver.problem import Depot, Job, Problem, Vehicle, Window
from routing.solver.schedule import FAR

NEAR = 10  # jobs that a state remembers beside the last
LEFT_OVER = 60 - NEAR
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Relaxed:
    """A vehicle's relaxed routes. Nodes: its jobs, loads, returns, start, end, in this order; n jobs, m nodes.

    Attributes
    ----------
    jobs
        Index in the problem, by node; length n.
    travel
        Seconds [m, m]; -1: no such arc.
    successors, successor_from
        Where each node's arcs lead: `successors[successor_from[v]:successor_from[v + 1]]`.
    opens, closes, window_from
        When a call may begin, likewise by node.
    service, demand
        Seconds of a call; units of the scarcest load.
    capacity, most_stops
        Of the load since the last call at a depot; of visits. Negative: it cannot bind.
    forbidding, adding, keeping
        Bits that forbid a node, that it sets, and that it leaves, by node.
    seen
        [m, m]: the bit by which a state at v remembers w; 0 where it does not.
    moved
        [m, m, NEAR + 1]: the bit at w of what is remembered by each low bit at v.
    begin
        The state in which the vehicle starts.
    span
        When it is out.
    """

    jobs: Numbers
    travel: Numbers
    successors: Numbers
    successor_from: Numbers
    opens: Numbers
    closes: Numbers
    window_from: Numbers
    service: Numbers
    demand: Numbers
    loads: Flags
    capacity: int
    most_stops: int
    forbidding: Numbers
    adding: Numbers
    keeping: Numbers
    seen: Numbers
    moved: Numbers
    begin: int
    span: Window

    @property
    def nodes(self) -> int:
        """How many there are."""
        return len(self.service)

    def after(self, node: int) -> Numbers:
        """Return the nodes to which a node's arcs lead."""
        return self.successors[self.successor_from[node] : self.successor_from[node + 1]]

    def begins(self, node: int, arrival_s: int) -> int | None:
        """Return when a call begins, given the arrival; None: too late."""
        windows = range(self.window_from[node], self.window_from[node + 1])
        begins = (
            max(arrival_s, int(self.opens[w])) for w in windows if max(arrival_s, self.opens[w]) <= self.closes[w]
        )
        return next(begins, None)


def relax(problem: Problem, vehicle: Vehicle, served: Collection[int], near: int = NEAR) -> Relaxed | None:
    """Return the vehicle's relaxed routes over the served jobs; None where it can serve none.

    Parameters
    ----------
    near
        How many jobs near the last one a state remembers, `NEAR` at most: fewer is looser.
    """
    mine = sorted(vehicle.allowed & frozenset(served))
    jobs = [index for index in mine if index in vehicle.aboard or _fits(problem.jobs[index], vehicle)]
    return _Relaxing(problem, vehicle, jobs).relaxed(near) if jobs else None


def _fits(job: Job, vehicle: Vehicle) -> bool:
    """Whether the goods of one job alone may be aboard."""
    on_foot = job.place in vehicle.on_foot and vehicle.max_carry_g is not None
    light = not on_foot or job.total_mass_g <= (vehicle.max_carry_g or 0)
    return light and all(load <= most for load, most in _burdens(job, vehicle).values())


def _burdens(job: Job, vehicle: Vehicle) -> dict[str, tuple[int, int]]:
    """Return what a job asks of each load, and the most of it that may be aboard."""
    found = {
        "mass": (job.total_mass_g, vehicle.max_mass_g),
        "volume": (sum(job.volume_ml.values()), vehicle.max_volume_ml),
    }
    for (_, product), amount in job.custody.items():
        before = found.get(f"custody {product}", (0, 0))[0]
        found[f"custody {product}"] = (before + amount, vehicle.custody.get(product, 0))
    return found


def scarcest(jobs: Sequence[Job], vehicle: Vehicle) -> tuple[list[int], int]:
    """Return demands and capacity of the load that the jobs together exceed most; no demands where none is."""
    asked = [_burdens(job, vehicle) for job in jobs]
    most = {name: limit for burdens in asked for name, (_, limit) in burdens.items()}
    by_name = {name: [burdens.get(name, (0, 0))[0] for burdens in asked] for name in most}
    worst = max(most, key=lambda name: sum(by_name[name]) / max(1, most[name]), default=None)
    if worst is None or sum(by_name[worst]) <= most[worst]:
        return [0] * len(jobs), -1
    return by_name[worst], most[worst]


class _Relaxing:
    """Builds the arrays of one vehicle."""

    def __init__(self, problem: Problem, vehicle: Vehicle, jobs: list[int]) -> None:
        self._vehicle = vehicle
        self._indices = jobs
        self._jobs = [problem.jobs[index] for index in jobs]
        # A depot beyond the bits of a word is needed by nobody here: that leaves a rule out.
        self._loads = sorted({depot for job in self._jobs for depot in job.mass_g})[: LEFT_OVER // 3]
        self._returns = sorted({depot for job in self._jobs for depot in job.returns_to})[: LEFT_OVER // 3]
        self._depots: list[Depot] = [problem.depots[depot] for depot in (*self._loads, *self._returns)]
        self._count = len(jobs) + len(self._depots) + 2
        self._first_return = len(jobs) + len(self._loads)
        self._source, self._sink = self._count - 2, self._count - 1
        places = [
            *(job.place for job in self._jobs),
            *(depot.place for depot in self._depots),
            vehicle.start,
            vehicle.end,
        ]
        self._time = problem.time_s[vehicle.profile][np.ix_(places, places)].astype(np.int64)
        self._service = [*(job.service_s for job in self._jobs), *(depot.call_s for depot in self._depots), 0, 0]
        self._windows = [self._windows_of(node) for node in range(self._count)]

    def relaxed(self, near: int) -> Relaxed:
        demands, capacity = scarcest(self._jobs, self._vehicle)
        # What is aboard at the start is loaded nowhere: where it takes room is left out.
        demands = [
            0 if index in self._vehicle.aboard else one for index, one in zip(self._indices, demands, strict=True)
        ]
        travel = self._arcs()
        seen, moved = _memory(travel, len(self._jobs), near)
        others = [0] * (self._count - len(self._jobs))
        arcs = [np.flatnonzero(row >= 0) for row in travel]
        loads = np.zeros(self._count, dtype=np.bool_)
        loads[len(self._jobs) : self._first_return] = True
        adding, clearing = self._bits()
        return Relaxed(
            jobs=_array(self._indices),
            travel=travel,
            successors=np.concatenate(arcs),
            successor_from=_offsets([len(row) for row in arcs]),
            opens=_array([opens for windows in self._windows for opens, _ in windows]),
            closes=_array([closes for windows in self._windows for _, closes in windows]),
            window_from=_offsets([len(windows) for windows in self._windows]),
            service=_array(self._service),
            demand=_array([*demands, *others]),
            loads=loads,
            capacity=capacity,
            most_stops=self._vehicle.max_stops if self._vehicle.max_stops < len(self._jobs) else -1,
            forbidding=self._forbidding(),
            adding=adding,
            keeping=~clearing,
            seen=seen,
            moved=moved,
            begin=sum(self._missing(depot) for depot in self._loads),
            span=self._vehicle.span,
        )

    def _missing(self, depot: int) -> int:
        """Return the bit of a depot that was not called at to load; 0 where none is kept."""
        return 1 << NEAR + 2 + self._loads.index(depot) if depot in self._loads else 0

    def _owed(self, depot: int) -> int:
        """Return the bit of a depot to which somebody has to come back."""
        return 1 << NEAR + 2 + len(self._loads) + self._returns.index(depot) if depot in self._returns else 0

    _isolated = 1 << NEAR + 1

    def _windows_of(self, node: int) -> tuple[Window, ...]:
        """Return when a call may begin, for it to end by the vehicle's end and the job's latest."""
        last = self._vehicle.span[1] - self._service[node]
        windows: tuple[Window, ...] = ((-FAR, FAR),)
        if node < len(self._jobs):
            job = self._jobs[node]
            windows = job.windows or windows
            last = min(last, job.latest_s - job.service_s)
        elif node < self._source:
            depot = self._depots[node - len(self._jobs)]
            ready = depot.ready_s if node < self._first_return else -FAR
            windows = tuple((max(opens, ready), closes - depot.call_s) for opens, closes in depot.windows)
        return tuple((opens, min(closes, last)) for opens, closes in windows if opens <= min(closes, last))

    def _forbidding(self) -> Numbers:
        """Return the bits that forbid each node: goods not loaded, others after isolating clients, returns owed."""
        bits = np.zeros(self._count, dtype=np.int64)
        for node, job in enumerate(self._jobs):
            aboard = self._indices[node] in self._vehicle.aboard
            bits[node] = 0 if aboard else sum(self._missing(depot) for depot in job.mass_g)
            bits[node] |= 0 if job.isolating else self._isolated
        bits[self._sink] = sum(self._owed(depot) for depot in self._returns)
        return bits

    def _bits(self) -> tuple[Numbers, Numbers]:
        """Return the bits that each node sets, and those that it clears."""
        adding, clearing = np.zeros((2, self._count), dtype=np.int64)
        for node, job in enumerate(self._jobs):
            adding[node] = sum(self._owed(depot) for depot in job.returns_to)
            adding[node] |= self._isolated if job.isolating_last else 0
        for at, depot in enumerate(self._loads):
            clearing[len(self._jobs) + at] = self._missing(depot) | self._owed(depot)
        for at, depot in enumerate(self._returns):
            clearing[self._first_return + at] = self._owed(depot)
        return adding, clearing

    def _arcs(self) -> Numbers:
        """Return travel along the arcs that some lawful route may use."""
        travel = np.where(self._time > FAR, -1, self._time)
        earliest = [self._earliest(node) for node in range(self._count)]
        for before in range(self._count):
            for after in range(self._count):
                reached = earliest[before] + int(travel[before, after])
                windows = self._windows[after]
                timely = bool(windows) and reached <= windows[-1][1]
                if not (timely and self._may_follow(before, after)):
                    travel[before, after] = -1
        return np.ascontiguousarray(travel)

    def _earliest(self, node: int) -> int:
        """Return the earliest departure from a node, as far as its windows and the span tell."""
        opens = self._windows[node][0][0] if self._windows[node] else FAR
        return max(self._vehicle.span[0], opens) + self._service[node]

    def _may_follow(self, before: int, after: int) -> bool:
        """Whether one node may come right after another, whatever the state."""
        n, returns = len(self._jobs), self._first_return
        if before == after or after == self._source or before == self._sink:
            return False
        if before < n and after < n:
            apart = self._jobs[before].client_id != self._jobs[after].client_id
            return not (apart and (self._jobs[before].institution or self._jobs[after].institution))
        if n <= before < returns:  # a load that serves nobody is none
            return after < returns
        if returns <= before < self._source:  # who counts in on the way home makes no more visits
            return after >= returns
        return after < returns if before == self._source else True


def _memory(travel: Numbers, jobs: int, near: int) -> tuple[Numbers, Numbers]:
    """Return the bits by which a state at one node remembers jobs near it, and how they move to the next."""
    count = len(travel)
    seen = np.zeros((count, count), dtype=np.int64)
    for node in range(count):
        for bit, other in enumerate(_nearest(travel, node, jobs, near)):
            seen[node, other] = 1 << bit
    moved = np.zeros((count, count, NEAR + 1), dtype=np.int64)
    for node in range(count):
        for other in map(int, np.flatnonzero(seen[node])):
            moved[node, :, int(seen[node, other]).bit_length() - 1] = seen[:, other]
    return seen, moved


def _nearest(travel: Numbers, node: int, jobs: int, near: int) -> list[int]:
    """Return the jobs that a cycle through the node would visit soonest, the node itself first.

    Those that no arc joins with the node come last, not never: a depot between may close the cycle.
    """
    back, there = travel[:jobs, node], travel[node, :jobs]
    cycle = np.where((back < 0) | (there < 0), FAR, back + there)
    order = [int(job) for job in np.argsort(cycle, kind="stable") if job != node]
    return ([node] if node < jobs else []) + order[:near]


def _array(values: Sequence[int]) -> Numbers:
    return np.array(values, dtype=np.int64)


def _offsets(lengths: Sequence[int]) -> Numbers:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def signature(vehicle: Vehicle, served: Collection[int], shared: Collection[str]) -> tuple[Any, ...]:
    """Return all of a vehicle that its relaxed routes and their costs depend on: equal ones are priced once.

    Parameters
    ----------
    shared
        People who are on several vehicles.
    """
    return (
        frozenset(vehicle.people) & frozenset(shared),
        *(vehicle.start, vehicle.end, vehicle.span, vehicle.profile),
        *(vehicle.max_mass_g, vehicle.max_volume_ml, tuple(sorted(vehicle.custody.items())), vehicle.max_stops),
        *(vehicle.allowed & frozenset(served), vehicle.aboard & frozenset(served)),
        *(vehicle.max_carry_g, vehicle.on_foot),
    )
