"""Whether one vehicle may drive one sequence of tokens, and when: `schedule.py` as machine code.

Law: says what `schedule.schedule` says, to the second and the metre, for every sequence; a Hypothesis test holds the
two equal, and nothing leaves the search that `schedule.py` has not confirmed. Rules are read there, not here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from routing.network.compiled import bare
from routing.solver.compiled_aboard import needs_of, owed_by
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
    J_PLACE,
    J_RETURNS,
    J_SERVICE,
    J_WINDOW,
    J_WINDOW_END,
    LONGEST,
    PLACES,
    PRODUCTS,
    V_END,
    V_PROFILE,
    V_REST,
    V_REST_END,
    V_START,
    V_STOPS,
    CompiledDay,
    depots_of,
    jobs_of,
    matrices_of,
    spans_of,
    vehicles_of,
)
from routing.solver.compiled_tables import (
    ENTRY,
    KERNELS,
    Address,
    Table,
    called_by_address,
    number,
    row_at,
    row_from,
    square,
    table_at,
)
from routing.solver.schedule import FAR

NEVER = -(2**60)
LAWFUL, OUT_OF_ORDER, TOO_MUCH, OUT_OF_TIME = range(4)
# Rows of the scratch table.
CALLS, AT_LOAD, TAKEN, BEGINS, CARGO = range(5)
SCRATCH_ROWS = CARGO + 5
# What `timed` fills.
STARTS_AT, ENDS_AT, TRAVEL, METRES = range(4)
# The first tables of a room.
work_of, out_of = table_at(KERNELS), row_at(KERNELS + ENTRY)


@called_by_address(7)
def timed(day: Address, room: Address, v: int, route: Address, n: int, opens: int, closes: int) -> int:
    """Schedule tokens within a span; return LAWFUL, or which kind of rule forbids it.

    Parameters
    ----------
    room
        Header of the scratch table and of what is filled where the route is lawful: start, end, travel, metres.
    route, n
        The first `n` numbers at that address are the tokens.
    """
    work, out, tokens = work_of(room), out_of(room), row_from(route, n)
    calls = work[CALLS]
    m = _expanded(day, v, tokens, n, calls, work[AT_LOAD])
    if m < 0 or not _in_order(day, v, calls, m):
        return OUT_OF_ORDER
    if not may_be_aboard(day, v, calls, m, work):
        return TOO_MUCH
    rest, rest_end = vehicles_of(day)[v, V_REST], vehicles_of(day)[v, V_REST_END]
    if rest == rest_end:
        return LAWFUL if _clock(day, v, calls, m, opens, closes, False, work, out) else OUT_OF_TIME
    after = NEVER
    start = opens
    while start != NEVER:
        for early in (False, True):
            if _clock(day, v, calls, m, start, closes, early, work, out):
                return LAWFUL
        # As early as may be; else after a break that then is none of this route's: they begin by rising end.
        following = NEVER
        for r in range(rest, rest_end):
            latest = spans_of(day)[r, 1]
            if opens <= latest < closes and latest + 1 > after and (following == NEVER or latest + 1 < following):
                following = latest + 1
        after = start = following
    return OUT_OF_TIME


@bare
def _expanded(day: Address, v: int, tokens: Any, n: int, calls: Table, at_load: Table) -> int:
    """Fill calls: jobs, `~depot` for loads, `~(depots + depot)` for returns; give their number, -1 where unlawful."""
    needed = 0
    returns = 0
    m = 0
    for at in range(n - 1, -1, -1):
        token = tokens[at]
        if token >= 0:
            needed |= needs_of(day, v, token)
            returns |= jobs_of(day)[token, J_RETURNS]
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
    returns |= owed_by(day, v, calls, m)
    return _with_returns(day, v, calls, m, returns, at_load) if returns else m


@bare
def _with_returns(day: Address, v: int, calls: Table, m: int, returns: int, at_load: Table) -> int:
    depots = number(day, DEPOTS)
    for at in range(m):
        at_load[at] = 0
    open_ones = 0
    put_in = 0
    for depot in range(depots):
        if not returns >> depot & 1:
            continue
        last = m - 1
        while last >= 0 and (calls[last] < 0 or not jobs_of(day)[calls[last], J_RETURNS] >> depot & 1):
            last -= 1
        later = last + 1
        while later < m and calls[later] != ~depot:
            later += 1
        if later < m:
            at_load[later] = 1
            put_in += 1
        else:
            open_ones |= 1 << depot
    where = jobs_of(day)[calls[m - 1], J_PLACE] if calls[m - 1] >= 0 else depots_of(day)[~calls[m - 1], D_PLACE]
    if put_in:
        shift = put_in
        for at in range(m - 1, -1, -1):
            calls[at + shift] = calls[at]
            if at_load[at]:
                shift -= 1
                calls[at + shift] = ~(depots + ~calls[at])
        m += put_in
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    while open_ones:
        nearest = -1
        for depot in range(depots):
            if open_ones >> depot & 1 and (
                nearest < 0
                or seconds[where, depots_of(day)[depot, D_PLACE]] < seconds[where, depots_of(day)[nearest, D_PLACE]]
            ):
                nearest = depot
        open_ones &= ~(1 << nearest)
        calls[m] = ~(depots + nearest)
        m += 1
        where = depots_of(day)[nearest, D_PLACE]
    return m


@bare
def _in_order(day: Address, v: int, calls: Table, m: int) -> bool:
    visits = 0
    kinds = 0
    for at in range(m):
        if calls[at] < 0:
            continue
        visits += 1
        kind = jobs_of(day)[calls[at], J_KIND]
        if kinds & ISOLATING_LAST and not kind & ISOLATING:
            return False
        kinds |= kind
    if visits > vehicles_of(day)[v, V_STOPS]:
        return False
    return not kinds & INSTITUTION or institutions_alone(day, v, calls, m)


@bare
def _first_begin(day: Address, first: int, last: int, low: int, shorten: int, earliest: int) -> int:
    """Return the first instant from `earliest` on that lies in a window (no windows: at once), or NEVER."""
    if first == last:
        return earliest
    for window in range(first, last):
        begin = max(spans_of(day)[window, 0], low, earliest)
        if begin <= spans_of(day)[window, 1] - shorten:
            return begin  # type: ignore[no-any-return]
    return NEVER


@bare
def _clock(
    day: Address, v: int, calls: Table, m: int, opens: int, closes: int, early: bool, work: Table, out: Table
) -> bool:
    """Run calls forward in time, every stop as early as it may be."""
    depots = number(day, DEPOTS)
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    metres = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 1], number(day, PLACES))
    rest, rest_end = vehicles_of(day)[v, V_REST], vehicles_of(day)[v, V_REST_END]
    taken, begins = work[TAKEN], work[BEGINS]
    for r in range(rest, rest_end):
        # A rest that should have begun before the route can is none of this route's.
        taken[r - rest] = spans_of(day)[r, 1] < opens
    now, place = opens, vehicles_of(day)[v, V_START]
    travel = way = 0
    called = False
    other_first = False
    first = -1
    for at in range(m + 1):
        call = calls[at] if at < m else 0
        low, shorten, service, target, window, window_end = NEVER, 0, 0, vehicles_of(day)[v, V_END], 0, 0
        if at < m and call >= 0:
            target, service = jobs_of(day)[call, J_PLACE], jobs_of(day)[call, J_SERVICE]
            window, window_end = jobs_of(day)[call, J_WINDOW], jobs_of(day)[call, J_WINDOW_END]
        elif at < m:
            depot = ~call
            if depot < depots:
                low = depots_of(day)[depot, D_READY]
            else:
                depot -= depots
                other_first |= first < 0
            target, service = depots_of(day)[depot, D_PLACE], depots_of(day)[depot, D_CALL]
            window, window_end = depots_of(day)[depot, D_WINDOW], depots_of(day)[depot, D_WINDOW_END]
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
            earliest, latest, duration = spans_of(day)[r, 0], spans_of(day)[r, 1], spans_of(day)[r, 2]
            too_late = begin + service > latest
            for_nothing = window < window_end and max(now, earliest) + duration + leg <= begin and now <= latest
            if too_late or for_nothing or (early and called and earliest <= now <= latest):
                taken[r - rest] = 1
                if max(now, earliest) > latest:
                    return False
                now = max(now, earliest) + duration
                called = True
                other_first |= first < 0
        travel += leg
        way += metres[place, target]
        now += leg
        place = target
        if at == m:
            break
        begin = _first_begin(day, window, window_end, low, shorten, now)
        if begin == NEVER or (call >= 0 and begin + service > jobs_of(day)[call, J_LATEST]):
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
    out[STARTS_AT] = opens if first < 0 or other_first else _leaving_late(day, v, calls, first, begins, seconds)
    out[ENDS_AT], out[TRAVEL], out[METRES] = now, travel, way
    return True


@bare
def _leaving_late(day: Address, v: int, calls: Table, first: int, begins: Table, seconds: Table) -> int:
    """Return when to leave so that nobody waits before the first visit for nothing: loads move towards it."""
    by, place = begins[first], jobs_of(day)[calls[first], J_PLACE]
    for at in range(first - 1, -1, -1):
        depot = ~calls[at]
        call_s, there = depots_of(day)[depot, D_CALL], depots_of(day)[depot, D_PLACE]
        latest = by - seconds[there, place] - call_s
        by = begins[at]
        for window in range(depots_of(day)[depot, D_WINDOW], depots_of(day)[depot, D_WINDOW_END]):
            begin = min(latest, spans_of(day)[window, 1] - call_s)
            if spans_of(day)[window, 0] <= begin:
                by = max(by, begin)
        place = there
    return by - seconds[vehicles_of(day)[v, V_START], place]  # type: ignore[no-any-return]


def scratch(made: CompiledDay) -> Table:
    """Return room for `timed`: for routes as long as they get, and for goods by depot and product."""
    depots, products = int(made.header[DEPOTS]), int(made.header[PRODUCTS])
    rests = len(made.day.spans)
    columns = max(int(made.header[LONGEST]) + 2 * depots + 2, depots * products + 1, products + 4, rests + 1)
    return np.zeros((SCRATCH_ROWS, columns), dtype=np.int64)
