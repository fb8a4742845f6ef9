"""Routes of one pattern in tables: what is kept along each, so that a change is weighed in a few steps.

Law: whatever changes a route ends in `update`. A route may be late or overladen, at a price; only plans in which none
is count as found. Times along a route are segments (duration, time warp, earliest and latest start) that are joined,
as in Vidal, Crainic, Gendreau and Prins (2013).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from routing.network.compiled import bare
from routing.solver.compiled_tables import ENTRY, Address, Table, call_two, called_by_address, number, row_at, table_at

# The first numbers of a header: addresses of kernels that would else be compiled into each of their callers, and sizes.
NUMBERS = 5
UPDATE, IMPROVE, CLIENTS, VEHICLES, LOADS = range(NUMBERS)
# Columns of `Tours.clients`; loads follow. Urgency is a rank: the more urgent, the higher.
C_SERVICE, C_OPENS, C_CLOSES, C_URGENCY, C_LOADS = range(5)
# Columns of `Tours.vehicles`; capacities follow.
V_KIND, V_FROM, V_LEAVE, V_BACK, V_CAPACITIES = range(5)
# Columns of `Tours.routes`.
R_SIZE, R_COST, R_WARP, R_EXCESS = ROUTE = range(4)
# Columns of `Tours.before`, loads follow, and of `Tours.after` (the first four).
S_DURATION, S_WARP, S_EARLY, S_LATE, S_COST, S_LOADS = range(6)
# Of `Tours.marks`: the state of chance, prices of a second late and of a unit too much (in thousandths of a unit of
# cost), routes touched, cost of the best plan, how often more was served, clients left out, who came in for whom (0:
# nobody), routes met, and plans of late: all, in time, not too heavy.
(
    M_CHANCE,
    M_LATE_PRICE,
    M_LOAD_PRICE,
    M_TOUCHED,
    M_BEST,
    M_GAINS,
    M_ABSENT,
    M_IN,
    M_OUT,
    M_MET,
    M_PLANS,
    M_IN_TIME,
    M_LIGHT,
) = MARKS = range(13)
# A unit of cost, beside such prices.
UNIT = 1000
NO_PLAN = 1 << 60
# Rows of `Tours.met`: vehicle, number of visits, cost of the plan, visits.
MET_HEAD = 3

ROWS_OF_ONE = frozenset({"where", "place", "marks", "promising", "order", "touched", "pool", "buffer"})


class Tours(NamedTuple):
    """What kernels read and change; clients count from 1, the depot is 0.

    Attributes
    ----------
    costs, times
        [kind of vehicle x (clients + 1) + from, to].
    clients, vehicles
        [index, column].
    near
        [client, rank]: clients worth trying beside it.
    visits
        [vehicle, position]: the depot, its clients, the depot.
    routes
        [vehicle, column].
    where, place
        The vehicle that visits a client, or -1, and at which position.
    before, after
        [vehicle x (clients + 2) + position, column]: the segment up to a position and the one from it.
    promising
        Whether something near a client has changed since its moves were tried.
    old_visits, old_sizes, touched
        What `restore` brings back.
    best_visits, best_sizes
        The best plan met.
    met
        Lawful routes of plans that were gone on from, until they are fetched.
    """

    costs: Table
    times: Table
    clients: Table
    vehicles: Table
    near: Table
    visits: Table
    routes: Table
    where: Table
    place: Table
    before: Table
    after: Table
    marks: Table
    promising: Table
    order: Table
    old_visits: Table
    old_sizes: Table
    touched: Table
    best_visits: Table
    best_sizes: Table
    met: Table
    pool: Table
    buffer: Table


# How kernels read them.
_READERS: Sequence[Callable[[Address], Table]] = [
    (row_at if name in ROWS_OF_ONE else table_at)(NUMBERS + ENTRY * slot) for slot, name in enumerate(Tours._fields)
]
(
    _costs_of,
    _times_of,
    clients_of,
    vehicles_of,
    near_of,
    visits_of,
    routes_of,
    where_of,
    place_of,
    before_of,
    after_of,
    marks_of,
    promising_of,
    order_of,
    _old_visits_of,
    _old_sizes_of,
    touched_of,
    best_visits_of,
    best_sizes_of,
    met_of,
    pool_of,
    buffer_of,
) = _READERS


@bare
def cost_of(tours: Address, kind: int, a: int, b: int) -> int:
    """Return what a way costs a kind of vehicle."""
    return _costs_of(tours)[kind * (number(tours, CLIENTS) + 1) + a, b]  # type: ignore[no-any-return]


@bare
def time_of(tours: Address, kind: int, a: int, b: int) -> int:
    """Return how long a way takes a kind of vehicle."""
    return _times_of(tours)[kind * (number(tours, CLIENTS) + 1) + a, b]  # type: ignore[no-any-return]


@bare
def row_of(tours: Address, v: int, position: int) -> int:
    """Return where a position of a route stands in `before` and `after`."""
    return v * (number(tours, CLIENTS) + 2) + position


@bare
def joined(
    duration: int, warp: int, early: int, late: int, way: int, more: int, more_warp: int, opens: int, closes: int
) -> tuple[int, int, int, int]:
    """Return the segment of one segment, a way, and another (its duration, time warp, earliest and latest start)."""
    begin = duration - warp + way
    wait = max(opens - begin - late, 0)
    warped = max(early + begin - closes, 0)
    return (
        duration + more + way + wait,
        warp + more_warp + warped,
        max(opens - begin, early) - wait,
        min(closes - begin, late) + warped,
    )


@bare
def _update_before(tours: Address, v: int) -> None:
    loads = number(tours, LOADS)
    visits, before, clients, vehicles = visits_of(tours), before_of(tours), clients_of(tours), vehicles_of(tours)
    kind, size, start = vehicles[v, V_KIND], routes_of(tours)[v, R_SIZE], row_of(tours, v, 0)
    duration, warp, early, late, cost = 0, 0, vehicles[v, V_FROM], vehicles[v, V_LEAVE], 0
    before[start, S_DURATION], before[start, S_WARP], before[start, S_EARLY], before[start, S_LATE] = 0, 0, early, late
    before[start, S_COST : S_LOADS + loads] = 0
    last = 0
    for position in range(1, size + 2):
        row, client = start + position, 0
        service, opens, closes = 0, vehicles[v, V_FROM], vehicles[v, V_BACK]
        if position <= size:
            client = visits[v, position]
            service, opens, closes = clients[client, C_SERVICE], clients[client, C_OPENS], clients[client, C_CLOSES]
            where_of(tours)[client], place_of(tours)[client] = v, position
        way = time_of(tours, kind, last, client)
        duration, warp, early, late = joined(duration, warp, early, late, way, service, 0, opens, closes)
        cost += cost_of(tours, kind, last, client)
        before[row, S_DURATION], before[row, S_WARP], before[row, S_EARLY], before[row, S_LATE] = (
            duration,
            warp,
            early,
            late,
        )
        before[row, S_COST] = cost
        for load in range(loads):
            before[row, S_LOADS + load] = before[row - 1, S_LOADS + load] + clients[client, C_LOADS + load]
        last = client
    routes = routes_of(tours)
    routes[v, R_COST], routes[v, R_WARP], routes[v, R_EXCESS] = 0, 0, 0
    if size:
        routes[v, R_COST], routes[v, R_WARP] = cost, warp
        for load in range(loads):
            over = before[start + size, S_LOADS + load] - vehicles[v, V_CAPACITIES + load]
            routes[v, R_EXCESS] += max(0, over)


@bare
def _update_after(tours: Address, v: int) -> None:
    visits, after, clients, vehicles = visits_of(tours), after_of(tours), clients_of(tours), vehicles_of(tours)
    kind, size, start = vehicles[v, V_KIND], routes_of(tours)[v, R_SIZE], row_of(tours, v, 0)
    duration, warp, early, late, following = 0, 0, vehicles[v, V_FROM], vehicles[v, V_BACK], 0
    for position in range(size + 1, 0, -1):
        if position <= size:
            client = visits[v, position]
            duration, warp, early, late = joined(
                clients[client, C_SERVICE],
                0,
                clients[client, C_OPENS],
                clients[client, C_CLOSES],
                time_of(tours, kind, client, following),
                duration,
                warp,
                early,
                late,
            )
            following = client
        row = start + position
        after[row, S_DURATION], after[row, S_WARP], after[row, S_EARLY], after[row, S_LATE] = (
            duration,
            warp,
            early,
            late,
        )


@called_by_address(2)
def updated(tours: Address, v: int) -> int:
    """Work out anew what is kept along a route."""
    _update_before(tours, v)
    _update_after(tours, v)
    return 0


@bare
def update(tours: Address, v: int) -> None:
    """Work out anew what is kept along a route."""
    call_two(number(tours, UPDATE), tours, v)


@bare
def priced(tours: Address, v: int) -> int:
    """Return what a route's lateness and excess are priced at now."""
    marks, routes = marks_of(tours), routes_of(tours)
    return (  # type: ignore[no-any-return]
        marks[M_LATE_PRICE] * routes[v, R_WARP] + marks[M_LOAD_PRICE] * routes[v, R_EXCESS]
    )


@bare
def replace(tours: Address, v: int, first: int, out: int, source: int, count: int) -> None:
    """Put `count` clients of the buffer, from `source` on, in the stead of so many of a route."""
    visits, buffer, size = visits_of(tours), buffer_of(tours), routes_of(tours)[v, R_SIZE]
    shift = count - out
    if shift > 0:
        for position in range(size + 1, first + out - 1, -1):
            visits[v, position + shift] = visits[v, position]
    elif shift < 0:
        for position in range(first + out, size + 2):
            visits[v, position + shift] = visits[v, position]
    for step in range(count):
        visits[v, first + step] = buffer[source + step]
    routes_of(tours)[v, R_SIZE] = size + shift
    update(tours, v)


@bare
def remember(tours: Address, v: int) -> None:
    """Keep a route as it was, once before its first change."""
    marks, touched = marks_of(tours), touched_of(tours)
    for at in range(marks[M_TOUCHED]):
        if touched[at] == v:
            return
    touched[marks[M_TOUCHED]] = v
    marks[M_TOUCHED] += 1
    size = routes_of(tours)[v, R_SIZE]
    _old_sizes_of(tours)[v, 0] = size
    for position in range(size + 2):
        _old_visits_of(tours)[v, position] = visits_of(tours)[v, position]


@bare
def restore(tours: Address) -> None:
    """Take back all changes since `M_TOUCHED` was nought."""
    if marks_of(tours)[M_IN]:
        where_of(tours)[marks_of(tours)[M_IN]] = -1
    for at in range(marks_of(tours)[M_TOUCHED]):
        v = touched_of(tours)[at]
        size = _old_sizes_of(tours)[v, 0]
        routes_of(tours)[v, R_SIZE] = size
        for position in range(size + 2):
            visits_of(tours)[v, position] = _old_visits_of(tours)[v, position]
        update(tours, v)


@bare
def keep_best(tours: Address, cost: int) -> None:
    """Keep the routes as they are as the best plan."""
    marks_of(tours)[M_BEST] = cost
    for v in range(number(tours, VEHICLES)):
        size = routes_of(tours)[v, R_SIZE]
        best_sizes_of(tours)[v, 0] = size
        for position in range(size + 2):
            best_visits_of(tours)[v, position] = visits_of(tours)[v, position]


@bare
def note_met(tours: Address, cost: int) -> None:
    """Keep the lawful routes touched for whoever fetches them; none more while there is no room."""
    marks, met, routes = marks_of(tours), met_of(tours), routes_of(tours)
    for at in range(marks[M_TOUCHED]):
        v, row = touched_of(tours)[at], marks[M_MET]
        size = routes[v, R_SIZE]
        if row >= met.shape[0] or not size or routes[v, R_WARP] or routes[v, R_EXCESS]:
            continue
        met[row, 0], met[row, 1], met[row, 2] = v, size, cost
        for step in range(size):
            met[row, MET_HEAD + step] = visits_of(tours)[v, 1 + step]
        marks[M_MET] += 1


@bare
def mark(tours: Address, v: int, first: int, count: int) -> None:
    """Call clients of a route promising, and those before and after them."""
    size = routes_of(tours)[v, R_SIZE]
    for position in range(max(1, first - 1), min(size, first + count) + 1):
        promising_of(tours)[visits_of(tours)[v, position]] = 1
