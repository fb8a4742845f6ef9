"""What is aboard when, against what may be: `schedule.cargo_failure` and the rule of institutions as machine code.

Law: goods come aboard at the last load of their depot before the visit; what is fetched stays until its depot.
"""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_aboard import (
    BACK_CUSTODY,
    BACK_MASS,
    BACK_VOLUME,
    BACK_WALKED,
    NOBODY,
    add_from_start,
    carries,
    needs_of,
    start_is_for,
)
from routing.solver.compiled_day import (
    CONTROLLED,
    DEPOTS,
    FETCHES,
    INSTITUTION,
    J_CLIENT,
    J_CUSTODY,
    J_CUSTODY_END,
    J_FETCHES,
    J_GOODS,
    J_KIND,
    J_MASS,
    ON_FOOT,
    PRODUCTS,
    V_CARRY,
    V_CEILINGS,
    V_MASS,
    V_VOLUME,
    custody_of,
    jobs_of,
    marks_of,
    vehicles_of,
)
from routing.solver.compiled_tables import Address, Table, number

# Rows of the scratch: goods for later visits by depot; custody of them by depot and product; what was fetched.
MASS, VOLUME, WALKED, CUSTODY, BACK = range(4, 9)


@bare
def may_be_aboard(day: Address, v: int, calls: Table, m: int, work: Table) -> bool:
    """Whether capacity, custody and the walking limit hold at the start, after each load and on each walk."""
    depots, products = number(day, DEPOTS), number(day, PRODUCTS)
    kinds = 0
    for at in range(m):
        if calls[at] >= 0:
            kinds |= jobs_of(day)[calls[at], J_KIND]
    if carries(day, v):
        kinds |= CONTROLLED
    for depot in range(depots):
        work[MASS, depot] = work[VOLUME, depot] = work[WALKED, depot] = 0
    for entry in range(depots * products):
        work[CUSTODY, entry] = 0
    for entry in range(BACK_CUSTODY + products):
        work[BACK, entry] = 0
    for at in range(m - 1, -1, -1):
        call = calls[at]
        if call >= 0:
            if marks_of(day)[v, call] & ON_FOOT and not _may_walk(day, v, calls, m, at, kinds, work):
                return False
            _put_aboard(day, v, call, work)
        elif ~call < depots:
            _sum_up_others(day, v, calls, m, at + 1, NOBODY, kinds, work[BACK])
            if not _fits(day, v, kinds, work):
                return False
            work[MASS, ~call] = work[VOLUME, ~call] = work[WALKED, ~call] = 0
            if kinds & CONTROLLED:
                for entry in range(~call * products, (~call + 1) * products):
                    work[CUSTODY, entry] = 0
    if carries(day, v):
        _sum_up_others(day, v, calls, m, 0, NOBODY, kinds, work[BACK])
        return _fits(day, v, kinds, work)
    return True


@bare
def _sum_up_others(
    day: Address, v: int, calls: Table, m: int, until: int, visited: int, kinds: int, back: Table
) -> None:
    """Sum up what is aboard after so many calls beside what was loaded: fetched, or there from the start."""
    if kinds & FETCHES:
        _take_back(day, calls, until, back)
    if carries(day, v):
        if not kinds & FETCHES:
            for entry in range(BACK_CUSTODY + number(day, PRODUCTS)):
                back[entry] = 0
        add_from_start(day, v, calls, m, until, visited, back)


@bare
def _put_aboard(day: Address, v: int, job: int, work: Table) -> None:
    depots, products = number(day, DEPOTS), number(day, PRODUCTS)
    needs = needs_of(day, v, job)
    for depot in range(depots):
        if needs >> depot & 1:
            work[MASS, depot] += jobs_of(day)[job, J_GOODS + depot]
            work[VOLUME, depot] += jobs_of(day)[job, J_GOODS + depots + depot]
            work[WALKED, depot] += jobs_of(day)[job, J_GOODS + 2 * depots + depot]
    for entry in range(jobs_of(day)[job, J_CUSTODY], jobs_of(day)[job, J_CUSTODY_END]):
        if needs >> custody_of(day)[entry, 0] & 1:
            work[CUSTODY, custody_of(day)[entry, 0] * products + custody_of(day)[entry, 1]] += custody_of(day)[entry, 2]


@bare
def _fits(day: Address, v: int, kinds: int, work: Table) -> bool:
    depots, products = number(day, DEPOTS), number(day, PRODUCTS)
    mass, volume = work[BACK, BACK_MASS], work[BACK, BACK_VOLUME]
    for depot in range(depots):
        mass += work[MASS, depot]
        volume += work[VOLUME, depot]
    if mass > vehicles_of(day)[v, V_MASS] or volume > vehicles_of(day)[v, V_VOLUME]:
        return False
    if kinds & CONTROLLED:
        for product in range(products):
            amount = work[BACK, BACK_CUSTODY + product]
            for depot in range(depots):
                amount += work[CUSTODY, depot * products + product]
            if amount > vehicles_of(day)[v, V_CEILINGS + product]:
                return False
    return True


@bare
def _may_walk(day: Address, v: int, calls: Table, m: int, at: int, kinds: int, work: Table) -> bool:
    """Whether the goods of one visit, and the controlled goods of others, may be carried."""
    carried = jobs_of(day)[calls[at], J_MASS]
    for depot in range(number(day, DEPOTS)):
        carried += work[WALKED, depot]
    if kinds & FETCHES or carries(day, v):
        _sum_up_others(day, v, calls, m, at, calls[at], kinds, work[BACK])
        carried += work[BACK, BACK_WALKED]
    return carried <= vehicles_of(day)[v, V_CARRY]  # type: ignore[no-any-return]


@bare
def _take_back(day: Address, calls: Table, until: int, back: Table) -> None:
    """Sum up what was fetched in the first `until` calls and not handed in at its depot by then."""
    depots, products = number(day, DEPOTS), number(day, PRODUCTS)
    for entry in range(BACK_CUSTODY + products):
        back[entry] = 0
    handed_in = 0
    for at in range(until - 1, -1, -1):
        call = calls[at]
        if call < 0:
            handed_in |= 1 << (~call % depots)
            continue
        for depot in range(depots):
            if (jobs_of(day)[call, J_FETCHES] & ~handed_in) >> depot & 1:
                back[BACK_MASS] += jobs_of(day)[call, J_GOODS + depot]
                back[BACK_VOLUME] += jobs_of(day)[call, J_GOODS + depots + depot]
                back[BACK_WALKED] += jobs_of(day)[call, J_GOODS + 2 * depots + depot]
                for entry in range(jobs_of(day)[call, J_CUSTODY], jobs_of(day)[call, J_CUSTODY_END]):
                    if custody_of(day)[entry, 0] == depot:
                        back[BACK_CUSTODY + custody_of(day)[entry, 1]] += custody_of(day)[entry, 2]


@bare
def institutions_alone(day: Address, v: int, calls: Table, m: int) -> bool:
    """Whether, on the way to each institution, everything aboard is for it, and it is the trip's only client."""
    depots = number(day, DEPOTS)
    for at in range(m):
        if calls[at] < 0 or not jobs_of(day)[calls[at], J_KIND] & INSTITUTION:
            continue
        client = jobs_of(day)[calls[at], J_CLIENT]
        load = at - 1
        while load >= 0 and (calls[load] >= 0 or ~calls[load] >= depots):
            load -= 1
        for before in range(load + 1, at):
            if calls[before] >= 0 and jobs_of(day)[calls[before], J_CLIENT] != client:
                return False
        if at + 1 < m and calls[at + 1] >= 0 and jobs_of(day)[calls[at + 1], J_CLIENT] != client:
            return False
        if load >= 0 and not _all_for(day, v, calls, m, load, client):
            return False
        if not start_is_for(day, v, calls, m, load + 1, client):
            return False
    return True


@bare
def _all_for(day: Address, v: int, calls: Table, m: int, load: int, client: int) -> bool:
    """Whether all goods aboard after a load are one client's."""
    depots = number(day, DEPOTS)
    loaded = reloaded = handed_in = 0
    for at in range(load, -1, -1):
        call = calls[at]
        if call < 0:
            handed_in |= 1 << (~call % depots)
            if ~call < depots:
                loaded |= 1 << ~call
        elif jobs_of(day)[call, J_FETCHES] & ~handed_in and jobs_of(day)[call, J_CLIENT] != client:
            return False
    for at in range(load + 1, m):
        call = calls[at]
        if call >= 0:
            if needs_of(day, v, call) & loaded & ~reloaded and jobs_of(day)[call, J_CLIENT] != client:
                return False
        elif ~call < depots:
            reloaded |= 1 << ~call
    return True
