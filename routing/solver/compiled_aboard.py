"""What is on a vehicle when it starts in the midst of a day: `schedule._not_handed` and its like as machine code.

Law: goods aboard for a visit stay until it; those of nobody visited stay until the first call at their depot, and
controlled ones ask for one.
"""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_day import (
    A_CARRIED,
    A_JOB,
    A_OWED,
    DEPOTS,
    J_CLIENT,
    J_CUSTODY,
    J_CUSTODY_END,
    J_GOODS,
    J_NEEDS,
    V_ABOARD,
    V_ABOARD_END,
    V_OWES,
    aboard_of,
    carried_of,
    custody_of,
    jobs_of,
    vehicles_of,
)
from routing.solver.compiled_tables import Address, Table, number

# What is summed up beside the goods that are loaded on the way; custody by product follows.
BACK_MASS, BACK_VOLUME, BACK_WALKED, BACK_CUSTODY = range(4)
NOBODY = -1


@bare
def needs_of(day: Address, v: int, job: int) -> int:
    """Return the depots where a job's goods have to be loaded: those that are aboard already are not."""
    return jobs_of(day)[job, J_NEEDS] & ~carried_of(day)[v, job]  # type: ignore[no-any-return]


@bare
def carries(day: Address, v: int) -> bool:
    """Whether goods of a job are on the vehicle when it starts."""
    return vehicles_of(day)[v, V_ABOARD] < vehicles_of(day)[v, V_ABOARD_END]  # type: ignore[no-any-return]


@bare
def owed_by(day: Address, v: int, calls: Table, m: int) -> int:
    """Return the depots to come back to from the start on, for a route that makes these calls."""
    owed = vehicles_of(day)[v, V_OWES]
    for row in range(vehicles_of(day)[v, V_ABOARD], vehicles_of(day)[v, V_ABOARD_END]):
        if _position(calls, m, aboard_of(day)[row, A_JOB]) < 0:
            owed |= aboard_of(day)[row, A_OWED]
    return owed  # type: ignore[no-any-return]


@bare
def _position(calls: Table, m: int, job: int) -> int:
    """Return where a job is done, or -1."""
    for at in range(m):
        if calls[at] == job:
            return at
    return -1


@bare
def _still_aboard(day: Address, row: int, calls: Table, m: int, until: int) -> int:
    """Return the depots whose goods, of one entry, are on the vehicle after so many calls."""
    position = _position(calls, m, aboard_of(day)[row, A_JOB])
    carried = aboard_of(day)[row, A_CARRIED]
    if position >= 0:
        return carried if position >= until else 0
    for at in range(until):
        if calls[at] < 0:
            carried &= ~(1 << (~calls[at] % number(day, DEPOTS)))
    return carried  # type: ignore[no-any-return]


@bare
def add_from_start(day: Address, v: int, calls: Table, m: int, until: int, visited: int, back: Table) -> None:
    """Add up what is aboard from the start after so many calls, the goods of one job aside."""
    depots = number(day, DEPOTS)
    for row in range(vehicles_of(day)[v, V_ABOARD], vehicles_of(day)[v, V_ABOARD_END]):
        job = aboard_of(day)[row, A_JOB]
        if job == visited:
            continue
        carried = _still_aboard(day, row, calls, m, until)
        for depot in range(depots):
            if carried >> depot & 1:
                back[BACK_MASS] += jobs_of(day)[job, J_GOODS + depot]
                back[BACK_VOLUME] += jobs_of(day)[job, J_GOODS + depots + depot]
                back[BACK_WALKED] += jobs_of(day)[job, J_GOODS + 2 * depots + depot]
        for entry in range(jobs_of(day)[job, J_CUSTODY], jobs_of(day)[job, J_CUSTODY_END]):
            if carried >> custody_of(day)[entry, 0] & 1:
                back[BACK_CUSTODY + custody_of(day)[entry, 1]] += custody_of(day)[entry, 2]


@bare
def start_is_for(day: Address, v: int, calls: Table, m: int, until: int, client: int) -> bool:
    """Whether all that is aboard from the start after so many calls is one client's."""
    for row in range(vehicles_of(day)[v, V_ABOARD], vehicles_of(day)[v, V_ABOARD_END]):
        if _still_aboard(day, row, calls, m, until) and jobs_of(day)[aboard_of(day)[row, A_JOB], J_CLIENT] != client:
            return False
    return True
