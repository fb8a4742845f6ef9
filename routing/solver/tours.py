"""Routes of one pattern, in the tables that `compiled_descent` changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from routing.solver.compiled_chance import begun
from routing.solver.compiled_descent import improve
from routing.solver.compiled_tables import Address, Table, header_of
from routing.solver.compiled_tours import (
    C_CLOSES,
    C_LOADS,
    C_OPENS,
    C_SERVICE,
    M_ABSENT,
    M_BEST,
    M_CHANCE,
    M_GAINS,
    M_LATE_PRICE,
    M_LOAD_PRICE,
    M_MET,
    MARKS,
    MET_HEAD,
    NO_PLAN,
    R_COST,
    R_EXCESS,
    R_SIZE,
    R_WARP,
    ROUTE,
    S_LATE,
    S_LOADS,
    UNIT,
    Tours,
    keep_best,
    updated,
)
from routing.solver.patterns import Numbers, Patterns

# Clients tried beside each; waiting and coming late count so much of travel when neighbours are chosen.
NEIGHBOURS, WAITING, LATENESS = 40, 0.2, 1.0
MOST_MET = 512
# At first a second late costs so many units; a client too many, so many times what a visit costs on average.
LATE_PRICE, LOAD_PRICE = 20, 5
# Rows beyond a route's own: the depot at both ends.
ENDS = 2

Visits = tuple[int, ...]


class PlainTours:
    """A day of patterns in tables; `address` is what its kernels are called with."""

    def __init__(self, patterns: Patterns, seed: int) -> None:
        self._numbers = [number for kind in patterns.kinds for number in kind.numbers]
        self._row = {number: row for row, number in enumerate(self._numbers)}
        self._kind = [at for at, kind in enumerate(patterns.kinds) for _ in kind.numbers]
        self.tables = _tables(patterns, self._kind, seed)
        self._header = header_of(
            (updated.address, improve.address, self._clients, len(self._numbers), self._loads), self.tables
        )
        self.address: Address = int(self._header.ctypes.data)

    @property
    def _clients(self) -> int:
        return len(self.tables.clients) - 1

    @property
    def _loads(self) -> int:
        return int(self.tables.clients.shape[1]) - C_LOADS

    def begin(self, routes: Mapping[int, Sequence[int]]) -> None:
        """Take routes over, visits by vehicle; they are the best plan met if none is late or too heavy."""
        tables = self.tables
        tables.where[:] = -1
        tables.visits[:] = 0
        for row, number in enumerate(self._numbers):
            visits = routes.get(number, ())
            tables.visits[row, 1 : 1 + len(visits)] = visits
            tables.routes[row, R_SIZE] = len(visits)
            updated(self.address, row)
        served = tables.where[1:] >= 0
        tables.promising[1:] = served
        tables.marks[M_ABSENT], tables.marks[M_BEST] = int((~served).sum()), NO_PLAN
        tables.marks[M_LOAD_PRICE] = self._first_load_price()
        if not tables.routes[:, [R_WARP, R_EXCESS]].any():
            keep_best(self.address, int(tables.routes[:, R_COST].sum()))

    def _first_load_price(self) -> int:
        loads = self.tables.clients[1:, C_LOADS:].mean() if self._loads else 1.0
        return max(1, int(UNIT * LOAD_PRICE * self.cost_of_a_visit / max(1.0, float(loads))))

    @property
    def cost_of_a_visit(self) -> float:
        """What a visit costs on average."""
        routes = self.tables.routes
        return max(1.0, float(routes[:, R_COST].sum()) / max(1, int(routes[:, R_SIZE].sum())))

    @property
    def best_cost(self) -> tuple[int, int]:
        """What the best plan is compared by: how often it came to serve more, and its cost."""
        return -int(self.tables.marks[M_GAINS]), int(self.tables.marks[M_BEST])

    def best(self) -> dict[int, Visits]:
        """Return the best plan met, visits by vehicle."""
        rows = zip(self._numbers, self.tables.best_visits, self.tables.best_sizes[:, 0].tolist(), strict=True)
        return {number: tuple(visits[1 : 1 + size].tolist()) for number, visits, size in rows if size}

    def met(self) -> Iterator[tuple[int, Visits, int]]:
        """Yield routes met since the last time: vehicle, visits, and the cost of their plan."""
        count, self.tables.marks[M_MET] = int(self.tables.marks[M_MET]), 0
        for row, size, worth, *visits in self.tables.met[:count].tolist():
            yield self._numbers[row], tuple(visits[:size]), worth

    def cost(self, number: int, visits: Visits) -> int:
        """Return what a route costs."""
        stops = np.array([0, *visits, 0])
        first = self._kind[self._row[number]] * (self._clients + 1)
        return int(self.tables.costs[first + stops[:-1], stops[1:]].sum())


def _tables(patterns: Patterns, kinds: Sequence[int], seed: int) -> Tours:
    costs = [patterns.costs(kind) for kind in patterns.kinds]
    times = [patterns.durations(kind) for kind in patterns.kinds]
    clients = _clients(patterns)
    vehicles = np.array([_vehicle(patterns, at) for at in kinds], dtype=np.int64)
    count, fleet, loads = len(clients), len(vehicles), clients.shape[1] - C_LOADS

    def room(*shape: int) -> Table:
        return np.zeros(shape, dtype=np.int64)

    marks = room(len(MARKS))
    marks[M_CHANCE], marks[M_BEST], marks[M_LATE_PRICE] = begun(seed), NO_PLAN, UNIT * LATE_PRICE
    return Tours(
        costs=np.concatenate(costs),
        times=np.concatenate(times),
        clients=clients,
        vehicles=vehicles,
        near=_near(costs, times, clients),
        visits=room(fleet, count + 1 + ENDS),
        routes=room(fleet, len(ROUTE)),
        where=np.full(count, -1, dtype=np.int64),
        place=room(count),
        before=room(fleet * (count + 1), S_LOADS + loads),
        after=room(fleet * (count + 1), S_LATE + 1),
        marks=marks,
        promising=room(count),
        order=np.arange(1, count, dtype=np.int64),
        old_visits=room(fleet, count + 1 + ENDS),
        old_sizes=room(fleet, 1),
        touched=room(fleet),
        best_visits=room(fleet, count + 1 + ENDS),
        best_sizes=room(fleet, 1),
        met=room(MOST_MET, MET_HEAD + count),
        pool=room(count),
        buffer=room(count + ENDS),
    )


def _clients(patterns: Patterns) -> Table:
    """Return the clients' rows; the depot's is nought."""
    jobs = patterns.problem.jobs
    urgency = {lost: rank for rank, lost in enumerate(sorted({jobs[job].lost for job in patterns.jobs}))}
    rows = [
        [jobs[job].service_s, *patterns.window(job), urgency[jobs[job].lost], *patterns.loads(job)]
        for job in patterns.jobs
    ]
    return np.array([[0] * len(rows[0]), *rows], dtype=np.int64)


def _vehicle(patterns: Patterns, at: int) -> list[int]:
    kind = patterns.kinds[at]
    return [at, *patterns.leave(kind), patterns.back(kind), *patterns.capacities(kind)]


def _near(costs: Sequence[Numbers], times: Sequence[Numbers], clients: Table) -> Table:
    """Return the neighbours of each client, the nearest first: by what it costs to visit one after the other."""
    count = len(clients)
    proximity = np.full((count, count), np.inf)
    opens, closes = clients[:, C_OPENS].astype(float), clients[:, C_CLOSES].astype(float)
    for cost, time in zip(costs, times, strict=True):
        on = time + clients[:, [C_SERVICE]]
        waiting = np.maximum(opens[None, :] - on - closes[:, None], 0)
        lateness = np.maximum(opens[:, None] + on - closes[None, :], 0)
        proximity = np.minimum(proximity, cost + WAITING * waiting + LATENESS * lateness)
    proximity = np.minimum(proximity, proximity.T)
    np.fill_diagonal(proximity, np.inf)
    proximity[:, 0] = np.inf
    return np.ascontiguousarray(np.argsort(proximity, axis=1, kind="stable")[:, : min(NEIGHBOURS, count - 2)])
