"""Routes met on the way: distinct, the cheapest of their kind, not too many, in an order of their own."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from routing.solver.classes import classes_of
from routing.solver.pool import Pool
from routing.solver.solution import Solution
from tests.solver.tiny import job, problem, vehicle

TWINS = [vehicle(), vehicle(duty_id="v2.1", people=("v2",))]


def test_vehicles_that_are_alike_but_for_their_people_share_routes():
    pool = Pool(problem([job(2), job(5)], TWINS))
    pool.add(0, (~0, 0))
    pool.add(1, (~0, 0))
    assert [(route.kind, route.tokens) for route in pool.routes()] == [(0, (~0, 0))]
    assert pool.classes == [(0, 1)]


def test_two_duties_of_one_person_are_never_alike():
    assert classes_of(problem([job()], [vehicle(), vehicle(duty_id="v1.2")])) == [(0,), (1,)]


def test_two_that_share_a_pass_for_one_use_are_never_alike():
    one = [vehicle(single_use=frozenset({"p"})), vehicle(people=("v2",), single_use=frozenset({"p"}))]
    assert classes_of(problem([job()], one)) == [(0,), (1,)]


def test_whoever_may_carry_less_is_not_alike():
    assert classes_of(problem([job()], [vehicle(), vehicle(people=("v2",), max_mass_g=9_999)])) == [(0,), (1,)]


def test_of_two_orders_of_the_same_stops_the_cheaper_stays():
    # 0 -> 5 -> 2 -> 0 is as far as 0 -> 2 -> 5 -> 0; 0 -> 5 -> 2 -> 7 -> 0 is 6 minutes farther than in order.
    pool = Pool(problem([job(2), job(5), job(7)]))
    pool.add(0, (~0, 1, 0, 2))
    assert [route.cost for route in pool.routes()] == [20 * 60]
    pool.add(0, (~0, 0, 1, 2))
    assert [(route.tokens, route.cost) for route in pool.routes()] == [((~0, 0, 1, 2), 14 * 60)]


def test_a_route_that_is_against_the_rules_stays_out_where_its_cost_is_to_be_learnt():
    pool = Pool(problem([job(2)]))
    pool.add(0, (0,))
    assert len(pool) == 0


def test_a_price_of_a_visit_is_part_of_the_cost():
    pool = Pool(problem([job(2)], [vehicle(visit_s={0: 77})]))
    pool.add(0, (~0, 0))
    assert pool.routes()[0].cost == 4 * 60 + 77


def test_what_is_banned_does_not_come_back():
    pool = Pool(problem([job(2)]))
    pool.add(0, (~0, 0))
    pool.ban(pool.routes()[0])
    pool.add(0, (~0, 0))
    assert len(pool) == 0


def test_when_the_cheapest_order_is_banned_the_next_takes_its_place():
    pool = Pool(problem([job(2), job(5)]))
    for tokens, cost in [((~0, 0, 1), 9), ((0, 1), 1), ((~0, 1, 0), 5)]:
        pool.add(0, tokens, cost, 1)
    pool.ban(pool.routes()[0])
    assert [(route.tokens, route.cost) for route in pool.routes()] == [((~0, 1, 0), 5)]


def test_when_there_are_too_many_those_from_worse_plans_go():
    posed = problem([job(place) for place in range(1, 8)])
    pool = Pool(posed, most=3)
    for worth, index in enumerate((5, 0, 3, 1, 4), start=100):
        pool.add(0, (~0, index), 60, worth)
    pool.add(0, (~0, 6), 60, 50)  # the sixth: twice as many as may stay
    assert [route.tokens[1] for route in pool.routes()] == [6, 5, 0]


def test_the_routes_of_a_plan_stay_longest():
    posed = problem([job(2), job(5)])
    found = Solution(posed, {}).with_route(0, (~0, 0, 1))
    pool = Pool(posed)
    pool.add(0, (~0, 0), 240, 0)
    pool.add_all(found)
    assert pool.routes()[0].tokens == (~0, 0, 1)


@given(st.permutations(list(itertools.combinations(range(4), 2))), st.randoms())
def test_the_order_of_arrival_does_not_matter(pairs, chance):
    posed = problem([job(place) for place in (2, 4, 6, 8)])
    costs = {pair: chance.randint(1, 3) for pair in pairs}
    one, other = Pool(posed), Pool(posed)
    for pair in pairs:
        one.add(0, (~0, *pair), costs[pair], 1)
    for pair in sorted(pairs):
        other.add(0, (~0, *pair), costs[pair], 1)
    assert one.routes() == other.routes()
