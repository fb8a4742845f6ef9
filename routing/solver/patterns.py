"""What searches of single trips are told of a day: one pattern of loading a vehicle, in numbers.

Law: whatever they find is a proposal in tokens; it is scheduled by our own rules before anybody believes it.

A pattern is the order of depots at which a vehicle loads before its first visit. The loading is folded into the way
from the start, the counting-in into the way home. What a pattern cannot say is left to the schedule: breaks, further
trips, the second and later windows of a job (their hull is taken), institutions, goods for the walk.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from routing.solver.classes import classes_of
from routing.solver.embedding import in_a_plane
from routing.solver.problem import Problem, Vehicle
from routing.solver.schedule import FAR
from routing.solver.solution import Tokens

# A way that is forbidden costs more than any prize, and takes longer than any day.
FORBIDDEN = 10_000_000
MOST_PATTERNS = 12
HORIZON = 2_000_000
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Kind:
    """A class of vehicles with its pattern; `numbers` are the vehicles."""

    numbers: tuple[int, ...]
    vehicle: Vehicle
    loads: tuple[int, ...]
    returns: tuple[int, ...]
    jobs: frozenset[int]


class Patterns:
    """A problem of clients, who count from 1, and one depot, 0; `seed` varies who loads where."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        chance = random.Random(seed)  # noqa: S311 - no secret
        found = (_kind(problem, numbers, chance) for numbers in classes_of(problem))
        self.kinds = [kind for kind in found if kind is not None]
        self.jobs = sorted(frozenset().union(*(kind.jobs for kind in self.kinds)))
        self._client = {job: at + 1 for at, job in enumerate(self.jobs)}

    def tokens(self, kind: int, visits: list[int]) -> Tokens:
        """Return the tokens of a route of visits: loads first, as the pattern says."""
        jobs = [self.jobs[visit - 1] for visit in visits]
        needed = {depot for job in jobs if job not in self.kinds[kind].vehicle.aboard for depot in self._goods(job)}
        return (*(~depot for depot in self.kinds[kind].loads if depot in needed), *jobs)

    def visits(self, number: int, tokens: Tokens) -> tuple[int, list[int]] | None:
        """Return the kind and the visits of one of our routes; None where the pattern does not fit."""
        kind = self.kind_of.get(number)
        jobs = [token for token in tokens if token >= 0]
        if kind is None or not set(jobs) <= self.kinds[kind].jobs:
            return None
        return kind, [self._client[job] for job in jobs]

    @cached_property
    def kind_of(self) -> dict[int, int]:
        """The kind of each vehicle that has one."""
        return {number: at for at, kind in enumerate(self.kinds) for number in kind.numbers}

    def _goods(self, job: int) -> list[int]:
        return sorted(self.problem.jobs[job].mass_g)

    @cached_property
    def points(self) -> list[tuple[int, int]]:
        """Where the start of the first kind and the clients lie, roughly."""
        vehicle = self.kinds[0].vehicle
        places = [vehicle.start, *(self.problem.jobs[job].place for job in self.jobs)]
        points = in_a_plane(self.problem.time_s[vehicle.profile][np.ix_(places, places)], FORBIDDEN)
        return [(int(x), int(y)) for x, y in points]

    def window(self, index: int) -> tuple[int, int]:
        """Return the hull of a job's windows."""
        job = self.problem.jobs[index]
        opens, closes = (job.windows[0][0], job.windows[-1][1]) if job.windows else (0, HORIZON)
        latest = max(opens, min(closes, job.latest_s - job.service_s, HORIZON))
        return max(0, opens), max(0, latest)

    @cached_property
    def _products(self) -> list[str]:
        return sorted({product for job in self.jobs for _, product in self.problem.jobs[job].custody})

    def loads(self, index: int) -> list[int]:
        """Return what a job weighs on a vehicle: mass, and what else can bind."""
        job = self.problem.jobs[index]
        custody = [sum(n for (_, name), n in job.custody.items() if name == product) for product in self._products]
        return [job.total_mass_g, *([sum(job.volume_ml.values())] if self._bulky else []), *custody, *self._one]

    @cached_property
    def _bulky(self) -> bool:
        """Whether volume can bind anywhere."""
        volume = sum(sum(self.problem.jobs[job].volume_ml.values()) for job in self.jobs)
        return any(kind.vehicle.max_volume_ml < volume for kind in self.kinds)

    @cached_property
    def _one(self) -> list[int]:
        """One stop, where the number of stops can bind."""
        return [1] if any(kind.vehicle.max_stops < len(self.jobs) for kind in self.kinds) else []

    def capacities(self, kind: Kind) -> list[int]:
        """Return what a kind carries at most, of what `loads` counts."""
        vehicle = kind.vehicle
        return [
            vehicle.max_mass_g,
            *([vehicle.max_volume_ml] if self._bulky else []),
            *(vehicle.custody.get(product, 0) for product in self._products),
            *(vehicle.max_stops for _ in self._one),
        ]

    def back(self, kind: Kind) -> int:
        """Return when a kind has to be back at the latest."""
        return max(self.leave(kind)[0], min(kind.vehicle.span[1], HORIZON))

    def leave(self, kind: Kind) -> tuple[int, int]:
        """Return between when the start must be left so that every load falls into its depot's hours.

        Waiting on the way is folded into the earliest leave.
        """
        time, now, place = self.problem.time_s[kind.vehicle.profile], kind.vehicle.span[0], kind.vehicle.start
        driven, latest = 0, min(kind.vehicle.span[1], HORIZON)
        for depot in kind.loads:
            entry = self.problem.depots[depot]
            leg = int(time[place, entry.place])
            begin = max(now + leg, entry.ready_s, entry.windows[0][0])
            latest = min(latest, entry.windows[-1][1] - entry.call_s - driven - leg)
            now, place, driven = begin + entry.call_s, entry.place, driven + leg + entry.call_s
        early = max(0, now - driven)
        return early, max(early, latest)

    def costs(self, kind: Kind) -> Numbers:
        """Return what ways cost a kind, travel and prices; 0 is start and end, then the clients."""
        cost = self._ways(kind)
        cost[:, 1:] += np.array([kind.vehicle.visit_s.get(job, 0) for job in self.jobs], dtype=np.int64)
        cost[self._banned(kind)] = FORBIDDEN
        np.fill_diagonal(cost, 0)
        return cost

    def durations(self, kind: Kind) -> Numbers:
        """Return how long ways take a kind, with its calls at depots."""
        duration = self._ways(kind)
        duration[0, 1:] += sum(self.problem.depots[depot].call_s for depot in kind.loads)
        duration[1:, 0] += sum(self.problem.depots[depot].call_s for depot in kind.returns)
        duration[self._banned(kind)] = HORIZON
        np.fill_diagonal(duration, 0)
        return duration

    def _ways(self, kind: Kind) -> Numbers:
        """Return travel."""
        places = [self.problem.jobs[job].place for job in self.jobs]
        time = self.problem.time_s[kind.vehicle.profile]
        ways = np.zeros((len(places) + 1, len(places) + 1), dtype=np.int64)
        ways[1:, 1:] = time[np.ix_(places, places)]
        ways[0, 1:], ways[1:, 0] = self._way_out(kind, places), self._way_home(kind, places)
        return ways

    def _way_out(self, kind: Kind, places: list[int]) -> Numbers:
        time = self.problem.time_s[kind.vehicle.profile]
        stops = [kind.vehicle.start, *(self.problem.depots[depot].place for depot in kind.loads)]
        return sum(int(time[a, b]) for a, b in pairwise(stops)) + time[stops[-1], places].astype(np.int64)

    def _way_home(self, kind: Kind, places: list[int]) -> Numbers:
        time = self.problem.time_s[kind.vehicle.profile]
        stops = [*(self.problem.depots[depot].place for depot in kind.returns), kind.vehicle.end]
        return sum(int(time[a, b]) for a, b in pairwise(stops)) + time[places, stops[0]].astype(np.int64)

    def _banned(self, kind: Kind) -> np.ndarray:
        """Return which ways a kind cannot take, or may not: to clients of others, and from isolating ones to others."""
        banned: np.ndarray = self._ways(kind) >= FORBIDDEN
        others = np.array([False, *(job not in kind.jobs for job in self.jobs)])
        last = np.array([False, *(self.problem.jobs[job].isolating_last for job in self.jobs)])
        open_ = np.array([False, *(not self.problem.jobs[job].isolating for job in self.jobs)])
        banned[others] = banned[:, others] = True
        banned |= last[:, None] & open_
        return banned


def _kind(problem: Problem, numbers: tuple[int, ...], chance: random.Random) -> Kind | None:
    """Return a class with one of its patterns; None where nobody can load for any job."""
    vehicle = problem.vehicles[numbers[0]]
    patterns = [loads for loads in _orders(problem, vehicle, chance) if _jobs(problem, vehicle, loads)]
    if not patterns:
        return None
    loads = chance.choice(patterns)
    jobs = _jobs(problem, vehicle, loads)
    returns = sorted({depot for job in jobs for depot in problem.jobs[job].returns_to} | vehicle.counts_in)
    return Kind(numbers, vehicle, loads, tuple(returns), jobs)


def _orders(problem: Problem, vehicle: Vehicle, chance: random.Random) -> Iterator[tuple[int, ...]]:
    """Yield orders of loading: everywhere (twice as likely), and at each depot alone."""
    wanted = {depot for job in vehicle.allowed - vehicle.aboard for depot in problem.jobs[job].mass_g}
    usable = sorted(depot for depot in wanted if problem.depots[depot].windows)
    if not usable:
        yield ()
        return
    yield from ((depot,) for depot in usable[:MOST_PATTERNS])
    if len(usable) > 1:
        for _ in range(len(usable)):
            chance.shuffle(usable)
            yield tuple(usable)


def _jobs(problem: Problem, vehicle: Vehicle, loads: tuple[int, ...]) -> frozenset[int]:
    """Return the jobs that a vehicle can do once it has loaded there."""
    time = problem.time_s[vehicle.profile]
    return frozenset(
        job
        for job in vehicle.allowed
        if (job in vehicle.aboard or set(problem.jobs[job].mass_g) <= set(loads))
        and not problem.jobs[job].institution
        and all(problem.depots[depot].windows for depot in problem.jobs[job].returns_to)
        and int(time[vehicle.start, problem.jobs[job].place]) < FAR
    )
