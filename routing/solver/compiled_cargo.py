"""What is aboard when, against what may be: `schedule.cargo_failure` and the rule of institutions as machine code.

Law: goods come aboard at the last load of their depot before the visit; what is fetched stays until its depot.
"""

from __future__ import annotations

from routing.network.compiled import compiled
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
    J_NEEDS,
    ON_FOOT,
    PRODUCTS,
    V_CARRY,
    V_CEILINGS,
    V_MASS,
    V_VOLUME,
    Day,
    Table,
)

# Rows of the scratch: goods for later visits by depot; custody of them by depot and product; what was fetched.
MASS, VOLUME, WALKED, CUSTODY, BACK = range(5)
BACK_MASS, BACK_VOLUME, BACK_WALKED, BACK_CUSTODY = range(4)


@compiled
def may_be_aboard(day: Day, v: int, calls: Table, m: int, work: Table) -> bool:
    """Whether capacity, custody and the walking limit hold after each load and on each walk."""
    depots, products = day.sizes[DEPOTS], day.sizes[PRODUCTS]
    kinds = 0
    for at in range(m):
        if calls[at] >= 0:
            kinds |= day.jobs[calls[at], J_KIND]
    work[:CUSTODY, :depots] = 0
    work[CUSTODY, : depots * products] = 0
    work[BACK, : BACK_CUSTODY + products] = 0
    for at in range(m - 1, -1, -1):
        call = calls[at]
        if call >= 0:
            if day.marks[v, call] & ON_FOOT and not _may_walk(day, v, calls, at, kinds, work):
                return False
            _put_aboard(day, call, work)
        elif ~call < depots:
            if kinds & FETCHES:
                _take_back(day, calls, at + 1, work[BACK])
            if not _fits(day, v, kinds, work):
                return False
            work[:CUSTODY, ~call] = 0
            if kinds & CONTROLLED:
                work[CUSTODY, ~call * products : (~call + 1) * products] = 0
    return True


@compiled
def _put_aboard(day: Day, job: int, work: Table) -> None:
    depots, products = day.sizes[DEPOTS], day.sizes[PRODUCTS]
    for depot in range(depots):
        work[MASS, depot] += day.jobs[job, J_GOODS + depot]
        work[VOLUME, depot] += day.jobs[job, J_GOODS + depots + depot]
        work[WALKED, depot] += day.jobs[job, J_GOODS + 2 * depots + depot]
    for entry in range(day.jobs[job, J_CUSTODY], day.jobs[job, J_CUSTODY_END]):
        if day.jobs[job, J_NEEDS] >> day.custody[entry, 0] & 1:
            work[CUSTODY, day.custody[entry, 0] * products + day.custody[entry, 1]] += day.custody[entry, 2]


@compiled
def _fits(day: Day, v: int, kinds: int, work: Table) -> bool:
    depots, products = day.sizes[DEPOTS], day.sizes[PRODUCTS]
    mass, volume = work[BACK, BACK_MASS], work[BACK, BACK_VOLUME]
    for depot in range(depots):
        mass += work[MASS, depot]
        volume += work[VOLUME, depot]
    if mass > day.vehicles[v, V_MASS] or volume > day.vehicles[v, V_VOLUME]:
        return False
    if kinds & CONTROLLED:
        for product in range(products):
            amount = work[BACK, BACK_CUSTODY + product]
            for depot in range(depots):
                amount += work[CUSTODY, depot * products + product]
            if amount > day.vehicles[v, V_CEILINGS + product]:
                return False
    return True


@compiled
def _may_walk(day: Day, v: int, calls: Table, at: int, kinds: int, work: Table) -> bool:
    """Whether the goods of one visit, and the controlled goods of others, may be carried."""
    carried = day.jobs[calls[at], J_MASS]
    for depot in range(day.sizes[DEPOTS]):
        carried += work[WALKED, depot]
    if kinds & FETCHES:
        _take_back(day, calls, at, work[BACK])
        carried += work[BACK, BACK_WALKED]
    return carried <= day.vehicles[v, V_CARRY]  # type: ignore[no-any-return]


@compiled
def _take_back(day: Day, calls: Table, until: int, back: Table) -> None:
    """Sum up what was fetched in the first `until` calls and not handed in at its depot by then."""
    depots, products = day.sizes[DEPOTS], day.sizes[PRODUCTS]
    back[: BACK_CUSTODY + products] = 0
    handed_in = 0
    for at in range(until - 1, -1, -1):
        call = calls[at]
        if call < 0:
            handed_in |= 1 << (~call % depots)
            continue
        for depot in range(depots):
            if (day.jobs[call, J_FETCHES] & ~handed_in) >> depot & 1:
                back[BACK_MASS] += day.jobs[call, J_GOODS + depot]
                back[BACK_VOLUME] += day.jobs[call, J_GOODS + depots + depot]
                back[BACK_WALKED] += day.jobs[call, J_GOODS + 2 * depots + depot]
                for entry in range(day.jobs[call, J_CUSTODY], day.jobs[call, J_CUSTODY_END]):
                    if day.custody[entry, 0] == depot:
                        back[BACK_CUSTODY + day.custody[entry, 1]] += day.custody[entry, 2]


@compiled
def institutions_alone(day: Day, calls: Table, m: int) -> bool:
    """Whether, on the way to each institution, everything aboard is for it, and it is the trip's only client."""
    depots = day.sizes[DEPOTS]
    for at in range(m):
        if calls[at] < 0 or not day.jobs[calls[at], J_KIND] & INSTITUTION:
            continue
        client = day.jobs[calls[at], J_CLIENT]
        load = at - 1
        while load >= 0 and (calls[load] >= 0 or ~calls[load] >= depots):
            load -= 1
        for before in range(load + 1, at):
            if calls[before] >= 0 and day.jobs[calls[before], J_CLIENT] != client:
                return False
        if at + 1 < m and calls[at + 1] >= 0 and day.jobs[calls[at + 1], J_CLIENT] != client:
            return False
        if load >= 0 and not _all_for(day, calls, m, load, client):
            return False
    return True


@compiled
def _all_for(day: Day, calls: Table, m: int, load: int, client: int) -> bool:
    """Whether all goods aboard after a load are one client's."""
    depots = day.sizes[DEPOTS]
    loaded = reloaded = handed_in = 0
    for at in range(load, -1, -1):
        call = calls[at]
        if call < 0:
            handed_in |= 1 << (~call % depots)
            if ~call < depots:
                loaded |= 1 << ~call
        elif day.jobs[call, J_FETCHES] & ~handed_in and day.jobs[call, J_CLIENT] != client:
            return False
    for at in range(load + 1, m):
        call = calls[at]
        if call >= 0:
            if day.jobs[call, J_NEEDS] & loaded & ~reloaded and day.jobs[call, J_CLIENT] != client:
                return False
        elif ~call < depots:
            reloaded |= 1 << ~call
    return True
