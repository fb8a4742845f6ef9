"""Iterated local search, as machine code: take a few visits out, put them in again, descend around what has changed.

Law: reads no clock; the same seed gives the same routes. Only clients near a change are tried again, so that a day of
long routes sees thousands of descents a second. Dearer plans are gone on from with a tolerance that falls (Kirkpatrick,
Gelatt and Vecchi 1983); prices of lateness and excess follow the share of plans without (Vidal 2013).
"""

from __future__ import annotations

import math

from routing.network.compiled import bare
from routing.solver.compiled_chance import drawn
from routing.solver.compiled_moves import (
    exchange,
    exchange_gain,
    exchange_tails,
    insertion,
    shift,
    shift_gain,
    tails_gain,
    turn,
    turn_gain,
)
from routing.solver.compiled_tables import Address, call_three, called_by_address, number
from routing.solver.compiled_tours import (
    C_URGENCY,
    CLIENTS,
    IMPROVE,
    M_ABSENT,
    M_BEST,
    M_CHANCE,
    M_GAINS,
    M_IN,
    M_IN_TIME,
    M_LATE_PRICE,
    M_LIGHT,
    M_LOAD_PRICE,
    M_OUT,
    M_PLANS,
    M_TOUCHED,
    NO_PLAN,
    R_COST,
    R_EXCESS,
    R_SIZE,
    R_WARP,
    UNIT,
    V_KIND,
    VEHICLES,
    buffer_of,
    clients_of,
    keep_best,
    mark,
    marks_of,
    near_of,
    note_met,
    order_of,
    place_of,
    pool_of,
    priced,
    promising_of,
    remember,
    replace,
    restore,
    routes_of,
    vehicles_of,
    visits_of,
    where_of,
)

# Longest string that is exchanged or moved, and that is taken out; one place in so many is looked past.
STRING, LONGEST_STRING, BLINK = 3, 10, 100
# Where clients are left out, one of them takes another's place once in so many times.
CHANGE = 3
# After so many plans, prices rise where fewer than so many were in time (not too heavy), and fall where more were.
PLANS, LAWFUL, RISE, FALL = 50, 22, 1.2, 0.9
LEAST_PRICE, MOST_PRICE = 100, 100_000_000
# What lateness costs where none is suffered.
NEVER = 1 << 36


@bare
def _chance(tours: Address, below: int) -> int:
    return drawn(marks_of(tours), M_CHANCE, below)


@bare
def _improve_between(tours: Address, client: int, other: int) -> bool:
    where, place, routes = where_of(tours), place_of(tours), routes_of(tours)
    v, w, i, j = where[client], where[other], place[client], place[other]
    mine, its = routes[v, R_SIZE], routes[w, R_SIZE]
    for n in range(1, STRING + 1):
        for m in range(n + 1):
            # A string that begins with the client comes behind the other, in the stead of those behind it.
            if i + n - 1 <= mine and j + m <= its and exchange_gain(tours, v, i, n, w, j + 1, m) < 0:
                exchange(tours, v, i, n, w, j + 1, m)
                return True
            # One that ends with the client comes before it.
            if n <= i and m < j and exchange_gain(tours, v, i - n + 1, n, w, j - m, m) < 0:
                exchange(tours, v, i - n + 1, n, w, j - m, m)
                return True
    if vehicles_of(tours)[v, V_KIND] != vehicles_of(tours)[w, V_KIND]:
        return False
    if tails_gain(tours, v, i - 1, w, j) < 0:
        exchange_tails(tours, v, i - 1, w, j)
        return True
    if tails_gain(tours, v, i, w, j - 1) < 0:
        exchange_tails(tours, v, i, w, j - 1)
        return True
    return False


@bare
def _improve_within(tours: Address, v: int, i: int, j: int) -> bool:
    size = routes_of(tours)[v, R_SIZE]
    if j > i + 1 and shift_gain(tours, v, i, 1, j, 1) < 0:
        shift(tours, v, i, 1, j, 1)
        return True
    for n in range(1, STRING + 1):
        if j >= i + n:  # a string that begins with the client comes behind the other
            if shift_gain(tours, v, i, n, i + n, j - i - n + 1) < 0:
                shift(tours, v, i, n, i + n, j - i - n + 1)
                return True
        elif j + 1 < i and i + n - 1 <= size and shift_gain(tours, v, j + 1, i - j - 1, i, n) < 0:
            shift(tours, v, j + 1, i - j - 1, i, n)
            return True
    first, last = min(i, j) + 1, max(i, j)
    if first < last and turn_gain(tours, v, first, last) < 0:
        turn(tours, v, first, last)
        return True
    return False


@called_by_address(3)
def improve(tours: Address, client: int, other: int) -> int:
    """Make the first change around two neighbours that gains; whether there was one."""
    where, place = where_of(tours), place_of(tours)
    if where[other] < 0 or where[client] < 0:
        return 0
    if where[client] != where[other]:
        return int(_improve_between(tours, client, other))
    return int(_improve_within(tours, where[client], place[client], place[other]))


@bare
def _improve_apart(tours: Address, client: int) -> bool:
    """Make the first gain of a route begun with a client, or with all from it on; one empty route of each kind."""
    v, i = where_of(tours)[client], place_of(tours)[client]
    if v < 0:
        return False
    vehicles, kind = vehicles_of(tours), -1
    for w in range(number(tours, VEHICLES)):
        if routes_of(tours)[w, R_SIZE] or vehicles[w, V_KIND] == kind:
            continue
        kind = vehicles[w, V_KIND]
        if exchange_gain(tours, v, i, 1, w, 1, 0) < 0:
            exchange(tours, v, i, 1, w, 1, 0)
            return True
        if kind == vehicles[v, V_KIND] and i > 1 and tails_gain(tours, v, i - 1, w, 0) < 0:
            exchange_tails(tours, v, i - 1, w, 0)
            return True
    return False


@bare
def descend(tours: Address) -> None:
    """Change routes while something gains, around the clients that are promising."""
    clients, order, promising, near = number(tours, CLIENTS), order_of(tours), promising_of(tours), near_of(tours)
    for at in range(clients - 1, 0, -1):
        other = _chance(tours, at + 1)
        order[at], order[other] = order[other], order[at]
    again = True
    while again:
        again = False
        for at in range(clients):
            client = order[at]
            if not promising[client]:
                continue
            promising[client] = 0
            gained = False
            for rank in range(near.shape[1]):
                gained |= call_three(number(tours, IMPROVE), tours, client, near[client, rank]) == 1
            gained |= _improve_apart(tours, client)
            if gained:
                promising[client] = 1
                again = True


@bare
def _put_in(tours: Address, client: int, late_price: int, load_price: int, most: int) -> bool:
    """Put a client that is nowhere in where it costs least, if that is less than `most`; whether it was."""
    routes, near, vehicles, where = routes_of(tours), near_of(tours), vehicles_of(tours), where_of(tours)
    best, route, place, kind = most, -1, 0, -1
    for rank in range(near.shape[1]):
        v = where[near[client, rank]]
        if v < 0 or not _chance(tours, BLINK):
            continue
        position = place_of(tours)[near[client, rank]]
        for at in range(position, position + 2):
            cost = insertion(tours, client, v, at, late_price, load_price)
            if cost < best:
                best, route, place = cost, v, at
    anywhere = route < 0  # no neighbour is on a route: it goes where it can
    for v in range(number(tours, VEHICLES)):
        empty = routes[v, R_SIZE] == 0
        if (empty and vehicles[v, V_KIND] == kind) or not (empty or anywhere):
            continue
        if empty:
            kind = vehicles[v, V_KIND]
        for at in range(1, routes[v, R_SIZE] + 2):
            cost = insertion(tours, client, v, at, late_price, load_price)
            if cost < best:
                best, route, place = cost, v, at
    if route < 0:
        return False
    remember(tours, route)
    buffer_of(tours)[0] = client
    replace(tours, route, place, 0, 0, 1)
    mark(tours, route, place, 1)
    return True


@bare
def _absent(tours: Address) -> int:
    """Return somebody who is left out, or 0."""
    clients = number(tours, CLIENTS)
    first = _chance(tours, clients)
    for step in range(clients):
        client = 1 + (first + step) % clients
        if where_of(tours)[client] < 0:
            return client
    return 0


@bare
def _change_places(tours: Address) -> None:
    """Have somebody who is left out take the place of somebody near who is not more urgent."""
    marks, clients, near = marks_of(tours), clients_of(tours), near_of(tours)
    comes = _absent(tours)
    goes = near[comes, _chance(tours, near.shape[1])]
    v = where_of(tours)[goes]
    if v < 0 or clients[goes, C_URGENCY] > clients[comes, C_URGENCY]:
        return
    remember(tours, v)
    position = place_of(tours)[goes]
    where_of(tours)[goes] = -1
    replace(tours, v, position, 1, 0, 0)
    mark(tours, v, position, 0)
    _put_in(tours, comes, marks[M_LATE_PRICE], marks[M_LOAD_PRICE], NO_PLAN)
    marks[M_IN], marks[M_OUT] = comes, goes


@bare
def _perturb(tours: Address, seed: int, most: int) -> None:
    """Take out up to so many visits around a client, singly or in strings, and put them in again in any order."""
    pool, near, where, routes = pool_of(tours), near_of(tours), where_of(tours), routes_of(tours)
    count, taken = 1 + _chance(tours, most), 0
    longest = LONGEST_STRING if _chance(tours, 2) else 1
    for rank in range(-1, near.shape[1]):
        client = seed if rank < 0 else near[seed, rank]
        v = where[client]
        if v < 0 or taken == count:
            continue
        length = min(1 + _chance(tours, longest), routes[v, R_SIZE], count - taken)
        first = place_of(tours)[client] - _chance(tours, length)
        first = max(1, min(first, routes[v, R_SIZE] - length + 1))
        remember(tours, v)
        for step in range(length):
            pool[taken + step] = visits_of(tours)[v, first + step]
            where[pool[taken + step]] = -1
        taken += length
        replace(tours, v, first, length, 0, 0)
        mark(tours, v, first, 0)
    for at in range(taken - 1, 0, -1):
        other = _chance(tours, at + 1)
        pool[at], pool[other] = pool[other], pool[at]
    marks = marks_of(tours)
    for at in range(taken):
        _put_in(tours, pool[at], marks[M_LATE_PRICE], marks[M_LOAD_PRICE], NO_PLAN)


@bare
def _total(tours: Address, column: int) -> int:
    total = 0
    for v in range(number(tours, VEHICLES)):
        total += routes_of(tours)[v, column]
    return total


@bare
def worth(tours: Address) -> int:
    """Return the cost of the routes with all prices, in thousandths."""
    total = UNIT * _total(tours, R_COST)
    for v in range(number(tours, VEHICLES)):
        total += priced(tours, v)
    return total


@bare
def _set_price(tours: Address, price: int, lawful: int) -> None:
    """Have a price follow how many of the last plans were lawful."""
    marks = marks_of(tours)
    if marks[lawful] < LAWFUL:
        marks[price] = min(MOST_PRICE, int(marks[price] * RISE) + 1)
    elif marks[lawful] > LAWFUL:
        marks[price] = max(LEAST_PRICE, int(marks[price] * FALL))
    marks[lawful] = 0


@bare
def _is_lawful(tours: Address) -> bool:
    return _total(tours, R_WARP) == 0 and _total(tours, R_EXCESS) == 0


@bare
def _serves_more(tours: Address) -> bool:
    marks, clients = marks_of(tours), clients_of(tours)
    return marks[M_IN] > 0 and clients[marks[M_IN], C_URGENCY] > clients[marks[M_OUT], C_URGENCY]  # type: ignore[no-any-return]


@bare
def _is_gone_on_from(tours: Address, was: int, tolerance: float) -> bool:
    """Whether a plan takes the place of the one before: if more is served and it is lawful, or for what it costs."""
    if _serves_more(tours):
        return _is_lawful(tours)
    allowed = -UNIT * tolerance * math.log(1.0 - _chance(tours, 1 << 30) / (1 << 30))
    return worth(tours) < was + allowed


@bare
def _take_in(tours: Address) -> None:
    """Take note of the routes as they are: of the best plan, of routes met, of room for somebody left out."""
    marks = marks_of(tours)
    if not _is_lawful(tours):
        return
    cost = _total(tours, R_COST)
    note_met(tours, cost)
    more = _serves_more(tours)
    if marks[M_ABSENT] and _put_in(tours, _absent(tours), NEVER, NEVER, NEVER):
        marks[M_ABSENT] -= 1
        more = True
    if more:
        marks[M_GAINS] += 1
    if more or cost < marks[M_BEST]:
        keep_best(tours, _total(tours, R_COST))


@bare
def iterate(tours: Address, times: int, tolerance: float, most: int) -> None:
    """Perturb and descend so many times.

    Parameters
    ----------
    tolerance
        How much dearer a plan may be that is gone on from, on average, in units of cost.
    most
        Visits taken out at once, at most.
    """
    marks = marks_of(tours)
    for _ in range(times):
        marks[M_TOUCHED] = marks[M_IN] = 0
        was = worth(tours)
        seed = 1 + _chance(tours, number(tours, CLIENTS))
        if marks[M_ABSENT] and _chance(tours, CHANGE) == 0:
            _change_places(tours)
            seed = marks[M_IN] or seed
        _perturb(tours, seed, most)
        descend(tours)
        marks[M_PLANS] += 1
        marks[M_IN_TIME] += _total(tours, R_WARP) == 0
        marks[M_LIGHT] += _total(tours, R_EXCESS) == 0
        if _is_gone_on_from(tours, was, tolerance):
            _take_in(tours)
        else:
            restore(tours)
        if marks[M_PLANS] == PLANS:
            marks[M_PLANS] = 0
            _set_price(tours, M_LATE_PRICE, M_IN_TIME)
            _set_price(tours, M_LOAD_PRICE, M_LIGHT)
