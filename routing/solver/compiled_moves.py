"""Changes of routes of one pattern, weighed in a few steps: strings exchanged or moved, tails exchanged, a part turned.

Law: a change is weighed at what `update` will find, in thousandths of a unit of cost, or at less where that is no gain
already: what is cheap to know comes first, and most changes are given up by the ways alone.
"""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_tables import Address, number
from routing.solver.compiled_tours import (
    C_CLOSES,
    C_LOADS,
    C_OPENS,
    C_SERVICE,
    LOADS,
    M_LATE_PRICE,
    M_LOAD_PRICE,
    R_COST,
    R_EXCESS,
    R_SIZE,
    R_WARP,
    S_COST,
    S_DURATION,
    S_EARLY,
    S_LATE,
    S_LOADS,
    S_WARP,
    UNIT,
    V_CAPACITIES,
    V_KIND,
    after_of,
    before_of,
    buffer_of,
    clients_of,
    cost_of,
    joined,
    mark,
    marks_of,
    priced,
    remember,
    replace,
    routes_of,
    row_of,
    time_of,
    update,
    vehicles_of,
    visits_of,
)

# Where the second of two strings lies in the buffer.
SECOND = 4
Segment = tuple[int, int, int, int]


@bare
def _segment_before(tours: Address, v: int, position: int) -> Segment:
    before, row = before_of(tours), row_of(tours, v, position)
    return before[row, S_DURATION], before[row, S_WARP], before[row, S_EARLY], before[row, S_LATE]


@bare
def _with_visits(
    tours: Address, kind: int, segment: Segment, last: int, v: int, first: int, until: int, step: int
) -> Segment:
    """Return a segment that ends in `last`, joined by visits of a route from `first` to before `until`."""
    visits, clients = visits_of(tours), clients_of(tours)
    for position in range(first, until, step):
        client = visits[v, position]
        way = time_of(tours, kind, last, client)
        segment = joined(
            *segment, way, clients[client, C_SERVICE], 0, clients[client, C_OPENS], clients[client, C_CLOSES]
        )
        last = client
    return segment


@bare
def _warp_home(tours: Address, kind: int, segment: Segment, last: int, v: int, position: int) -> int:
    """Return the time warp of a segment that ends in `last` and goes on with a route from a position."""
    after, row = after_of(tours), row_of(tours, v, position)
    begin = segment[0] - segment[1] + time_of(tours, kind, last, visits_of(tours)[v, position])
    return segment[1] + after[row, S_WARP] + max(segment[2] + begin - after[row, S_LATE], 0)  # type: ignore[no-any-return]


@bare
def _ways(tours: Address, kind: int, last: int, v: int, first: int, count: int, following: int) -> int:
    """Return what it costs to go from `last` by so many visits of a route to `following`."""
    visits, cost = visits_of(tours), 0
    for position in range(first, first + count):
        cost += cost_of(tours, kind, last, visits[v, position])
        last = visits[v, position]
    return cost + cost_of(tours, kind, last, following)


@bare
def _ways_between(tours: Address, v: int, first: int, last: int) -> int:
    before, row = before_of(tours), row_of(tours, v, 0)
    return before[row + last, S_COST] - before[row + first, S_COST]  # type: ignore[no-any-return]


@bare
def _excess(tours: Address, v: int, first: int, out: int, w: int, start: int, count: int) -> int:
    """Return the excess of a route without `out` visits of its own, with `count` of another's."""
    before, vehicles, excess = before_of(tours), vehicles_of(tours), 0
    mine, its = row_of(tours, v, first - 1), row_of(tours, w, start - 1)
    whole = row_of(tours, v, routes_of(tours)[v, R_SIZE])
    for load in range(number(tours, LOADS)):
        column = S_LOADS + load
        left = before[whole, column] - before[mine + out, column] + before[mine, column]
        comes = before[its + count, column] - before[its, column]
        excess += max(0, left + comes - vehicles[v, V_CAPACITIES + load])
    return excess


@bare
def exchange_gain(tours: Address, v: int, i: int, n: int, w: int, j: int, m: int) -> int:
    """Return what it changes to exchange `n` visits of a route from `i` on with `m` of another's from `j` on.

    Parameters
    ----------
    m
        May be nought: then the visits come before the one at `j`.
    """
    visits, routes, marks, vehicles = visits_of(tours), routes_of(tours), marks_of(tours), vehicles_of(tours)
    mine, its = vehicles[v, V_KIND], vehicles[w, V_KIND]
    empties = routes[v, R_SIZE] == n and m == 0
    before, after = visits[v, i - 1], visits[v, i + n]
    cost = -routes[v, R_COST]
    if not empties:
        cost = _ways(tours, mine, before, w, j, m, after) - _ways_between(tours, v, i - 1, i + n)
    cost += _ways(tours, its, visits[w, j - 1], v, i, n, visits[w, j + m])
    if routes[w, R_SIZE]:
        cost -= _ways_between(tours, w, j - 1, j + m)
    gain = UNIT * cost - priced(tours, v) - priced(tours, w)
    if gain >= 0:
        return gain  # type: ignore[no-any-return]
    gain += marks[M_LOAD_PRICE] * (_excess(tours, w, j, m, v, i, n) + _excess(tours, v, i, n, w, j, m))
    if gain >= 0:
        return gain  # type: ignore[no-any-return]
    there = _with_visits(tours, its, _segment_before(tours, w, j - 1), visits[w, j - 1], v, i, i + n, 1)
    gain += marks[M_LATE_PRICE] * _warp_home(tours, its, there, visits[v, i + n - 1], w, j + m)
    if gain >= 0 or empties:
        return gain  # type: ignore[no-any-return]
    here = _with_visits(tours, mine, _segment_before(tours, v, i - 1), before, w, j, j + m, 1)
    last = visits[w, j + m - 1] if m else before
    return gain + marks[M_LATE_PRICE] * _warp_home(tours, mine, here, last, v, i + n)  # type: ignore[no-any-return]


@bare
def exchange(tours: Address, v: int, i: int, n: int, w: int, j: int, m: int) -> None:
    """Make the change that `exchange_gain` weighs."""
    visits, buffer = visits_of(tours), buffer_of(tours)
    remember(tours, v)
    remember(tours, w)
    for step in range(n):
        buffer[step] = visits[v, i + step]
    for step in range(m):
        buffer[SECOND + step] = visits[w, j + step]
    replace(tours, v, i, n, SECOND, m)
    replace(tours, w, j, m, 0, n)
    mark(tours, v, i, m)
    mark(tours, w, j, n)


@bare
def shift_gain(tours: Address, v: int, i: int, n: int, j: int, m: int) -> int:
    """Return what it changes to exchange, within a route, `n` visits from `i` on with `m` from `j` on; `i + n <= j`."""
    visits, marks, routes = visits_of(tours), marks_of(tours), routes_of(tours)
    kind = vehicles_of(tours)[v, V_KIND]
    first, end = visits[v, i - 1], visits[v, j + m]
    if j == i + n:
        cost = _ways(tours, kind, first, v, j, m, visits[v, i])
        cost += _ways(tours, kind, visits[v, i + n - 1], v, i, 0, end) + _ways_between(tours, v, i, i + n - 1)
        cost -= _ways_between(tours, v, i - 1, j + m)
    else:
        cost = _ways(tours, kind, first, v, j, m, visits[v, i + n]) - _ways_between(tours, v, i - 1, i + n)
        cost += _ways(tours, kind, visits[v, j - 1], v, i, n, end) - _ways_between(tours, v, j - 1, j + m)
    gain = UNIT * cost - priced(tours, v) + marks[M_LOAD_PRICE] * routes[v, R_EXCESS]
    if gain >= 0:
        return gain  # type: ignore[no-any-return]
    segment = _with_visits(tours, kind, _segment_before(tours, v, i - 1), first, v, j, j + m, 1)
    segment = _with_visits(tours, kind, segment, visits[v, j + m - 1], v, i + n, j, 1)
    between = visits[v, j - 1] if j > i + n else visits[v, j + m - 1]
    segment = _with_visits(tours, kind, segment, between, v, i, i + n, 1)
    return gain + marks[M_LATE_PRICE] * _warp_home(  # type: ignore[no-any-return]
        tours, kind, segment, visits[v, i + n - 1], v, j + m
    )


@bare
def shift(tours: Address, v: int, i: int, n: int, j: int, m: int) -> None:
    """Make the change that `shift_gain` weighs."""
    visits, buffer = visits_of(tours), buffer_of(tours)
    remember(tours, v)
    count = 0
    for first, until in ((j, j + m), (i + n, j), (i, i + n)):
        for position in range(first, until):
            buffer[count] = visits[v, position]
            count += 1
    for step in range(count):
        visits[v, i + step] = buffer[step]
    update(tours, v)
    mark(tours, v, i, m)
    mark(tours, v, j + m - n, n)


@bare
def tails_gain(tours: Address, v: int, i: int, w: int, j: int) -> int:
    """Return what it changes that two routes exchange what comes after `i` and after `j`; for vehicles of one kind."""
    visits, marks, before = visits_of(tours), marks_of(tours), before_of(tours)
    kind, vehicles = vehicles_of(tours)[v, V_KIND], vehicles_of(tours)
    mine, its = visits[v, i], visits[w, j]
    mine_next, its_next = visits[v, i + 1], visits[w, j + 1]
    cost = cost_of(tours, kind, mine, its_next) + cost_of(tours, kind, its, mine_next)
    cost -= cost_of(tours, kind, mine, mine_next) + cost_of(tours, kind, its, its_next)
    gain = UNIT * cost - priced(tours, v) - priced(tours, w)
    if gain >= 0:
        return gain
    here, there = row_of(tours, v, i), row_of(tours, w, j)
    all_here, all_there = row_of(tours, v, routes_of(tours)[v, R_SIZE]), row_of(tours, w, routes_of(tours)[w, R_SIZE])
    for load in range(number(tours, LOADS)):
        column = S_LOADS + load
        moved = before[all_here, column] - before[here, column]
        comes = before[all_there, column] - before[there, column]
        over = max(0, before[here, column] + comes - vehicles[v, V_CAPACITIES + load])
        over += max(0, before[there, column] + moved - vehicles[w, V_CAPACITIES + load])
        gain += marks[M_LOAD_PRICE] * over
    if gain >= 0:
        return gain
    gain += marks[M_LATE_PRICE] * _warp_home(tours, kind, _segment_before(tours, v, i), mine, w, j + 1)
    if gain >= 0:
        return gain  # type: ignore[no-any-return]
    return gain + marks[M_LATE_PRICE] * _warp_home(  # type: ignore[no-any-return]
        tours, kind, _segment_before(tours, w, j), its, v, i + 1
    )


@bare
def exchange_tails(tours: Address, v: int, i: int, w: int, j: int) -> None:
    """Make the change that `tails_gain` weighs."""
    visits, routes, buffer = visits_of(tours), routes_of(tours), buffer_of(tours)
    remember(tours, v)
    remember(tours, w)
    moved, comes = routes[v, R_SIZE] - i, routes[w, R_SIZE] - j
    for step in range(moved):
        buffer[step] = visits[v, i + 1 + step]
    for step in range(comes):
        visits[v, i + 1 + step] = visits[w, j + 1 + step]
    for step in range(moved):
        visits[w, j + 1 + step] = buffer[step]
    routes[v, R_SIZE], routes[w, R_SIZE] = i + comes, j + moved
    visits[v, i + comes + 1] = visits[w, j + moved + 1] = 0
    update(tours, v)
    update(tours, w)
    mark(tours, v, i, 2)
    mark(tours, w, j, 2)


@bare
def turn_gain(tours: Address, v: int, i: int, j: int) -> int:
    """Return what it changes to go through the visits of a route from `i` to `j` the other way round."""
    visits, marks, routes = visits_of(tours), marks_of(tours), routes_of(tours)
    kind = vehicles_of(tours)[v, V_KIND]
    first = last = visits[v, i - 1]
    gain = marks[M_LOAD_PRICE] * routes[v, R_EXCESS] - priced(tours, v) - UNIT * _ways_between(tours, v, i - 1, j + 1)
    for position in range(j, i - 1, -1):
        gain += UNIT * cost_of(tours, kind, last, visits[v, position])
        last = visits[v, position]
    gain += UNIT * cost_of(tours, kind, last, visits[v, j + 1])
    if gain >= 0:
        return gain  # type: ignore[no-any-return]
    segment = _with_visits(tours, kind, _segment_before(tours, v, i - 1), first, v, j, i - 1, -1)
    return gain + marks[M_LATE_PRICE] * _warp_home(tours, kind, segment, last, v, j + 1)  # type: ignore[no-any-return]


@bare
def turn(tours: Address, v: int, i: int, j: int) -> None:
    """Make the change that `turn_gain` weighs."""
    visits = visits_of(tours)
    remember(tours, v)
    mark(tours, v, i, 1)
    mark(tours, v, j, 1)
    while i < j:
        visits[v, i], visits[v, j] = visits[v, j], visits[v, i]
        i, j = i + 1, j - 1
    update(tours, v)


@bare
def insertion(tours: Address, client: int, v: int, position: int, late_price: int, load_price: int) -> int:
    """Return what it changes to put a client that is nowhere in at a position, at prices."""
    visits, routes, clients, before = visits_of(tours), routes_of(tours), clients_of(tours), before_of(tours)
    vehicles = vehicles_of(tours)
    kind, last, following = vehicles[v, V_KIND], visits[v, position - 1], visits[v, position]
    cost = cost_of(tours, kind, last, client) + cost_of(tours, kind, client, following)
    if routes[v, R_SIZE]:
        cost -= cost_of(tours, kind, last, following)
    excess, whole = -routes[v, R_EXCESS], row_of(tours, v, routes[v, R_SIZE])
    for load in range(number(tours, LOADS)):
        aboard = before[whole, S_LOADS + load] + clients[client, C_LOADS + load]
        excess += max(0, aboard - vehicles[v, V_CAPACITIES + load])
    segment = joined(
        *_segment_before(tours, v, position - 1),
        time_of(tours, kind, last, client),
        clients[client, C_SERVICE],
        0,
        clients[client, C_OPENS],
        clients[client, C_CLOSES],
    )
    warp = _warp_home(tours, kind, segment, client, v, position) - routes[v, R_WARP]
    return UNIT * cost + load_price * excess + late_price * warp  # type: ignore[no-any-return]
