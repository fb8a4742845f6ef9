"""A day's routes while they are searched: `solution.Solution` as tables that kernels change in place.

Law: whatever changes a route goes through `compiled_placing.place_route`; what was touched since `remember` can be
taken back by `restore`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from routing.network.compiled import bare
from routing.solver.compiled_chance import begun
from routing.solver.compiled_day import (
    BALANCE,
    EXPOSURE,
    JOBS,
    LONGEST,
    PEOPLE,
    V_CREW,
    V_CREW_END,
    V_HOMEWARD,
    V_KIN,
    V_KIN_END,
    VEHICLES,
    CompiledDay,
    crew_of,
    kin_of,
    vehicles_of,
)
from routing.solver.compiled_schedule import scratch
from routing.solver.compiled_tables import ENTRY, KERNELS, Address, Table, number, row_at, table_at
from routing.solver.problem import TIERS, homeward_of

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

ROWS_OF_ONE = frozenset({"where", "totals", "old_totals", "touched", "best_totals", "out", "buffer", "grades"})


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
    grades
        What a unit of weight lost costs for a while, by tier, in thousandths of a second; nothing: tiers come first.
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
    grades: Table


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
    grades_of,
) = ((row_at if name in ROWS_OF_ONE else table_at)(KERNELS + ENTRY * slot) for slot, name in enumerate(State._fields))


def empty_state(made: CompiledDay, seed: int) -> State:
    """Return a day on which nobody goes out."""
    vehicles, jobs, longest, people = (int(made.header[column]) for column in (VEHICLES, JOBS, LONGEST, PEOPLE))

    def room(*shape: int) -> Table:
        return np.zeros(shape, dtype=np.int64)

    totals = room(TOTALS)
    totals[:LOST] = made.day.lost.sum(axis=0)
    totals[T_COST] = sum(homeward_of(made.problem.vehicles).values())
    totals[T_CHANCE] = begun(seed)
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
        candidates=room(4, 10 * (longest + 2)),
        pool=room(3, jobs + 1),
        grades=room(LOST),
    )


@bare
def copy(source: Any, target: Any, n: int) -> None:
    """Copy the first `n` numbers."""
    for at in range(n):
        target[at] = source[at]


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
    # Who visits somebody on the way from the road need not come home otherwise.
    cost += vehicles_of(day)[v, V_HOMEWARD] * ((route[R_VISITS] > 0) - (visits > 0))
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
def keep_best(state: Address) -> None:
    """Copy the routes as the best met."""
    copy(totals_of(state), best_totals_of(state), TOTALS)
    for v in range(len(routes_of(state))):
        n = routes_of(state)[v, R_SIZE]
        copy(tokens_of(state)[v], best_tokens_of(state)[v], n)
        copy(routes_of(state)[v], best_routes_of(state)[v], R_TOUCHED + 1)
