"""Where one more job costs least: every position of every route, as machine code.

Law: cheap tests (travel, earliest and latest times, room) only leave out what cannot be lawful or rank what may be;
what is believed has been placed by `compiled_state.placed`. An answer holds as long as the route's version does.
"""

from __future__ import annotations

from typing import Any

from routing.network.compiled import bare
from routing.solver.compiled_aboard import needs_of
from routing.solver.compiled_day import (
    ALLOWED,
    D_PLACE,
    DEPOTS,
    INSTITUTION,
    ISOLATING,
    ISOLATING_LAST,
    J_KIND,
    J_LATEST,
    J_MASS,
    J_PLACE,
    J_VOLUME,
    JOBS,
    LONGEST,
    PLACES,
    V_CREW,
    V_CREW_END,
    V_END,
    V_MASS,
    V_PROFILE,
    V_START,
    V_STOPS,
    V_VOLUME,
    crew_of,
    depots_of,
    jobs_of,
    marks_of,
    matrices_of,
    prices_of,
    vehicles_of,
)
from routing.solver.compiled_measures import departure, measure, token_place
from routing.solver.compiled_placing import place_route, placed
from routing.solver.compiled_schedule import ENDS_AT, LAWFUL, OUT_OF_TIME, STARTS_AT, TOO_MUCH, TRAVEL, out_of
from routing.solver.compiled_state import (
    F_COST,
    F_POSITION,
    F_VARIANT,
    F_VERSION,
    FIND,
    NOWHERE,
    R_KINDS,
    R_PRICE,
    R_SIZE,
    R_VERSION,
    R_VISITS,
    added_cost,
    buffer_of,
    bulk_of,
    candidates_of,
    early_of,
    found_of,
    full_of,
    late_of,
    loaded_of,
    open_of,
    people_of,
    routes_of,
    tokens_of,
)
from routing.solver.compiled_tables import Address, Table, call_four, called_by_address, number, square

# What is put in with a job: loads at the front of the route, loads before it, loads after it for what follows.
PLAIN, AT_FRONT, BEFORE, TRIP, TRIP_AND_AFTER, AFTER = range(6)
BACKWARDS = 8  # the loads in descending order of depots
# Rows of `State.candidates`.
C_COST, C_POSITION, C_VARIANT = range(3)
# So many candidates in a row that are unlawful although bounds let them pass, and the rest is given up.
PATIENCE = 8


@bare
def _way_in(day: Address, state: Address, v: int, job: int, at: int, loads: int, after: int, order: int) -> int:
    """Return the travel added by loads, the job and loads after it before the token at a position.

    NOWHERE where the times say no.
    """
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    n = routes_of(state)[v, R_SIZE]
    before = token_place(day, tokens_of(state)[v, at - 1]) if at > 0 else vehicles_of(day)[v, V_START]
    behind = token_place(day, tokens_of(state)[v, at]) if at < n else vehicles_of(day)[v, V_END]
    added = 0 if n == 0 else -seconds[before, behind]
    now = early_of(state)[v, at]
    place = before
    depots = number(day, DEPOTS)
    for step in range(2 * depots + 1):
        token = job
        if step < depots:
            depot = depots - 1 - step if order else step
            if not loads >> depot & 1:
                continue
            token = ~depot
        elif step > depots:
            if not after >> (step - depots - 1) & 1:
                continue
            token = ~(step - depots - 1)
        target = token_place(day, token)
        added += seconds[place, target]
        now = departure(day, token, now + seconds[place, target])
        place = target
        if now >= NOWHERE or (token == job and now > jobs_of(day)[job, J_LATEST]):
            return NOWHERE
    if now + seconds[place, behind] > late_of(state)[v, at]:
        return NOWHERE
    return added + seconds[place, behind]  # type: ignore[no-any-return]


@bare
def _way_in_front(day: Address, state: Address, v: int, loads: int, order: int) -> int:
    """Return the travel added by loads before the first token."""
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    place = vehicles_of(day)[v, V_START]
    first = token_place(day, tokens_of(state)[v, 0])
    added = -seconds[place, first]
    depots = number(day, DEPOTS)
    for step in range(depots):
        depot = depots - 1 - step if order else step
        if loads >> depot & 1:
            target = depots_of(day)[depot, D_PLACE]
            added += seconds[place, target]
            place = target
    return added + seconds[place, first]  # type: ignore[no-any-return]


@bare
def _add(state: Address, k: int, cost: int, at: int, variant: int) -> int:
    if cost < NOWHERE:
        row = candidates_of(state)
        row[C_COST, k], row[C_POSITION, k], row[C_VARIANT, k] = cost, at, variant
        return k + 1
    return k


@bare
def _plain_fits(day: Address, state: Address, v: int, job: int, at: int, seconds: Table) -> int:
    """Return the travel added by the job alone, -1 where the times say no, -2 where there is no room."""
    if (
        full_of(state)[v, at] + jobs_of(day)[job, J_MASS] > vehicles_of(day)[v, V_MASS]
        or bulk_of(state)[v, at] + jobs_of(day)[job, J_VOLUME] > vehicles_of(day)[v, V_VOLUME]
    ):
        return -2
    n = routes_of(state)[v, R_SIZE]
    before = token_place(day, tokens_of(state)[v, at - 1]) if at > 0 else vehicles_of(day)[v, V_START]
    behind = token_place(day, tokens_of(state)[v, at]) if at < n else vehicles_of(day)[v, V_END]
    place = jobs_of(day)[job, J_PLACE]
    leave = departure(day, job, early_of(state)[v, at] + seconds[before, place])
    if leave > jobs_of(day)[job, J_LATEST] or leave + seconds[place, behind] > late_of(state)[v, at]:
        return -1
    added = seconds[before, place] + seconds[place, behind] - (0 if n == 0 else seconds[before, behind])
    return max(0, added)  # type: ignore[no-any-return]


@bare
def _ways_in(day: Address, state: Address, v: int, job: int) -> int:
    """Fill candidates that take the goods along as they are, or with loads that are missing; return their number.

    -1 less than it, negative, where there was no room somewhere.
    """
    needs = needs_of(day, v, job)
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    first, last = _positions(day, state, v, job)
    k = 0
    tight = False
    for at in range(first, last + 1):
        missing = needs & ~loaded_of(state)[v, at]
        if not missing:
            added = _plain_fits(day, state, v, job, at, seconds)
            if added >= 0:
                k = _add(state, k, added, at, PLAIN)
            tight |= added == -2
            continue
        several = missing & (missing - 1) != 0
        for order in range(2 if several else 1):
            k = _add(state, k, _way_in(day, state, v, job, at, missing, 0, order), at, BEFORE + BACKWARDS * order)
            if at > 0:
                alone = _way_in(day, state, v, job, at, 0, 0, 0)
                if alone < NOWHERE:
                    alone += _way_in_front(day, state, v, missing, order)
                k = _add(state, k, alone, at, AT_FRONT + BACKWARDS * order)
    return -k - 1 if tight else k


@bare
def _positions(day: Address, state: Address, v: int, job: int) -> tuple[int, int]:
    """Return the first and the last position that the order of isolating clients leaves to a job."""
    n = routes_of(state)[v, R_SIZE]
    first, last = 0, n
    kind = jobs_of(day)[job, J_KIND]
    if kind & ISOLATING and not kind & ISOLATING_LAST:
        return first, last
    if not kind & ISOLATING_LAST and not routes_of(state)[v, R_KINDS] & ISOLATING_LAST:
        return first, last
    for at in range(n):
        token = tokens_of(state)[v, at]
        if token < 0:
            continue
        if kind & ISOLATING_LAST:
            if not jobs_of(day)[token, J_KIND] & ISOLATING:
                first = at + 1
        elif jobs_of(day)[token, J_KIND] & ISOLATING_LAST:
            return first, at
    return first, last


@bare
def _trips_in(day: Address, state: Address, v: int, job: int, k: int) -> int:
    """Add candidates that load again: for this job, or after it for those that follow."""
    needs = needs_of(day, v, job)
    several = needs & (needs - 1) != 0
    first, last = _positions(day, state, v, job)
    for at in range(first, last + 1):
        after = open_of(state)[v, at]
        for order in range(2 if several else 1):
            added = _way_in(day, state, v, job, at, needs, 0, order)
            k = _add(state, k, added, at, TRIP + BACKWARDS * order)
            if after:
                added = _way_in(day, state, v, job, at, needs, after, order)
                k = _add(state, k, added, at, TRIP_AND_AFTER + BACKWARDS * order)
        if after and not needs & ~loaded_of(state)[v, at]:
            k = _add(state, k, _way_in(day, state, v, job, at, 0, after, 0), at, AFTER)
    return k


@bare
def sequence(day: Address, state: Address, v: int, job: int, at: int, variant: int) -> int:
    """Write the route with a job put in to `buffer_of(state)`; return how many tokens it has."""
    n = routes_of(state)[v, R_SIZE]
    needs = needs_of(day, v, job)
    missing = needs & ~loaded_of(state)[v, at]
    kind, order = variant % BACKWARDS, variant // BACKWARDS
    m = 0
    if kind == AT_FRONT:
        m = _loads(day, buffer_of(state), m, missing, order)
    for earlier in range(at):
        buffer_of(state)[m] = tokens_of(state)[v, earlier]
        m += 1
    if kind == BEFORE:
        m = _loads(day, buffer_of(state), m, missing, order)
    elif kind in (TRIP, TRIP_AND_AFTER):
        m = _loads(day, buffer_of(state), m, needs, order)
    buffer_of(state)[m] = job
    m += 1
    if kind in (AFTER, TRIP_AND_AFTER):
        m = _loads(day, buffer_of(state), m, open_of(state)[v, at], 0)
    for later in range(at, n):
        buffer_of(state)[m] = tokens_of(state)[v, later]
        m += 1
    return m


@bare
def _loads(day: Address, buffer: Any, m: int, loads: int, order: int) -> int:
    depots = number(day, DEPOTS)
    for step in range(depots):
        depot = depots - 1 - step if order else step
        if loads >> depot & 1:
            buffer[m] = ~depot
            m += 1
    return m


@bare
def find_insertion(day: Address, state: Address, v: int, job: int) -> int:
    """Return the least cost of a job on a vehicle's route (NOWHERE: none is lawful), and remember where."""
    found = found_of(state)[v * number(day, JOBS) + job]
    if found[F_VERSION] == routes_of(state)[v, R_VERSION]:
        return found[F_COST]  # type: ignore[no-any-return]
    return call_four(number(state, FIND), day, state, v, job)


@called_by_address(4)
def find(day: Address, state: Address, v: int, job: int) -> int:
    """Do what `find_insertion` says."""
    found = found_of(state)[v * number(day, JOBS) + job]
    found[F_VERSION], found[F_COST] = routes_of(state)[v, R_VERSION], NOWHERE
    longer = routes_of(state)[v, R_SIZE] + 3 * number(day, DEPOTS) + 1
    if not marks_of(day)[v, job] & ALLOWED or longer > number(day, LONGEST) or not _may_stop(day, state, v):
        return NOWHERE
    measure(day, state, v)
    k = 0
    tight = True
    if not jobs_of(day)[job, J_KIND] & INSTITUTION:
        k = _ways_in(day, state, v, job)
        tight = k < 0
        k = -k - 1 if tight else k
        if not tight:
            tight = _first_lawful(day, state, v, job, k)
            k = 0
    if tight:
        _first_lawful(day, state, v, job, _trips_in(day, state, v, job, k))
    return found[F_COST]  # type: ignore[no-any-return]


@bare
def _may_stop(day: Address, state: Address, v: int) -> bool:
    """Whether the people on a vehicle may make one visit more."""
    for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
        if people_of(state)[crew_of(day)[member, 0], 0] >= crew_of(day)[member, 1]:
            return False
    return routes_of(state)[v, R_VISITS] < vehicles_of(day)[v, V_STOPS]  # type: ignore[no-any-return]


@bare
def _first_lawful(day: Address, state: Address, v: int, job: int, k: int) -> bool:
    """Place candidates by rising travel until one is lawful; return whether none is, and another load might help."""
    found = found_of(state)[v * number(day, JOBS) + job]
    row = candidates_of(state)
    another_load = False
    patience = PATIENCE
    while patience > 0:
        least = -1
        for at in range(k):
            if row[C_COST, at] < NOWHERE and (least < 0 or row[C_COST, at] < row[C_COST, least]):
                least = at
        if least < 0:
            break
        at, variant = row[C_POSITION, least], row[C_VARIANT, least]
        row[C_COST, least] = NOWHERE
        failure = placed(day, state, v, buffer_of(state), sequence(day, state, v, job, at, variant))
        if failure == LAWFUL:
            out = out_of(state)
            visits, price = routes_of(state)[v, R_VISITS] + 1, routes_of(state)[v, R_PRICE] + prices_of(day)[v, job]
            cost = added_cost(day, state, v, out[TRAVEL], visits, out[ENDS_AT] - out[STARTS_AT], price)
            found[F_COST], found[F_POSITION], found[F_VARIANT] = cost, at, variant
            return False
        another_load |= failure != OUT_OF_TIME
        if failure == TOO_MUCH and variant == PLAIN:
            _forget(state, v, at, k)
        else:
            patience -= 1
    return another_load


@bare
def _forget(state: Address, v: int, at: int, k: int) -> None:
    """Drop the plain candidates that share their last load with a position: what is too much there is too much."""
    row = candidates_of(state)
    first = at
    while first > 0 and tokens_of(state)[v, first - 1] >= 0:
        first -= 1
    for other in range(k):
        if row[C_VARIANT, other] == PLAIN and row[C_POSITION, other] >= first:
            between = True
            for position in range(first, row[C_POSITION, other]):
                between &= tokens_of(state)[v, position] >= 0
            if between:
                row[C_COST, other] = NOWHERE


@bare
def put_in(day: Address, state: Address, v: int, job: int) -> bool:
    """Put in a job where `find_insertion` found it cheapest."""
    measure(day, state, v)
    found = found_of(state)[v * number(day, JOBS) + job]
    n = sequence(day, state, v, job, found[F_POSITION], found[F_VARIANT])
    return place_route(day, state, v, buffer_of(state), n)
