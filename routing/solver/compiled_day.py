"""A problem as a few tables of numbers, for kernels.

Law: the one place that knows which column holds what; kernels read `Day`, Python makes it and keeps what its
addresses point to. The matrices of travel stay where they are: seventy duties and a thousand clients take half a
gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from routing.solver.compiled_tables import ENTRY, Table, header_of, table_at
from routing.solver.insertion import urgency
from routing.solver.matrices import narrow
from routing.solver.problem import TIERS, Matrix, Problem, Vehicle, Window, exclude_each_other, homeward_of

MOST_DEPOTS = 60  # a set of depots is the bits of one number
NEAREST = 64
UNLIMITED = 2**60

# The first numbers of a day's header.
SIZES = 9
JOBS, DEPOTS, VEHICLES, PEOPLE, PRODUCTS, PLACES, LONGEST, EXPOSURE, BALANCE = range(SIZES)
# Columns of `Day.jobs`; mass, volume and controlled mass by depot follow.
(
    J_PLACE,
    J_SERVICE,
    J_LATEST,
    J_WINDOW,
    J_WINDOW_END,
    J_NEEDS,
    J_RETURNS,
    J_FETCHES,
    J_KIND,
    J_CLIENT,
    J_CUSTODY,
    J_CUSTODY_END,
    J_MASS,
    J_VOLUME,
    J_URGENCY,
    J_GOODS,
) = range(16)
# Bits of `J_KIND`.
ISOLATING, ISOLATING_LAST, INSTITUTION, FETCHES, CONTROLLED, RETURNS = 1, 2, 4, 8, 16, 32
# Columns of `Day.depots`.
D_PLACE, D_READY, D_CALL, D_WINDOW, D_WINDOW_END = range(5)
# Columns of `Day.vehicles`; ceilings by product follow.
(
    V_START,
    V_END,
    V_FROM,
    V_TO,
    V_PROFILE,
    V_MASS,
    V_VOLUME,
    V_STOPS,
    V_CARRY,
    V_REST,
    V_REST_END,
    V_CREW,
    V_CREW_END,
    V_KIN,
    V_KIN_END,
    V_ABOARD,
    V_ABOARD_END,
    V_OWES,
    V_ROAD,
    V_HOMEWARD,
    V_CEILINGS,
) = range(21)
# Columns of `Day.aboard`.
A_JOB, A_CARRIED, A_OWED = range(3)
# Bits of `Day.marks`.
ALLOWED, ON_FOOT = 1, 2
# Bits of the second column of `Day.kin`.
SHARES_PEOPLE, EXCLUDES = 1, 2


class Day(NamedTuple):
    """What kernels read.

    Attributes
    ----------
    jobs, depots, vehicles
        [index, column].
    spans
        Windows of jobs and depots (from, to, 0), rests (earliest, latest, duration).
    crew
        (person, most stops), by vehicle.
    marks, prices
        [vehicle, job]: whether it may, and what the visit costs beyond the way.
    custody
        (depot, product, tenths), by job.
    kin
        (vehicle, how) of those that share people or a single-use pass, by vehicle.
    matrices
        [profile, 2]: addresses of seconds and of metres.
    near
        [job, rank]: other jobs by travel from it.
    lost
        [job, tier]: column 0 is 1 for a locked job, tiers follow.
    carried
        [vehicle, job]: the depots whose goods for it are on the vehicle when it starts.
    aboard
        (job, those depots, the controlled of them), by vehicle.
    """

    jobs: Table
    depots: Table
    vehicles: Table
    spans: Table
    crew: Table
    marks: Table
    prices: Table
    custody: Table
    kin: Table
    matrices: Table
    near: Table
    lost: Table
    carried: Table
    aboard: Table


# How kernels read them.
(
    jobs_of,
    depots_of,
    vehicles_of,
    spans_of,
    crew_of,
    marks_of,
    prices_of,
    custody_of,
    kin_of,
    matrices_of,
    near_of,
    lost_of,
    carried_of,
    aboard_of,
) = (table_at(SIZES + ENTRY * slot) for slot in range(len(Day._fields)))


@dataclass(frozen=True)
class CompiledDay:
    """A day, what kernels read it by, and the arrays that must live as long as it does."""

    problem: Problem
    day: Day
    header: Table
    kept: tuple[Matrix, ...]


def may_compile(problem: Problem) -> bool:
    """Whether the kernels can hold the problem: not too many depots."""
    return len(problem.depots) <= MOST_DEPOTS


def compile_day(problem: Problem) -> CompiledDay:
    """Make the tables of a problem."""
    return _Tables(problem).made()


class _Tables:
    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._spans: list[tuple[int, int, int]] = []
        self._custody: list[tuple[int, int, int]] = []
        self._crew: list[tuple[int, int]] = []
        self._kin: list[tuple[int, int]] = []
        self._aboard: list[tuple[int, int, int]] = []
        self._homeward = homeward_of(problem.vehicles)
        products = {product for job in problem.jobs for _, product in job.custody}
        self._products = {product: number for number, product in enumerate(sorted(products))}
        people = {person for vehicle in problem.vehicles for person in vehicle.people}
        self._people = {person: number for number, person in enumerate(sorted(people))}
        clients = {job.client_id for job in problem.jobs}
        self._clients = {client: number for number, client in enumerate(sorted(clients))}

    def made(self) -> CompiledDay:
        problem = self._problem
        times, metres = (tuple(map(narrow, each)) for each in (problem.time_s, problem.distance_m))
        jobs, depots, vehicles = self._jobs(), self._depots(), self._vehicles()
        day = Day(
            jobs=jobs,
            depots=depots,
            vehicles=vehicles,
            spans=_table(self._spans, 3),
            crew=_table(self._crew, 2),
            marks=self._marks(),
            prices=self._prices(),
            custody=_table(self._custody, 3),
            kin=_table(self._kin, 2),
            matrices=_table(
                [(one.ctypes.data, other.ctypes.data) for one, other in zip(times, metres, strict=True)], 2
            ),
            near=_near(problem, times),
            lost=self._lost(),
            carried=self._carried(),
            aboard=_table(self._aboard, 3),
        )
        return CompiledDay(problem, day, header_of(self._sizes(times), day), (*times, *metres))

    def _sizes(self, times: tuple[Matrix, ...]) -> list[int]:
        problem = self._problem
        most = max((vehicle.max_stops for vehicle in problem.vehicles), default=0)
        longest = 2 * max(0, min(most, len(problem.jobs))) + 3 * len(problem.depots) + 4
        places = len(times[0]) if times else 0
        counts = [len(problem.jobs), len(problem.depots), len(problem.vehicles), len(self._people)]
        prices = [problem.exposure_s, problem.balance_s]
        return [*counts, len(self._products), places, longest, *prices]

    def _span(self, spans: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
        first = len(self._spans)
        self._spans += spans
        return first, len(self._spans)

    def _windows(self, windows: Iterable[Window]) -> tuple[int, int]:
        return self._span((opens, closes, 0) for opens, closes in windows)

    def _jobs(self) -> Table:
        key = urgency(self._problem)
        order = sorted(range(len(self._problem.jobs)), key=key)
        place_in = {index: place for place, index in enumerate(order)}
        depots = range(len(self._problem.depots))
        rows = []
        for index, job in enumerate(self._problem.jobs):
            first = len(self._custody)
            self._custody += [(depot, self._products[p], amount) for (depot, p), amount in job.custody.items()]
            kind = (
                ISOLATING * job.isolating
                | ISOLATING_LAST * job.isolating_last
                | INSTITUTION * job.institution
                | FETCHES * bool(job.fetches)
                | CONTROLLED * bool(job.custody)
                | RETURNS * bool(job.returns_to)
            )
            rows.append(
                [
                    job.place,
                    job.service_s,
                    job.latest_s,
                    *self._windows(job.windows),
                    _bits(job.mass_g),
                    _bits(job.returns_to),
                    _bits(job.fetches),
                    kind,
                    self._clients[job.client_id],
                    first,
                    len(self._custody),
                    job.total_mass_g,
                    sum(job.volume_ml.values()),
                    place_in[index],
                    *(job.mass_g.get(depot, 0) for depot in depots),
                    *(job.volume_ml.get(depot, 0) for depot in depots),
                    *(job.controlled_g.get(depot, 0) for depot in depots),
                ]
            )
        return _table(rows, J_GOODS + 3 * len(depots))

    def _depots(self) -> Table:
        rows = [
            [depot.place, depot.ready_s, depot.call_s, *self._windows(depot.windows)] for depot in self._problem.depots
        ]
        return _table(rows, D_WINDOW_END + 1)

    def _vehicles(self) -> Table:
        return _table(
            [self._vehicle(number, vehicle) for number, vehicle in enumerate(self._problem.vehicles)],
            V_CEILINGS + len(self._products),
        )

    def _vehicle(self, number: int, vehicle: Vehicle) -> list[int]:
        crew, kin, aboard = len(self._crew), len(self._kin), len(self._aboard)
        self._crew += [(self._people[person], vehicle.stops_of[person]) for person in vehicle.people]
        self._kin += self._kin_of(number, vehicle)
        self._aboard += self._aboard_on(vehicle)
        return [
            vehicle.start,
            vehicle.end,
            *vehicle.span,
            vehicle.profile,
            vehicle.max_mass_g,
            vehicle.max_volume_ml,
            vehicle.max_stops,
            UNLIMITED if vehicle.max_carry_g is None else vehicle.max_carry_g,
            *self._span((rest.earliest_s, rest.latest_s, rest.duration_s) for rest in vehicle.rests),
            crew,
            len(self._crew),
            kin,
            len(self._kin),
            aboard,
            len(self._aboard),
            _bits(vehicle.counts_in),
            int(vehicle.on_the_road),
            sum(self._homeward.get(person, 0) for person in vehicle.people) if vehicle.on_the_road else 0,
            # What is aboard for nobody may take more than the ceiling: then nothing may be added.
            *(max(0, vehicle.custody.get(product, 0)) for product in self._products),
        ]

    def _aboard_on(self, vehicle: Vehicle) -> list[tuple[int, int, int]]:
        found = []
        for index in sorted({*vehicle.aboard, *vehicle.partly}):
            job = self._problem.jobs[index]
            carried = frozenset(vehicle.carries(index, job))
            found.append((index, _bits(carried), _bits(carried & {depot for depot, _ in job.custody})))
        return found

    def _carried(self) -> Table:
        carried = np.zeros((len(self._problem.vehicles), len(self._problem.jobs)), dtype=np.int64)
        for row, vehicle in zip(carried, self._problem.vehicles, strict=True):
            for index, depots, _ in self._aboard_on(vehicle):
                row[index] = depots
        return carried

    def _kin_of(self, number: int, vehicle: Vehicle) -> list[tuple[int, int]]:
        people = set(vehicle.people)
        found = []
        for other, peer in enumerate(self._problem.vehicles):
            shares = bool(people & set(peer.people))
            how = SHARES_PEOPLE * shares | EXCLUDES * exclude_each_other(vehicle, peer)
            if other != number and how:
                found.append((other, how))
        return found

    def _marks(self) -> Table:
        marks = np.zeros((len(self._problem.vehicles), len(self._problem.jobs)), dtype=np.int64)
        places = np.array([job.place for job in self._problem.jobs], dtype=np.int64)
        for row, vehicle in zip(marks, self._problem.vehicles, strict=True):
            row[sorted(vehicle.allowed)] |= ALLOWED
            if vehicle.max_carry_g is not None:
                row[np.isin(places, sorted(vehicle.on_foot))] |= ON_FOOT
        return marks

    def _prices(self) -> Table:
        prices = np.zeros((len(self._problem.vehicles), len(self._problem.jobs)), dtype=np.int64)
        for row, vehicle in zip(prices, self._problem.vehicles, strict=True):
            for index, price in vehicle.visit_s.items():
                row[index] = price
        return prices

    def _lost(self) -> Table:
        rows = [[int(index in self._problem.must), *job.lost] for index, job in enumerate(self._problem.jobs)]
        return _table(rows, 1 + TIERS)


def _table(rows: Any, columns: int) -> Table:
    return np.array(rows, dtype=np.int64).reshape(-1, columns)


def _bits(depots: Iterable[int]) -> int:
    return sum(1 << depot for depot in depots)


def _near(problem: Problem, times: tuple[Matrix, ...]) -> Table:
    """Return each job's nearest others, there and back, whichever of the first profiles is fastest."""
    if not times or not problem.jobs:
        return np.zeros((len(problem.jobs), 0), dtype=np.int64)
    places = np.array([job.place for job in problem.jobs], dtype=np.int64)
    grid = np.ix_(places, places)
    way = np.minimum.reduce([times[profile][grid] for profile in sorted({v.profile for v in problem.vehicles})[:6]])
    way = way.astype(np.int64) + way.T
    np.fill_diagonal(way, -1)  # itself first
    return np.ascontiguousarray(np.argsort(way, axis=1, kind="stable")[:, : NEAREST + 1].astype(np.int64))
