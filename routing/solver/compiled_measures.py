"""Bounds along a route, by position: earliest and latest times, what is aboard, which depots were called at.

Law: bounds only; breaks and returns are left aside, so what passes here may still be unlawful, never the reverse.
"""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_aboard import needs_of
from routing.solver.compiled_day import (
    D_CALL,
    D_PLACE,
    D_READY,
    D_WINDOW,
    D_WINDOW_END,
    DEPOTS,
    J_GOODS,
    J_LATEST,
    J_MASS,
    J_PLACE,
    J_SERVICE,
    J_VOLUME,
    J_WINDOW,
    J_WINDOW_END,
    PLACES,
    V_END,
    V_PROFILE,
    V_START,
    depots_of,
    jobs_of,
    matrices_of,
    spans_of,
    vehicles_of,
)
from routing.solver.compiled_placing import gaps_left
from routing.solver.compiled_state import (
    NOWHERE,
    R_MEASURED,
    R_SIZE,
    R_VERSION,
    bulk_of,
    early_of,
    full_of,
    gaps_of,
    late_of,
    loaded_of,
    open_of,
    routes_of,
    tokens_of,
)
from routing.solver.compiled_tables import Address, Table, number, square


@bare
def token_place(day: Address, token: int) -> int:
    """Return the place of a job or of a depot."""
    return jobs_of(day)[token, J_PLACE] if token >= 0 else depots_of(day)[~token, D_PLACE]  # type: ignore[no-any-return]


@bare
def measure(day: Address, state: Address, v: int) -> None:
    """Fill a route's earliest and latest times, what is aboard and which depots were called at, by position."""
    if routes_of(state)[v, R_MEASURED] == routes_of(state)[v, R_VERSION]:
        return
    routes_of(state)[v, R_MEASURED] = routes_of(state)[v, R_VERSION]
    n = routes_of(state)[v, R_SIZE]
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    _measure_forwards(day, state, v, n, seconds)
    _measure_backwards(day, state, v, n, seconds)


@bare
def _measure_forwards(day: Address, state: Address, v: int, n: int, seconds: Table) -> None:
    early, loaded = early_of(state)[v], loaded_of(state)[v]
    gaps = gaps_left(day, state, v)
    # Without a gap nothing fits; with several, bounds are the first's beginning and the last's end.
    now, place = gaps_of(state)[0, 0] if gaps else NOWHERE, vehicles_of(day)[v, V_START]
    early[0] = now
    loaded[0] = 0
    for at in range(n):
        token = tokens_of(state)[v, at]
        target = token_place(day, token)
        now = departure(day, token, now + seconds[place, target])
        place = target
        early[at + 1] = now
        loaded[at + 1] = loaded[at] if token >= 0 else loaded[at] | 1 << ~token


@bare
def departure(day: Address, token: int, now: int) -> int:
    """Return the earliest departure from a stop reached at an instant; past any day where it is too late."""
    if token >= 0:
        window, last, low, service = (
            jobs_of(day)[token, J_WINDOW],
            jobs_of(day)[token, J_WINDOW_END],
            -NOWHERE,
            jobs_of(day)[token, J_SERVICE],
        )
        shorten = 0
    else:
        window, last = depots_of(day)[~token, D_WINDOW], depots_of(day)[~token, D_WINDOW_END]
        low = depots_of(day)[~token, D_READY]
        service = shorten = depots_of(day)[~token, D_CALL]
    if window == last:
        return now + service  # type: ignore[no-any-return]
    while window < last:
        begin = max(spans_of(day)[window, 0], low, now)
        if begin <= spans_of(day)[window, 1] - shorten:
            return begin + service  # type: ignore[no-any-return]
        window += 1
    return NOWHERE


@bare
def _latest_arrival(day: Address, token: int, leave_by: int) -> int:
    """Return the latest arrival at a stop that is left in time."""
    if token >= 0:
        window, last, service = (
            jobs_of(day)[token, J_WINDOW],
            jobs_of(day)[token, J_WINDOW_END],
            jobs_of(day)[token, J_SERVICE],
        )
        begin = min(leave_by, jobs_of(day)[token, J_LATEST]) - service
        shorten = 0
    else:
        window, last = depots_of(day)[~token, D_WINDOW], depots_of(day)[~token, D_WINDOW_END]
        service = shorten = depots_of(day)[~token, D_CALL]
        begin = leave_by - service
    if window == last:
        return begin  # type: ignore[no-any-return]
    for at in range(last - 1, window - 1, -1):
        latest = min(begin, spans_of(day)[at, 1] - shorten)
        if spans_of(day)[at, 0] <= latest:
            return latest  # type: ignore[no-any-return]
    return -NOWHERE


@bare
def _measure_backwards(day: Address, state: Address, v: int, n: int, seconds: Table) -> None:
    depots = number(day, DEPOTS)
    late, full, bulk, opened = late_of(state)[v], full_of(state)[v], bulk_of(state)[v], open_of(state)[v]
    gaps = gaps_left(day, state, v)
    late[n] = gaps_of(state)[1, gaps - 1] if gaps else -NOWHERE
    place = vehicles_of(day)[v, V_END]
    opened[n] = 0
    for at in range(n - 1, -1, -1):
        token = tokens_of(state)[v, at]
        target = token_place(day, token)
        late[at] = _latest_arrival(day, token, late[at + 1] - seconds[target, place])
        place = target
        opened[at] = opened[at + 1] | needs_of(day, v, token) if token >= 0 else opened[at + 1] & ~(1 << ~token)
    # What is aboard after the last load before a position.
    mass = volume = 0
    full[0] = bulk[0] = 0
    for at in range(n):
        token = tokens_of(state)[v, at]
        if token < 0:
            mass, volume = _aboard_after(day, state, v, at, n, depots)
        full[at + 1], bulk[at + 1] = mass, volume


@bare
def _aboard_after(day: Address, state: Address, v: int, load: int, n: int, depots: int) -> tuple[int, int]:
    mass = volume = reloaded = 0
    loaded = loaded_of(state)[v, load + 1]
    for at in range(load + 1, n):
        token = tokens_of(state)[v, at]
        if token < 0:
            reloaded |= 1 << ~token
            if not loaded & ~reloaded:
                break
            continue
        needs = needs_of(day, v, token)
        carried = needs & loaded & ~reloaded
        if carried == needs:
            mass += jobs_of(day)[token, J_MASS]
            volume += jobs_of(day)[token, J_VOLUME]
        elif carried:
            for depot in range(depots):
                if carried >> depot & 1:
                    mass += jobs_of(day)[token, J_GOODS + depot]
                    volume += jobs_of(day)[token, J_GOODS + depots + depot]
    return mass, volume
