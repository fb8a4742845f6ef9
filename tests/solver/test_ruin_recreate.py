"""Ruin and recreate: lawful on any day, counted as `Solution` counts, never worse than its start."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.solver.effort import Effort
from routing.solver.insertion import insert_all, urgency
from routing.solver.problem import Problem
from routing.solver.ruin_recreate import CompiledRoutes, first_plan, search
from routing.solver.solution import Solution
from tests.solver.anything import anything, under_way
from tests.solver.lawful import assert_lawful
from tests.solver.tiny import job, problem, vehicle

ANY = (st.integers(0, 10**9), st.sampled_from([0.1, 0.3, 0.6]), st.sampled_from([anything, under_way]))


def inserted(posed: Problem) -> Solution:
    return insert_all(Solution(posed, {}), sorted(range(len(posed.jobs)), key=urgency(posed)))


@settings(max_examples=120, deadline=None)
@given(*ANY)
def test_what_kernels_count_is_confirmed_to_the_second_and_the_metre(seed, rare, made):
    routes = CompiledRoutes(made(seed, jobs=9, vehicles=5, rare=rare), seed)
    routes.fill()
    for _ in range(3):
        routes.ruin(20, 30.0)
        found = routes.best()
        assert_lawful(found)
        assert found.objective == routes.best_cost


@settings(max_examples=60, deadline=None)
@given(*ANY)
def test_a_search_is_never_worse_than_its_start(seed, rare, made):
    start = inserted(made(seed, jobs=8, rare=rare))
    found = search(start.problem, Effort(iterations=1, seed=seed), start)
    assert_lawful(found)
    assert found.objective <= start.objective


@settings(max_examples=30, deadline=None)
@given(*ANY)
def test_going_on_from_routes_of_others_never_loses_the_best(seed, rare, made):
    others = inserted(made(seed, jobs=8, rare=rare))
    routes = CompiledRoutes(others.problem, seed)
    routes.fill()
    routes.ruin(20, 30.0)
    own = routes.best_cost
    routes.go_on_from(others)
    found = routes.best()
    assert_lawful(found)
    assert found.objective == routes.best_cost <= own


def test_a_short_search_ends_no_worse_than_what_it_hears_from_others():
    # Twelve rounds alone end with more left out, or more travel, than sixty rounds do on some of these days.
    alone_is_worse = 0
    for seed in range(6):
        posed = anything(seed, jobs=30, vehicles=5, rare=0.1)
        others = search(posed, Effort(iterations=60, seed=7))
        alone = search(posed, Effort(iterations=12))
        found = search(posed, Effort(iterations=12), others=lambda others=others: [others])
        assert_lawful(found)
        assert found.objective <= others.objective
        alone_is_worse += alone.objective > others.objective
    assert alone_is_worse


@settings(max_examples=15, deadline=None)
@given(*ANY)
def test_the_same_seed_gives_the_same_routes(seed, rare, made):
    posed = made(seed, jobs=8, rare=rare)
    assert search(posed, Effort(iterations=1)).routes == search(posed, Effort(iterations=1)).routes


@settings(max_examples=60, deadline=None)
@given(*ANY)
def test_the_cheapest_insertion_is_lawful_and_costs_what_it_says(seed, rare, made):
    posed = made(seed, rare=rare)
    some = insert_all(Solution(posed, {}), range(len(posed.jobs) - 1))
    last = len(posed.jobs) - 1
    routes = CompiledRoutes(posed)
    routes.put_in(some)
    before = Solution(posed, {})
    for number in sorted(some.routes, key=lambda number: (some.routes[number][1].start_s, number)):
        taken = before.with_route(number, routes.tokens(number))
        before = taken if isinstance(taken, Solution) else before
    found = routes.cheapest(last)
    if found is not None:
        number, tokens, cost = found
        after = before.with_route(number, tokens)
        assert isinstance(after, Solution)
        assert last in after.served
        assert cost == after.objective[-2] - before.objective[-2]


def test_a_client_between_two_others_costs_no_way():
    # Places 2 and 6 on the row are visited; 4 lies between them, 9 is three minutes beyond: there and back 360 s.
    posed = problem([job(2), job(6), job(4), job(9)])
    some = insert_all(Solution(posed, {}), (0, 1))
    routes = CompiledRoutes(posed)
    routes.put_in(some)
    assert routes.cheapest(2) == (0, (~0, 0, 2, 1), 0)
    # Before or after the client at 6, who lies on the way out and on the way back: the first is taken.
    assert routes.cheapest(3) == (0, (~0, 0, 3, 1), 360)
    assert routes.tokens(0) == (~0, 0, 1)


def test_a_job_for_which_nobody_has_room_has_no_insertion():
    posed = problem([job(2), job(3)], [vehicle(stops_of={"v1": 1})])
    routes = CompiledRoutes(posed)
    routes.put_in(insert_all(Solution(posed, {}), (0,)))
    assert routes.cheapest(1) is None


def test_the_first_plan_serves_the_most_urgent():
    posed = anything(5, jobs=30, vehicles=6, rare=0.05)
    found = first_plan(posed)
    assert_lawful(found)
    assert found.objective[:3] <= inserted(posed).objective[:3]


def test_routes_met_on_the_way_are_told_and_a_stop_is_heard():
    told: set[tuple[int, tuple[int, ...]]] = set()
    posed = anything(5, jobs=30, vehicles=6, rare=0.05)
    found = search(posed, Effort(seconds=60), None, lambda v, tokens: told.add((v, tokens)), lambda: len(told) > 30)
    assert len(told) > 30
    assert_lawful(found)


def test_a_day_of_nothing_is_empty():
    assert search(problem([]), Effort(iterations=1)).routes == {}
