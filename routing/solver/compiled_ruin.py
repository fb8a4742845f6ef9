"""Ruin and recreate, as machine code: take strings of neighbouring visits out, put them in again where they cost least.

Law: reads no clock; chance is a number in the state, so the same seed gives the same routes. After Christiaens and
Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems" (2020), with tiers compared first.
"""

from __future__ import annotations

import math

from routing.network.compiled import bare
from routing.solver.compiled_chance import drawn
from routing.solver.compiled_day import (
    ALLOWED,
    J_LATEST,
    J_MASS,
    J_PLACE,
    J_URGENCY,
    J_WINDOW,
    J_WINDOW_END,
    JOBS,
    PLACES,
    V_KIN,
    V_KIN_END,
    V_PROFILE,
    V_START,
    VEHICLES,
    jobs_of,
    kin_of,
    marks_of,
    matrices_of,
    near_of,
    spans_of,
    vehicles_of,
)
from routing.solver.compiled_insertion import find_insertion, put_in
from routing.solver.compiled_placing import place_route
from routing.solver.compiled_state import (
    LOST,
    NOWHERE,
    R_SIZE,
    R_VISITS,
    T_CHANCE,
    T_COST,
    T_METRES,
    T_TOUCHED,
    best_totals_of,
    buffer_of,
    grades_of,
    keep_best,
    old_totals_of,
    pool_of,
    remember,
    restore,
    routes_of,
    tokens_of,
    totals_of,
    touched_of,
    where_of,
)
from routing.solver.compiled_tables import Address, number, square
from routing.solver.compiled_tidying import tidy

# Of the paper: visits taken out on average, longest string, chance to keep some of a string, chance to look away.
TAKEN_OUT, LONGEST_STRING, SPLIT, BLINK = 10, 10, 0.5, 0.01
ABSENT_TRIED = 12
# One string in so many is a whole route, so that a volunteer can stay at home.
WHOLE_ROUTE = 30


@bare
def _chance(state: Address, below: int) -> int:
    """Return a number from 0 to `below` - 1."""
    return drawn(totals_of(state), T_CHANCE, below)


@bare
def _share(state: Address) -> float:
    """Return a number from 0 to under 1."""
    return _chance(state, 1 << 30) / (1 << 30)


@bare
def _take_out(
    day: Address, state: Address, v: int, first: int, last: int, kept_from: int, kept_to: int, taken: int
) -> int:
    """Take the visits numbered `first` to `last` - 1 off a route, but those kept; return how many are in the pool.

    Where what is left is unlawful (a break may come to lie elsewhere), the whole route goes.
    """
    n = routes_of(state)[v, R_SIZE]
    for whole in range(2):
        m = visit = 0
        count = taken
        for at in range(n):
            token = tokens_of(state)[v, at]
            goes = token >= 0 and (whole or (first <= visit < last and not kept_from <= visit < kept_to))
            if goes:
                pool_of(state)[0, count] = token
                count += 1
            else:
                buffer_of(state)[m] = token
                m += 1
            visit += token >= 0
        if place_route(day, state, v, buffer_of(state), m):
            return count
    return taken


@bare
def _visit_number(state: Address, v: int, job: int) -> int:
    visit = 0
    for token in tokens_of(state)[v, : routes_of(state)[v, R_SIZE]]:
        if token == job:
            return visit
        visit += token >= 0
    return -1


@bare
def _ruin(day: Address, state: Address) -> int:
    """Take strings off the routes around a client; return how many visits are in the pool."""
    jobs = number(day, JOBS)
    seed = _seed(day, state)
    served = used = 0
    for v in range(number(day, VEHICLES)):
        served += routes_of(state)[v, R_VISITS]
        used += routes_of(state)[v, R_SIZE] > 0
    if not used:
        return 0
    longest = min(LONGEST_STRING, max(1, served // used))
    strings = 1 + int(_share(state) * (4 * TAKEN_OUT / (1 + longest)))
    taken = 0
    remembered = totals_of(state)[T_TOUCHED]
    if where_of(state)[seed] < 0 and _chance(state, 2) == 0:
        taken = _make_room(day, state, seed)
        strings -= 1
    for rank in range(near_of(day).shape[1]):
        job = near_of(day)[seed, rank]
        if strings <= 0 or taken >= jobs:
            break
        v = where_of(state)[job]
        if v < 0 or _is_ruined(state, v, remembered):
            continue
        visits = routes_of(state)[v, R_VISITS]
        if _chance(state, WHOLE_ROUTE) == 0:
            taken = _take_out(day, state, v, 0, visits, 0, 0, taken)
        else:
            length = 1 + _chance(state, min(visits, longest))
            taken = _string(day, state, v, job, visits, length, taken)
        strings -= 1
    return taken


@bare
def _seed(day: Address, state: Address) -> int:
    """Return a client: one in four times somebody who is left out, if there is one."""
    jobs = number(day, JOBS)
    seed = _chance(state, jobs)
    if _chance(state, 4) == 0:
        for step in range(jobs):
            job = (seed + step) % jobs
            if where_of(state)[job] < 0:
                return job
    return seed


@bare
def _is_ruined(state: Address, v: int, since: int) -> bool:
    for at in range(since, totals_of(state)[T_TOUCHED]):
        if touched_of(state)[at] == v:
            return True
    return False


@bare
def _make_room(day: Address, state: Address, job: int) -> int:
    """Empty the route of somebody who may visit a client left out, and of the same people's other routes."""
    vehicles = number(day, VEHICLES)
    first = _chance(state, vehicles)
    taken = 0
    for step in range(vehicles):
        v = (first + step) % vehicles
        if marks_of(day)[v, job] & ALLOWED:
            if routes_of(state)[v, R_SIZE] > 0:
                visits = routes_of(state)[v, R_VISITS]
                taken = _take_out(day, state, v, 0, visits, 0, 0, taken)
            else:
                for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
                    other = kin_of(day)[link, 0]
                    if routes_of(state)[other, R_SIZE] > 0 and taken < 3 * TAKEN_OUT:
                        taken = _take_out(day, state, other, 0, routes_of(state)[other, R_VISITS], 0, 0, taken)
            return taken
    return taken


@bare
def _string(day: Address, state: Address, v: int, job: int, visits: int, length: int, taken: int) -> int:
    """Take out a string of visits that holds a job; half of the time some visits within it stay."""
    visit = _visit_number(state, v, job)
    kept = 0
    if length > 1 and _share(state) < SPLIT:
        while length + kept < visits and _share(state) > 0.01:
            kept += 1
            if _share(state) < 0.5:
                break
    span = length + kept
    first = max(0, visit - _chance(state, span))
    first = min(first, visits - span)
    kept_from = first + 1 + _chance(state, length - 1) if kept else first
    return _take_out(day, state, v, first, first + span, kept_from, kept_from + kept, taken)


@bare
def _add_absent(day: Address, state: Address, taken: int) -> int:
    """Add some clients that were left out before to the pool: they are candidates whenever room was made."""
    jobs = number(day, JOBS)
    already = taken
    for at in range(already):
        where_of(state)[pool_of(state)[0, at]] = -2
    first = _chance(state, jobs)
    for step in range(jobs):
        job = (first + step) % jobs
        if where_of(state)[job] == -1 and taken < already + ABSENT_TRIED:
            pool_of(state)[0, taken] = job
            taken += 1
    for at in range(already):
        where_of(state)[pool_of(state)[0, at]] = -1
    return taken


@bare
def _sort(day: Address, state: Address, taken: int) -> None:
    """Sort the pool: by chance, urgency, mass, from far, from near, by how narrow or early the windows are."""
    how = _chance(state, 12)
    pool = pool_of(state)
    seconds = square(matrices_of(day)[vehicles_of(day)[0, V_PROFILE], 0], number(day, PLACES))
    home = vehicles_of(day)[0, V_START]
    for at in range(taken):
        job = pool[0, at]
        key = jobs_of(day)[job, J_URGENCY]
        if how < 4:
            key = _chance(state, 1 << 30)
        elif how == 4:
            key = -jobs_of(day)[job, J_MASS]
        elif how < 7:
            key = -seconds[home, jobs_of(day)[job, J_PLACE]]
        elif how == 7:
            key = seconds[home, jobs_of(day)[job, J_PLACE]]
        elif how == 8:
            key = jobs_of(day)[job, J_LATEST]
            if jobs_of(day)[job, J_WINDOW] < jobs_of(day)[job, J_WINDOW_END]:
                key = min(key, spans_of(day)[jobs_of(day)[job, J_WINDOW_END] - 1, 1])
        pool[1, at] = key
    for at in range(1, taken):
        job, key = pool[0, at], pool[1, at]
        before = at - 1
        while before >= 0 and pool[1, before] > key:
            pool[0, before + 1], pool[1, before + 1] = pool[0, before], pool[1, before]
            before -= 1
        pool[0, before + 1], pool[1, before + 1] = job, key


@bare
def _recreate(day: Address, state: Address, taken: int, blink: float) -> None:
    """Put in the jobs of the pool in turn, each where it costs least."""
    for at in range(taken):
        job = pool_of(state)[0, at]
        best, where = NOWHERE, -1
        for v in range(number(day, VEHICLES)):
            if not marks_of(day)[v, job] & ALLOWED or (blink > 0 and _share(state) < blink):
                continue
            cost = find_insertion(day, state, v, job)
            if cost < best:
                best, where = cost, v
        if where >= 0:
            put_in(day, state, where, job)


@bare
def _accepts(state: Address, temperature: float) -> bool:
    """Whether the routes as they are may replace those remembered: dearer ones with some tolerance.

    Tiers come first, but while they have a price (`State.grades`): then another client may be left out for a while.
    """
    lost = 0
    for tier in range(LOST):
        more = totals_of(state)[tier] - old_totals_of(state)[tier]
        if more and not grades_of(state)[tier]:
            return more < 0  # type: ignore[no-any-return]
        lost += more * grades_of(state)[tier]
    tolerance = -temperature * math.log(1.0 - _share(state))
    return totals_of(state)[T_COST] + lost / 1000 < old_totals_of(state)[T_COST] + tolerance  # type: ignore[no-any-return]


@bare
def _is_best(state: Address) -> bool:
    for column in range(T_METRES + 1):
        if totals_of(state)[column] != best_totals_of(state)[column]:
            return totals_of(state)[column] < best_totals_of(state)[column]  # type: ignore[no-any-return]
    return False


@bare
def fill(day: Address, state: Address) -> None:
    """Put in every job that is left out, the most urgent first, each where it costs least."""
    jobs = number(day, JOBS)
    remember(state)
    for job in range(jobs):
        pool_of(state)[2, jobs_of(day)[job, J_URGENCY]] = job
    taken = 0
    for place in range(jobs):
        if where_of(state)[pool_of(state)[2, place]] < 0:
            pool_of(state)[0, taken] = pool_of(state)[2, place]
            taken += 1
    _recreate(day, state, taken, 0.0)
    tidy(day, state)
    if _is_best(state):
        keep_best(state)


@bare
def ruin_and_recreate(day: Address, state: Address, times: int, temperature: float) -> int:
    """Change the routes so many times; return how often the best routes were bettered."""
    bettered = 0
    for _ in range(times):
        remember(state)
        taken = _ruin(day, state)
        taken = _add_absent(day, state, taken)
        _sort(day, state, taken)
        _recreate(day, state, taken, BLINK)
        tidy(day, state)
        if not _accepts(state, temperature):
            restore(state)
        elif _is_best(state):
            keep_best(state)
            bettered += 1
    return bettered
