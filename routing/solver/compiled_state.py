"""A day's routes while they are searched: `solution.Solution` as tables that kernels change in place.

Law: whatever changes a route goes through `place_route`, which schedules it beside the other routes of its people as
`Solution.planned` does; what was touched since `remember` can be taken back by `restore`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from routing.network.compiled import bare
from routing.solver.compiled_day import (
    BALANCE,
    EXCLUDES,
    EXPOSURE,
    ISOLATING,
    ISOLATING_LAST,
    J_KIND,
    J_NEEDS,
    JOBS,
    LONGEST,
    PEOPLE,
    SHARES_PEOPLE,
    V_CREW,
    V_CREW_END,
    V_FROM,
    V_KIN,
    V_KIN_END,
    V_TO,
    VEHICLES,
    CompiledDay,
    crew_of,
    jobs_of,
    kin_of,
    lost_of,
    prices_of,
    vehicles_of,
)
from routing.solver.compiled_schedule import (
    ENDS_AT,
    LAWFUL,
    METRES,
    OUT_OF_ORDER,
    OUT_OF_TIME,
    STARTS_AT,
    TRAVEL,
    out_of,
    scratch,
)
from routing.solver.compiled_tables import (
    ENTRY,
    KERNELS,
    Address,
    Table,
    address_of,
    call_five,
    call_seven,
    called_by_address,
    number,
    row_at,
    row_from,
    table_at,
)
from routing.solver.problem import TIERS

HOUR_S = 3600
ONE_MINUTE_S = 60
# Columns of `State.routes`.
(
    R_SIZE,
    R_STARTS,
    R_ENDS,
    R_TRAVEL,
    R_METRES,
    R_FROM,
    R_TO,
    R_VISITS,
    R_PRICE,
    R_KINDS,
    R_VERSION,
    R_MEASURED,
    R_TOUCHED,
) = range(13)
# Of `R_KINDS`, beside the bits of `J_KIND`: everybody visited is isolating.
ALL_ISOLATING = 1 << 20
# Columns of `State.totals`; the first are locked jobs left out and weight lost by tier.
LOST = 1 + TIERS
T_COST, T_METRES, T_VERSION, T_CHANCE, T_TOUCHED = range(LOST, LOST + 5)
TOTALS = LOST + 5
# The first numbers of a state's header: addresses of kernels.
TIMED, PLACE, FIND = range(KERNELS)
# What `placed` adds to what `timed` fills.
FROM, TO, KINDS = 4, 5, 6
# Columns of `State.found`.
F_VERSION, F_COST, F_POSITION, F_VARIANT = range(4)
NOWHERE = 2**60

ROWS_OF_ONE = frozenset({"where", "totals", "old_totals", "touched", "best_totals", "out", "buffer"})


class State(NamedTuple):
    """The routes, what they cost, and room to work in.

    Attributes
    ----------
    tokens, routes
        By vehicle.
    where
        The vehicle that does a job, or -1.
    people
        Visits and seconds out.
    totals
        The objective, the last version given to a route, the state of chance, how many routes are touched.
    early, late, full, bulk, loaded, open
        By vehicle and position: earliest departure before it, latest arrival at it, what is aboard there, the depots
        loaded before, the depots whose goods are aboard.
    found
        [vehicle, job]: the cheapest insertion, for one version of the route.
    old_tokens, old_routes, old_people, old_totals, touched
        What `restore` brings back.
    best_tokens, best_routes, best_totals
        The best routes met.
    """

    work: Table
    out: Table
    tokens: Table
    routes: Table
    where: Table
    people: Table
    totals: Table
    early: Table
    late: Table
    full: Table
    bulk: Table
    loaded: Table
    open: Table
    found: Table
    old_tokens: Table
    old_routes: Table
    old_people: Table
    old_totals: Table
    touched: Table
    best_tokens: Table
    best_routes: Table
    best_totals: Table
    gaps: Table
    buffer: Table
    candidates: Table
    pool: Table


# How kernels read them.
(
    _work_of,
    _out_of,
    tokens_of,
    routes_of,
    where_of,
    people_of,
    totals_of,
    early_of,
    late_of,
    full_of,
    bulk_of,
    loaded_of,
    open_of,
    found_of,
    old_tokens_of,
    old_routes_of,
    old_people_of,
    old_totals_of,
    touched_of,
    best_tokens_of,
    best_routes_of,
    best_totals_of,
    gaps_of,
    buffer_of,
    candidates_of,
    pool_of,
) = ((row_at if name in ROWS_OF_ONE else table_at)(KERNELS + ENTRY * slot) for slot, name in enumerate(State._fields))


def empty_state(made: CompiledDay, seed: int) -> State:
    """Return a day on which nobody goes out."""
    vehicles, jobs, longest, people = (int(made.header[column]) for column in (VEHICLES, JOBS, LONGEST, PEOPLE))

    def room(*shape: int) -> Table:
        return np.zeros(shape, dtype=np.int64)

    totals = room(TOTALS)
    totals[:LOST] = made.day.lost.sum(axis=0)
    totals[T_CHANCE] = (seed * 2_654_435_761 + 88_172_645) % 2**32 or 1
    routes = room(vehicles, R_TOUCHED + 1)
    routes[:, R_MEASURED] = -1
    positions = (vehicles, longest + 2)
    return State(
        work=scratch(made),
        out=room(KINDS + 1),
        tokens=room(*positions),
        routes=routes,
        where=np.full(jobs, -1, dtype=np.int64),
        people=room(people, 2),
        totals=totals,
        early=room(*positions),
        late=room(*positions),
        full=room(*positions),
        bulk=room(*positions),
        loaded=room(*positions),
        open=room(*positions),
        found=np.full((vehicles * jobs, 4), -1, dtype=np.int64),
        old_tokens=room(*positions),
        old_routes=routes.copy(),
        old_people=room(people, 2),
        old_totals=totals.copy(),
        touched=room(vehicles + 1),
        best_tokens=room(*positions),
        best_routes=routes.copy(),
        best_totals=totals.copy(),
        gaps=room(2, 2 * vehicles + 2),
        buffer=room(longest + 2),
        candidates=room(3, 6 * longest + 12),
        pool=room(3, jobs + 1),
    )


@bare
def copy(source: Any, target: Any, n: int) -> None:
    """Copy the first `n` numbers."""
    for at in range(n):
        target[at] = source[at]


@bare
def _time(day: Address, state: Address, v: int, tokens: Table, n: int, opens: int, closes: int) -> int:
    return call_seven(number(state, TIMED), day, state, v, address_of(tokens), n, opens, closes)


@bare
def placed(day: Address, state: Address, v: int, tokens: Any, n: int) -> int:
    """Schedule a route beside the others and fill `State.out`; return LAWFUL, or which kind of rule forbids it."""
    out = out_of(state)
    visits, kinds = 0, ALL_ISOLATING
    for at in range(n):
        if tokens[at] >= 0:
            visits += 1
            kind = jobs_of(day)[tokens[at], J_KIND]
            kinds |= kind
            if not kind & ISOLATING:
                kinds &= ~ALL_ISOLATING
    out[KINDS] = kinds
    for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
        if (
            people_of(state)[crew_of(day)[member, 0], 0] - routes_of(state)[v, R_VISITS] + visits
            > crew_of(day)[member, 1]
        ):
            return OUT_OF_ORDER
    if vehicles_of(day)[v, V_KIN] == vehicles_of(day)[v, V_KIN_END]:
        out[FROM], out[TO] = vehicles_of(day)[v, V_FROM], vehicles_of(day)[v, V_TO]
        return _time(day, state, v, tokens, n, out[FROM], out[TO])
    return _beside_others(day, state, v, tokens, n, kinds)


@bare
def _beside_others(day: Address, state: Address, v: int, tokens: Any, n: int, kinds: int) -> int:
    failure = OUT_OF_TIME
    gaps = _gaps(day, state, v)
    late = kinds & ISOLATING_LAST and kinds & ALL_ISOLATING and _shares_people(day, v)
    for rank in range(gaps):
        gap = gaps - 1 - rank if late else rank
        opens, closes = gaps_of(state)[0, gap], gaps_of(state)[1, gap]
        failure = _time(day, state, v, tokens, n, opens, closes)
        if failure != LAWFUL:
            continue
        if late:
            opens = _as_late_as_may_be(day, state, v, tokens, n, closes)
        out_of(state)[FROM], out_of(state)[TO] = opens, closes
        if _keeps_isolation(day, state, v, out_of(state)[STARTS_AT], kinds):
            return LAWFUL
        failure = OUT_OF_TIME
    return failure


@bare
def _shares_people(day: Address, v: int) -> bool:
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        if kin_of(day)[link, 1] & SHARES_PEOPLE:
            return True
    return False


@bare
def _gaps(day: Address, state: Address, v: int) -> int:
    """Fill when a vehicle may be out, given the other routes of its people; return how many gaps there are."""
    gaps = gaps_of(state)
    gaps[0, 0], gaps[1, 0] = vehicles_of(day)[v, V_FROM], vehicles_of(day)[v, V_TO]
    n = 1
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other, how = kin_of(day)[link, 0], kin_of(day)[link, 1]
        if routes_of(state)[other, R_SIZE] == 0:
            continue
        if how & EXCLUDES:
            return 0
        starts, ends = routes_of(state)[other, R_STARTS], routes_of(state)[other, R_ENDS]
        at = 0
        while at < n:
            opens, closes = gaps[0, at], gaps[1, at]
            if ends <= opens or closes <= starts:
                at += 1
                continue
            before, after = opens < starts, ends < closes
            if before and after:
                for later in range(n, at + 1, -1):
                    gaps[0, later], gaps[1, later] = gaps[0, later - 1], gaps[1, later - 1]
                gaps[1, at] = starts
                gaps[0, at + 1], gaps[1, at + 1] = ends, closes
                n += 1
                at += 2
            elif before:
                gaps[1, at] = starts
                at += 1
            elif after:
                gaps[0, at] = ends
                at += 1
            else:
                for later in range(at + 1, n):
                    gaps[0, later - 1], gaps[1, later - 1] = gaps[0, later], gaps[1, later]
                n -= 1
    return n


@bare
def _as_late_as_may_be(day: Address, state: Address, v: int, tokens: Any, n: int, closes: int) -> int:
    """Schedule the route as late as is lawful, to the minute; return where its span begins then."""
    early, late, opens = out_of(state)[STARTS_AT], closes, out_of(state)[STARTS_AT]
    starts, ends, travel, metres = _four(out_of(state))
    while late - early > ONE_MINUTE_S:
        middle = (early + late) // 2
        if _time(day, state, v, tokens, n, middle, closes) == LAWFUL:
            early = opens = middle
            starts, ends, travel, metres = _four(out_of(state))
        else:
            late = middle
    out = out_of(state)
    out[STARTS_AT], out[ENDS_AT], out[TRAVEL], out[METRES] = starts, ends, travel, metres
    return opens  # type: ignore[no-any-return]


@bare
def _four(out: Table) -> tuple[int, int, int, int]:
    return out[STARTS_AT], out[ENDS_AT], out[TRAVEL], out[METRES]


@bare
def _keeps_isolation(day: Address, state: Address, v: int, starts: int, kinds: int) -> bool:
    """Whether none of the people on a vehicle sees others after isolating clients, on this route or the next."""
    first = NOWHERE
    if kinds & ISOLATING_LAST:
        first = starts
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other = kin_of(day)[link, 0]
        if kin_of(day)[link, 1] & SHARES_PEOPLE and routes_of(state)[other, R_SIZE] > 0:
            if routes_of(state)[other, R_KINDS] & ISOLATING_LAST:
                first = min(first, routes_of(state)[other, R_STARTS])
    if starts > first and not kinds & ALL_ISOLATING:
        return False
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other = kin_of(day)[link, 0]
        if kin_of(day)[link, 1] & SHARES_PEOPLE and routes_of(state)[other, R_SIZE] > 0:
            if routes_of(state)[other, R_STARTS] > first and not routes_of(state)[other, R_KINDS] & ALL_ISOLATING:
                return False
    return True


@bare
def _burden(day: Address, visits: int, out_s: int) -> int:
    return number(day, EXPOSURE) * visits * (visits - 1) // 2 + number(day, BALANCE) * out_s * out_s // (
        2 * HOUR_S * HOUR_S
    )


@bare
def added_cost(day: Address, state: Address, v: int, travel: int, visits: int, out_s: int, price: int) -> int:
    """Return what the day costs more if a vehicle's route becomes one of such figures."""
    route = routes_of(state)[v]
    cost = travel - route[R_TRAVEL] + price - route[R_PRICE]
    if number(day, EXPOSURE) or number(day, BALANCE):
        for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
            person = crew_of(day)[member, 0]
            made, spent = people_of(state)[person, 0], people_of(state)[person, 1]
            cost -= _burden(day, made, spent)
            more = out_s - (route[R_ENDS] - route[R_STARTS])
            cost += _burden(day, made - route[R_VISITS] + visits, spent + more)
    return cost  # type: ignore[no-any-return]


@bare
def touch(day: Address, state: Address, v: int) -> None:
    """Remember a route as it is, and that what was found about it and its kin holds no more."""
    _remember_route(state, v)
    totals_of(state)[T_VERSION] += 1
    routes_of(state)[v, R_VERSION] = totals_of(state)[T_VERSION]
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other = kin_of(day)[link, 0]
        _remember_route(state, other)
        routes_of(state)[other, R_VERSION] = totals_of(state)[T_VERSION]


@bare
def _remember_route(state: Address, v: int) -> None:
    if not routes_of(state)[v, R_TOUCHED]:
        n = routes_of(state)[v, R_SIZE]
        copy(tokens_of(state)[v], old_tokens_of(state)[v], n)
        copy(routes_of(state)[v], old_routes_of(state)[v], R_TOUCHED + 1)
        routes_of(state)[v, R_TOUCHED] = 1
        touched_of(state)[totals_of(state)[T_TOUCHED]] = v
        totals_of(state)[T_TOUCHED] += 1


@bare
def remember(state: Address) -> None:
    """Begin a change that `restore` can take back."""
    for at in range(totals_of(state)[T_TOUCHED]):
        routes_of(state)[touched_of(state)[at], R_TOUCHED] = 0
    totals_of(state)[T_TOUCHED] = 0
    _copy_people(people_of(state), old_people_of(state))
    copy(totals_of(state), old_totals_of(state), TOTALS)


@bare
def _copy_people(source: Table, target: Table) -> None:
    for person in range(len(source)):
        target[person, 0], target[person, 1] = source[person, 0], source[person, 1]


@bare
def restore(state: Address) -> None:
    """Take back all changes since `remember`."""
    count = totals_of(state)[T_TOUCHED]
    for at in range(count):
        v = touched_of(state)[at]
        for token in tokens_of(state)[v, : routes_of(state)[v, R_SIZE]]:
            if token >= 0:
                where_of(state)[token] = -1
    for at in range(count):
        v = touched_of(state)[at]
        n = old_routes_of(state)[v, R_SIZE]
        copy(old_routes_of(state)[v], routes_of(state)[v], R_TOUCHED + 1)
        routes_of(state)[v, R_MEASURED] = -1
        copy(old_tokens_of(state)[v], tokens_of(state)[v], n)
        for token in tokens_of(state)[v, :n]:
            if token >= 0:
                where_of(state)[token] = v
    _copy_people(old_people_of(state), people_of(state))
    version, chance = totals_of(state)[T_VERSION], totals_of(state)[T_CHANCE]
    copy(old_totals_of(state), totals_of(state), TOTALS)
    totals_of(state)[T_VERSION], totals_of(state)[T_CHANCE] = version, chance
    totals_of(state)[T_TOUCHED] = 0


@bare
def place_route(day: Address, state: Address, v: int, tokens: Any, n: int) -> bool:
    """Give a vehicle a lawful route (no jobs: none); leave everything as it is where it is not lawful."""
    return call_five(number(state, PLACE), day, state, v, address_of(tokens), n) == LAWFUL


@called_by_address(5)
def place(day: Address, state: Address, v: int, sequence: Address, n: int) -> int:
    """Do what `place_route` says with the tokens at an address; drop loads that serve nothing there."""
    tokens = row_from(sequence, n)
    m = _needed(day, tokens, n)
    failure = placed(day, state, v, tokens, m) if m > 0 else LAWFUL
    if failure != LAWFUL:
        return failure
    touch(day, state, v)
    out, route = out_of(state), routes_of(state)[v]
    if m == 0:
        for column in range(KINDS + 1):
            out[column] = 0
    _count(day, state, v, tokens_of(state)[v], route[R_SIZE], -1)
    visits = price = 0
    for at in range(m):
        tokens_of(state)[v, at] = tokens[at]
        if tokens[at] >= 0:
            visits += 1
            price += prices_of(day)[v, tokens[at]]
    out_s = out[ENDS_AT] - out[STARTS_AT]
    totals_of(state)[T_COST] += added_cost(day, state, v, out[TRAVEL], visits, out_s, price)
    totals_of(state)[T_METRES] += out[METRES] - route[R_METRES]
    for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
        person = crew_of(day)[member, 0]
        people_of(state)[person, 0] += visits - route[R_VISITS]
        people_of(state)[person, 1] += out_s - (route[R_ENDS] - route[R_STARTS])
    route[R_SIZE], route[R_VISITS], route[R_PRICE], route[R_KINDS] = m, visits, price, out[KINDS]
    route[R_STARTS], route[R_ENDS], route[R_TRAVEL], route[R_METRES] = out[0], out[1], out[2], out[3]
    route[R_FROM], route[R_TO] = out[FROM], out[TO]
    _count(day, state, v, tokens_of(state)[v], m, 1)
    return LAWFUL


@bare
def _needed(day: Address, tokens: Any, n: int) -> int:
    """Drop loads that serve nothing, in place; return how many tokens are left (none without jobs)."""
    needed = 0
    m = n
    for at in range(n - 1, -1, -1):
        token = tokens[at]
        if token >= 0:
            needed |= jobs_of(day)[token, J_NEEDS]
        elif needed >> ~token & 1:
            needed &= ~(1 << ~token)
        else:
            for later in range(at + 1, m):
                tokens[later - 1] = tokens[later]
            m -= 1
    return m


@bare
def _count(day: Address, state: Address, v: int, tokens: Any, n: int, sign: int) -> None:
    """Count the jobs of a route as done (1), or as left out (-1)."""
    for at in range(n):
        if tokens[at] >= 0:
            where_of(state)[tokens[at]] = v if sign > 0 else -1
            for tier in range(LOST):
                totals_of(state)[tier] -= sign * lost_of(day)[tokens[at], tier]


@bare
def keep_best(state: Address) -> None:
    """Copy the routes as the best met."""
    copy(totals_of(state), best_totals_of(state), TOTALS)
    for v in range(len(routes_of(state))):
        n = routes_of(state)[v, R_SIZE]
        copy(tokens_of(state)[v], best_tokens_of(state)[v], n)
        copy(routes_of(state)[v], best_routes_of(state)[v], R_TOUCHED + 1)
