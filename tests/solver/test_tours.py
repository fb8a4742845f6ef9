"""Changes of routes of one pattern: each is worth what it was weighed at, and taking all back leaves all as it was."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.solver.compiled_descent import descend, iterate, worth
from routing.solver.compiled_moves import (
    exchange,
    exchange_gain,
    exchange_tails,
    insertion,
    shift,
    shift_gain,
    tails_gain,
    turn,
    turn_gain,
)
from routing.solver.compiled_tours import (
    M_LATE_PRICE,
    M_LOAD_PRICE,
    M_TOUCHED,
    R_COST,
    R_EXCESS,
    R_SIZE,
    R_WARP,
    remember,
    replace,
    restore,
)
from routing.solver.patterns import Patterns
from routing.solver.solution import Solution
from routing.solver.tours import PlainTours
from routing.solver.warming import warm_up_tours
from tests.solver.tiny import depot, job, lost, problem, vehicle

PLACES = 30


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """Compile what the tests call, so that no example is slow."""
    warm_up_tours()
    tours, _ = begun(1)
    tours.begin({0: [1, 2, 3, 4], 2: [5, 6, 7, 8]})
    v, w = 0, 1  # the rows of vehicles 0 and 2, of one kind
    for weigh, make, *change in (
        (exchange_gain, exchange, v, 1, 1, w, 1, 0),
        (tails_gain, exchange_tails, v, 1, w, 0),
        (shift_gain, shift, w, 1, 1, 2, 0),
        (turn_gain, turn, w, 1, 2),
    ):
        weigh(tours.address, *change)
        make(tours.address, *change)
    remember(tours.address, v)
    restore(tours.address)
    replace(tours.address, v, 1, 0, 0, 0)
    insertion(tours.address, 1, v, 1, 1, 1)
    worth(tours.address)


def made_up(seed, jobs=12):
    """Return a day of one site: ways dearer one way than the other, two kinds of vehicles, windows, tight loads."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    at = np.array([(chance.randrange(40), chance.randrange(40)) for _ in range(PLACES)])
    way = np.abs(at[:, None] - at[None, :]).sum(axis=2) * 20
    way += np.array([[chance.randrange(200) for _ in range(PLACES)] for _ in range(PLACES)])
    np.fill_diagonal(way, 0)
    everybody = range(jobs)

    def asked(place):
        opens = chance.randrange(9000)
        windows = ((opens, opens + chance.randrange(200, 4000)),) if chance.randrange(3) else ()
        mass = {0: chance.choice([500, 1000, 2000])}
        weight = lost(weight=chance.choice([5, 10]))
        return job(place, windows=windows, mass_g=mass, lost=weight, client_id=f"c{place}")

    def duty(number, kind):
        return vehicle(
            duty_id=f"d{number}",
            people=(f"v{number}",),
            span=(0, 10_000 - 2000 * kind),
            max_mass_g=4000 + 3000 * kind,
            stops_of={f"v{number}": 5 + kind},
            visit_s={one: 30 * one for one in everybody} if kind else {},
            allowed=frozenset(everybody if not kind else [one for one in everybody if one % 5]),
        )

    fleet = [duty(number, number % 2) for number in range(6)]
    return problem([asked(1 + place) for place in everybody], fleet, [depot(0)], time_s=way, distance_m=way)


def begun(seed, left_out=0):
    """Return tables with all but some on any routes, however late and heavy, at any prices."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    posed = made_up(seed)
    tours = PlainTours(Patterns(posed, 1), seed + 1)
    clients = list(range(1, len(posed.jobs) + 1))
    chance.shuffle(clients)
    used = chance.choice([1, 2, 4, 6])
    tours.begin({number: clients[left_out:][number::used] for number in range(used)})
    tours.tables.marks[M_LATE_PRICE] = chance.choice([100, 1000, 20_000])
    tours.tables.marks[M_LOAD_PRICE] = chance.choice([100, 1000, 20_000])
    return tours, chance


def figures(tours):
    """Return all that is worked out along the routes."""
    tables = tours.tables
    ahead = len(tables.clients) + 1
    rows = [(row, row * ahead, int(size)) for row, size in enumerate(tables.routes[:, R_SIZE])]
    along = [tables.before[start : start + size + 2].tolist() for _, start, size in rows]
    return along, [tables.visits[row, : size + 2].tolist() for row, _, size in rows], tables.routes.tolist()


def two_routes(tours, chance):
    sizes = tours.tables.routes[:, R_SIZE]
    v = chance.choice([row for row, size in enumerate(sizes) if size])
    return v, chance.choice([row for row in range(len(sizes)) if row != v])


def tried(tours, weigh, make, *change):
    """Weigh a change, make it, and compare: no gain is promised that does not come, and none is more than promised."""
    before, told = worth(tours.address), weigh(tours.address, *change)
    make(tours.address, *change)
    came = worth(tours.address) - before
    assert came == told if told < 0 else came >= told >= 0, (change, told, came)


@given(st.integers(0, 10**6))
def test_strings_are_exchanged_at_what_was_weighed(seed):
    tours, chance = begun(seed)
    for _ in range(20):
        v, w = two_routes(tours, chance)
        sizes = tours.tables.routes[:, R_SIZE]
        n = chance.randint(1, min(3, sizes[v]))
        m = chance.randint(0, min(n, sizes[w]))
        i = chance.randint(1, sizes[v] - n + 1)
        j = chance.randint(1, sizes[w] - m + 1)
        tried(tours, exchange_gain, exchange, v, i, n, w, j, m)


@given(st.integers(0, 10**6))
def test_tails_are_exchanged_at_what_was_weighed(seed):
    tours, chance = begun(seed)
    kinds = tours.tables.vehicles[:, 0]
    for _ in range(20):
        v, w = two_routes(tours, chance)
        if kinds[v] == kinds[w]:
            sizes = tours.tables.routes[:, R_SIZE]
            tried(tours, tails_gain, exchange_tails, v, chance.randint(0, sizes[v]), w, chance.randint(0, sizes[w]))


@given(st.integers(0, 10**6))
def test_a_route_is_changed_within_at_what_was_weighed(seed):
    tours, chance = begun(seed)
    for _ in range(20):
        v, _w = two_routes(tours, chance)
        size = int(tours.tables.routes[v, R_SIZE])
        if size >= 2:
            i = chance.randint(1, size - 1)
            n = chance.randint(1, min(3, size - i))
            j = chance.randint(i + n, size)
            tried(tours, shift_gain, shift, v, i, n, j, chance.randint(1, size - j + 1))
            first = chance.randint(1, size - 1)
            tried(tours, turn_gain, turn, v, first, chance.randint(first + 1, size))


@given(st.integers(0, 10**6))
def test_somebody_is_put_in_at_what_was_weighed(seed):
    tours, chance = begun(seed, left_out=1)
    tables = tours.tables
    (missing,) = np.flatnonzero(tables.where[1:] < 0) + 1
    v = chance.randrange(len(tables.routes))
    position = chance.randint(1, tables.routes[v, R_SIZE] + 1)
    prices = int(tables.marks[M_LATE_PRICE]), int(tables.marks[M_LOAD_PRICE])
    before, told = worth(tours.address), insertion(tours.address, missing, v, position, *prices)
    tables.buffer[0] = missing
    replace(tours.address, v, position, 0, 0, 1)
    assert worth(tours.address) - before == told


@given(st.integers(0, 10**6))
def test_all_that_was_changed_can_be_taken_back(seed):
    tours, _ = begun(seed)
    before = figures(tours)
    tours.tables.marks[M_TOUCHED] = 0
    tours.tables.promising[1:] = 1
    descend(tours.address)
    restore(tours.address)
    assert figures(tours) == before


@given(st.integers(0, 10**6))
def test_a_descent_never_costs_more_and_loses_nobody(seed):
    tours, _ = begun(seed)
    before = worth(tours.address)
    tours.tables.promising[1:] = 1
    descend(tours.address)
    assert worth(tours.address) <= before
    assert on_routes(tours) == list(range(1, len(tours.tables.clients)))


def on_routes(tours):
    rows = zip(tours.tables.visits, tours.tables.routes[:, R_SIZE], strict=True)
    return sorted(client for visits, size in rows for client in visits[1 : 1 + size].tolist())


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_the_best_plan_is_lawful_costs_what_is_said_and_serves_no_less(seed, left_out):
    tours, _ = begun(seed, left_out)
    served = on_routes(tours)
    weighs = sum(int(tours.tables.clients[client, 3]) for client in served)
    iterate(tours.address, 60, 100.0, 8)
    best = tours.best()
    if not best:
        return  # no lawful plan was met
    posed = made_up(seed)
    patterns = Patterns(posed, 1)
    solution = Solution(posed, {})
    for number, visits in best.items():
        solution = solution.with_route(number, patterns.tokens(patterns.kind_of[number], list(visits)))
        assert isinstance(solution, Solution), "a route is unlawful"
    assert solution.objective[-2] == tours.best_cost[1]
    visited = [client for visits in best.values() for client in visits]
    assert len(set(visited)) == len(visited) >= len(served)
    assert sum(int(tours.tables.clients[client, 3]) for client in visited) >= weighs


def test_routes_met_are_fetched_once_with_what_they_cost():
    tours, _ = begun(3)
    iterate(tours.address, 100, 50.0, 6)
    met = list(tours.met())
    assert met
    assert list(tours.met()) == []
    whole = {visits: number for number, visits in tours.best().items()}
    costs = {visits: tours.cost(number, visits) for visits, number in whole.items()}
    assert sum(costs.values()) == tours.best_cost[1]


@pytest.mark.parametrize("late", [False, True])
def test_what_begins_lawful_is_the_best_plan_met(late):
    posed = problem([job(5, windows=((0, 300 - late),))], depots=[depot(0, call_s=0)])
    tours = PlainTours(Patterns(posed, 1), 1)
    tours.begin({0: [1]})
    assert tours.best() == ({} if late else {0: (1,)})
    assert tours.tables.routes[0, [R_COST, R_WARP, R_EXCESS]].tolist() == [600, int(late), 0]


def test_a_route_is_remembered_once():
    tours, _ = begun(1)
    tours.tables.marks[M_TOUCHED] = 0
    remember(tours.address, 2)
    remember(tours.address, 2)
    assert tours.tables.marks[M_TOUCHED] == 1
