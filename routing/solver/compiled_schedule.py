"""Whether one vehicle may drive one sequence of tokens, and when: `schedule.py` as machine code.

Law: says what `schedule.schedule` says, to the second and the metre, for every sequence; a Hypothesis test holds the
two equal, and nothing leaves the search that `schedule.py` has not confirmed. Rules are read there, not here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic

from routing.network.compiled import compiled
from routing.solver.compiled_cargo import institutions_alone, may_be_aboard
from routing.solver.compiled_day import (
    D_CALL,
    D_PLACE,
    D_READY,
    D_WINDOW,
    D_WINDOW_END,
    DEPOTS,
    INSTITUTION,
    ISOLATING,
    ISOLATING_LAST,
    J_KIND,
    J_LATEST,
    J_NEEDS,
    J_PLACE,
    J_RETURNS,
    J_SERVICE,
    J_WINDOW,
    J_WINDOW_END,
    LONGEST,
    PLACES,
    V_END,
    V_FROM,
    V_PROFILE,
    V_REST,
    V_REST_END,
    V_START,
    V_STOPS,
    V_TO,
    Day,
    Table,
)
from routing.solver.schedule import FAR

NEVER = -(2**60)
# Rows of the scratch table.
CALLS, AT_LOAD, TAKEN, BEGINS, CARGO = range(5)
SCRATCH_ROWS = CARGO + 5
# What `timed` fills.
STARTS_AT, ENDS_AT, TRAVEL, METRES = range(4)


@intrinsic  # type: ignore[untyped-decorator]
def _pointer(_context: Any, address: Any) -> Any:
    """Return an address as a pointer that `carray` reads."""

    def code(_target: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], cgutils.voidptr_t)

    return types.voidptr(address), code


@compiled
def seconds_of(day: Day, v: int) -> Table:
    """Return the seconds between places for one vehicle."""
    n = day.sizes[PLACES]
    return carray(_pointer(day.matrices[day.vehicles[v, V_PROFILE], 0]), (n, n), np.int64)  # type: ignore[no-any-return]


@compiled
def metres_of(day: Day, v: int) -> Table:
    """Return the metres between places for one vehicle."""
    n = day.sizes[PLACES]
    return carray(_pointer(day.matrices[day.vehicles[v, V_PROFILE], 1]), (n, n), np.int64)  # type: ignore[no-any-return]


@compiled
def timed(day: Day, v: int, tokens: Any, n: int, opens: int, closes: int, work: Table, out: Table) -> bool:
    """Schedule tokens within a span; False where a rule forbids it.

    Parameters
    ----------
    tokens, n
        The first `n` are the route.
    work
        [SCRATCH_ROWS, as many columns as `scratch` makes].
    out
        Start, end, travel, metres; filled where lawful.
    """
    calls = work[CALLS]
    m = _expanded(day, v, tokens, n, calls, work[AT_LOAD])
    if m < 0 or not _in_order(day, v, calls, m) or not may_be_aboard(day, v, calls, m, work[CARGO:]):
        return False
    rest, rest_end = day.vehicles[v, V_REST], day.vehicles[v, V_REST_END]
    if rest == rest_end:
        return _clock(day, v, calls, m, opens, closes, False, work, out)
    after = NEVER
    start = opens
    while start != NEVER:
        if _clock(day, v, calls, m, start, closes, False, work, out):
            return True
        if _clock(day, v, calls, m, start, closes, True, work, out):
            return True
        # As early as may be; else after a break that then is none of this route's: they begin by rising end.
        following = NEVER
        for r in range(rest, rest_end):
            latest = day.spans[r, 1]
            if opens <= latest < closes and latest + 1 > after and (following == NEVER or latest + 1 < following):
                following = latest + 1
        after = following
        start = following
    return False


@compiled
def _expanded(day: Day, v: int, tokens: Any, n: int, calls: Table, at_load: Table) -> int:
    """Fill calls: jobs, `~depot` for loads, `~(depots + depot)` for returns; give their number, -1 where unlawful."""
    needed = 0
    returns = 0
    m = 0
    for at in range(n - 1, -1, -1):
        token = tokens[at]
        if token >= 0:
            needed |= day.jobs[token, J_NEEDS]
            returns |= day.jobs[token, J_RETURNS]
            calls[m] = token
            m += 1
        elif needed >> ~token & 1:
            needed &= ~(1 << ~token)
            calls[m] = token
            m += 1
    if needed:
        return -1
    for at in range(m // 2):
        calls[at], calls[m - 1 - at] = calls[m - 1 - at], calls[at]
    return _with_returns(day, v, calls, m, returns, at_load) if returns else m


@compiled
def _with_returns(day: Day, v: int, calls: Table, m: int, returns: int, at_load: Table) -> int:
    depots = day.sizes[DEPOTS]
    at_load[:m] = 0
    open_ones = 0
    put_in = 0
    for depot in range(depots):
        if not returns >> depot & 1:
            continue
        last = m - 1
        while calls[last] < 0 or not day.jobs[calls[last], J_RETURNS] >> depot & 1:
            last -= 1
        later = last + 1
        while later < m and calls[later] != ~depot:
            later += 1
        if later < m:
            at_load[later] = 1
            put_in += 1
        else:
            open_ones |= 1 << depot
    where = day.jobs[calls[m - 1], J_PLACE] if calls[m - 1] >= 0 else day.depots[~calls[m - 1], D_PLACE]
    if put_in:
        shift = put_in
        for at in range(m - 1, -1, -1):
            calls[at + shift] = calls[at]
            if at_load[at]:
                shift -= 1
                calls[at + shift] = ~(depots + ~calls[at])
        m += put_in
    seconds = seconds_of(day, v)
    while open_ones:
        nearest = -1
        for depot in range(depots):
            if open_ones >> depot & 1 and (
                nearest < 0
                or seconds[where, day.depots[depot, D_PLACE]] < seconds[where, day.depots[nearest, D_PLACE]]
            ):
                nearest = depot
        open_ones &= ~(1 << nearest)
        calls[m] = ~(depots + nearest)
        m += 1
        where = day.depots[nearest, D_PLACE]
    return m


@compiled
def _in_order(day: Day, v: int, calls: Table, m: int) -> bool:
    visits = 0
    kinds = 0
    for at in range(m):
        if calls[at] < 0:
            continue
        visits += 1
        kind = day.jobs[calls[at], J_KIND]
        if kinds & ISOLATING_LAST and not kind & ISOLATING:
            return False
        kinds |= kind
    if visits > day.vehicles[v, V_STOPS]:
        return False
    return not kinds & INSTITUTION or institutions_alone(day, calls, m)


@compiled
def _first_begin(day: Day, first: int, last: int, low: int, shorten: int, earliest: int) -> int:
    """Return the first instant from `earliest` on that lies in a window (no windows: at once), or NEVER."""
    if first == last:
        return earliest
    for window in range(first, last):
        begin = max(day.spans[window, 0], low, earliest)
        if begin <= day.spans[window, 1] - shorten:
            return begin
    return NEVER


@compiled
def _clock(
    day: Day, v: int, calls: Table, m: int, opens: int, closes: int, early: bool, work: Table, out: Table
) -> bool:
    """Run calls forward in time, every stop as early as it may be."""
    depots = day.sizes[DEPOTS]
    seconds, metres = seconds_of(day, v), metres_of(day, v)
    rest, rest_end = day.vehicles[v, V_REST], day.vehicles[v, V_REST_END]
    taken, begins = work[TAKEN], work[BEGINS]
    for r in range(rest, rest_end):
        # A rest that should have begun before the route can is none of this route's.
        taken[r - rest] = day.spans[r, 1] < opens
    now, place = opens, day.vehicles[v, V_START]
    travel = way = 0
    called = False
    rested_first = False
    first = -1
    for at in range(m + 1):
        call = calls[at] if at < m else 0
        low, shorten, service, target, window, window_end = NEVER, 0, 0, day.vehicles[v, V_END], 0, 0
        if at < m and call >= 0:
            target, service = day.jobs[call, J_PLACE], day.jobs[call, J_SERVICE]
            window, window_end = day.jobs[call, J_WINDOW], day.jobs[call, J_WINDOW_END]
        elif at < m:
            depot = ~call
            if depot < depots:
                low = day.depots[depot, D_READY]
            else:
                depot -= depots
            target, service = day.depots[depot, D_PLACE], day.depots[depot, D_CALL]
            window, window_end = day.depots[depot, D_WINDOW], day.depots[depot, D_WINDOW_END]
            shorten = service
            if window == window_end:
                return False
        leg = seconds[place, target]
        if leg > FAR:
            return False
        for r in range(rest, rest_end):
            if taken[r - rest]:
                continue
            begin = _first_begin(day, window, window_end, low, shorten, now + leg)
            if begin == NEVER:
                continue
            earliest, latest, duration = day.spans[r, 0], day.spans[r, 1], day.spans[r, 2]
            too_late = begin + service > latest
            for_nothing = window < window_end and max(now, earliest) + duration + leg <= begin and now <= latest
            if too_late or for_nothing or (early and called and earliest <= now <= latest):
                taken[r - rest] = 1
                if max(now, earliest) > latest:
                    return False
                now = max(now, earliest) + duration
                called = True
                rested_first |= first < 0
        travel += leg
        way += metres[place, target]
        now += leg
        place = target
        if at == m:
            break
        begin = _first_begin(day, window, window_end, low, shorten, now)
        if begin == NEVER or (call >= 0 and begin + service > day.jobs[call, J_LATEST]):
            return False
        begins[at] = begin
        if call >= 0 and first < 0:
            first = at
        now = begin + service
        called = True
        if now > closes:
            return False
    if now > closes:
        return False
    out[STARTS_AT] = opens if first < 0 or rested_first else _leaving_late(day, v, calls, first, begins, seconds)
    out[ENDS_AT], out[TRAVEL], out[METRES] = now, travel, way
    return True


@compiled
def _leaving_late(day: Day, v: int, calls: Table, first: int, begins: Table, seconds: Table) -> int:
    """Return when to leave so that nobody waits before the first visit for nothing: loads move towards it."""
    by, place = begins[first], day.jobs[calls[first], J_PLACE]
    for at in range(first - 1, -1, -1):
        depot = ~calls[at]
        call_s, there = day.depots[depot, D_CALL], day.depots[depot, D_PLACE]
        latest = by - seconds[there, place] - call_s
        by = begins[at]
        for window in range(day.depots[depot, D_WINDOW], day.depots[depot, D_WINDOW_END]):
            begin = min(latest, day.spans[window, 1] - call_s)
            if day.spans[window, 0] <= begin:
                by = max(by, begin)
        place = there
    return by - seconds[day.vehicles[v, V_START], place]  # type: ignore[no-any-return]


def scratch(day: Day) -> Table:
    """Return room for `timed`: for routes as long as they get, and for goods by depot and product."""
    depots, products = int(day.sizes[DEPOTS]), int(day.vehicles.shape[1])
    rests = len(day.spans)
    columns = max(int(day.sizes[LONGEST]) + 2 * depots + 2, depots * (products + 1) + 4, rests + 1)
    return np.zeros((SCRATCH_ROWS, columns), dtype=np.int64)
