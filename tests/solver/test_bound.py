"""The bound on travel: never above the least travel of any lawful day, and near it."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing.solver import bound as bounding
from routing.solver.bound import Work, travel_bound
from routing.solver.bound_master import Budget
from routing.solver.bound_terms import budgets_of, covered_s, groups_of, lagrangian
from routing.solver.solution import Solution
from tests.solver.random_days import days, lawful_routes, least_travel
from tests.solver.tiny import controlled, depot, job, planned, problem, vehicle

COUNTED = Work(labels=500_000)
SEEN: Counter[str] = Counter()


def solution(posed, *routes):
    """Make a solution of (vehicle, tokens)."""
    return Solution(posed, {number: (tokens, planned(posed, *tokens, number=number)) for number, *tokens in routes})


def bound_s(posed, *routes):
    found = travel_bound(solution(posed, *routes), COUNTED)
    return None if found is None else found.travel_s


# By hand, on the row of places a minute apart


def test_a_day_without_visits_needs_no_travel():
    assert travel_bound(Solution(problem([job(5)]), {}), COUNTED).travel_s == 0


def test_one_visit_is_there_and_back():
    # 5 places out and 5 back: 10 x 60
    assert bound_s(problem([job(5)]), (0, ~0, 0)) == 600


def test_the_way_leads_past_the_depot_that_the_goods_come_from():
    # Start 0, depot 7, client 5: 7 + 2 + 5 = 14 minutes, though the client is 5 away.
    assert bound_s(problem([job(5)], depots=[depot(7)]), (0, ~0, 0)) == 840


def test_the_way_home_leads_past_the_depot_where_somebody_counts_in():
    # Depot 7, start and end 4: 3 to load, 2 to the client at 9, 2 back to count in, 3 home.
    posed = problem([controlled(9)], [vehicle(start=4, end=4)], depots=[depot(7)])
    assert bound_s(posed, (0, ~0, 0)) == 600


def test_goods_that_are_aboard_at_the_start_ask_for_no_way_past_the_depot():
    # Depot 7: 14 minutes to load there first, 10 with the goods aboard.
    posed = problem([job(5)], [vehicle(aboard=frozenset({0}))], depots=[depot(7)])
    assert bound_s(posed, (0, ~0, 0)) == 600


@pytest.mark.parametrize("midst", [{"on_the_road": True}, {"partly": {0: frozenset({0})}}])
def test_nothing_is_claimed_of_a_day_whose_rules_the_relaxation_does_not_know(midst):
    posed = problem([job(2)], [vehicle(**midst)])
    assert bound_s(posed, (0, ~0, 0)) is None


def test_what_cannot_be_aboard_together_is_fetched_twice():
    # 6 kg each, 10 kg at most: 2 x 8 to the client at 8, 2 x 9 to the other at 9, where one trip would take 18.
    heavy = {"mass_g": {0: 6000}}
    assert bound_s(problem([job(8, **heavy), job(9, **heavy)]), (0, ~0, 0, ~0, 1)) == 16 * 60 + 18 * 60


def test_a_crooked_route_shows_a_gap():
    # 9, 1, 5 one after the other: 9 + 8 + 4 + 5 = 26 minutes; 18 are enough.
    posed = problem([job(9), job(1), job(5)])
    assert solution(posed, (0, ~0, 0, 1, 2)).objective[-2] == 26 * 60
    assert bound_s(posed, (0, ~0, 0, 1, 2)) == 18 * 60


def test_whom_both_of_two_duties_ask_for_makes_so_many_visits_on_both_together():
    # v1 starts at 0, v2 at 9; both jobs lie at 1. Each of v1's two duties might make one of the visits, a minute out
    # and one back; but v1 makes one a day, so the other is v2's: 2 x 1 + 2 x 8 minutes.
    jobs = [job(1, client_id="a", mass_g={}), job(1, client_id="b", mass_g={})]
    usual = [vehicle(duty_id=f"d{n}", span=(1000 * n, 1000 * n + 900), stops_of={"v1": 1}) for n in range(2)]
    other = vehicle(duty_id="d9", people=("v2",), start=9, end=9, stops_of={"v2": 1})
    posed = problem(jobs, [*usual, other])
    assert bound_s(posed, (0, 0), (2, 1)) == 120 + 960


def test_two_duties_that_exclude_each_other_are_one_group():
    lone, pair = vehicle(), vehicle(people=("v1", "v2"), end=9)
    assert groups_of([lone, pair, vehicle(people=("v3",))]) == [[0, 1], [2]]


def test_every_vehicle_of_a_group_may_gain_what_one_may():
    # Worth 100; kind 0 gains 30 at most and has two vehicles, kind 1 gains nothing: 100 - 2 x 30. A budget of 5 at
    # a charge of 2 takes 10 more.
    groups = [((0,), 2), ((1,), 1)]
    assert lagrangian(np.array([60, 40]), [], [], [-30, 7], groups) == 40
    assert lagrangian(np.array([60, 40]), [2], [Budget(frozenset({0}), 5, timed=False)], [-30, 7], groups) == 30


def test_spans_that_overlap_count_once():
    # 0..10 and 5..20 cover 20; 30..40 another 10.
    assert covered_s([(5, 20), (0, 10), (30, 40)]) == 30


def test_nothing_proved_is_no_bound():
    assert travel_bound(solution(problem([job(5)]), (0, ~0, 0)), Work(labels=0)) is None


def test_counted_work_gives_the_same_bound_and_the_same_count_again():
    posed = problem([job(9), job(1), job(5), job(3)], [vehicle(), vehicle(people=("v2",), start=4, end=4)])
    asked = solution(posed, (0, ~0, 0, 1, 2, 3))
    assert travel_bound(asked, COUNTED) == travel_bound(asked, COUNTED)


# On random days, against every lawful route


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(days())
def _hold_below_the_optimum(posed):
    routes = [lawful_routes(posed, number) for number in range(len(posed.vehicles))]
    best = _best(posed, routes)
    assume(best is not None)
    travel_s, chosen = best
    made = Solution(posed, {number: routes[number][visits][::-1] for number, visits in chosen.items()})
    found = travel_bound(made, COUNTED)
    assume(travel_s > 0)
    SEEN["days"] += 1
    if found is None:
        return
    assert found.travel_s <= travel_s
    SEEN["proved"] += 1
    SEEN["gap, thousandths"] += 1000 * (travel_s - found.travel_s) // travel_s


def _best(posed, routes):
    """Return the shortest day that makes as many visits as can be made."""
    every = sorted({job for some in routes for visits in some for job in visits})
    for left_out in range(len(every)):
        best = least_travel(posed, routes, frozenset(every[left_out:]))
        if best is not None:
            return best
    return None


def test_no_lawful_day_travels_less_than_the_bound_and_most_bounds_are_near():
    SEEN.clear()
    _hold_below_the_optimum()
    assert SEEN["proved"] >= 0.9 * SEEN["days"] > 15
    # The mean gap to the least travel; a relaxation that forgot depots or loads would leave far more.
    assert SEEN["gap, thousandths"] / SEEN["proved"] < 60


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(days(most_jobs=3), st.randoms(use_true_random=False))
def test_any_worths_and_charges_give_a_sound_bound(posed, chance: random.Random):
    routes = [lawful_routes(posed, number) for number in range(len(posed.vehicles))]
    best = _best(posed, routes)
    assume(best is not None)
    travel_s, chosen = best
    made = Solution(posed, {number: routes[number][visits][::-1] for number, visits in chosen.items()})
    run = bounding._Bounding(made, COUNTED)
    worths = tuple(chance.choice((0, 100.3, 700, 2500, 9000)) * chance.random() for _ in made.served)
    charges = tuple(chance.choice((0, 0.1, 1, 300)) * chance.random() for _ in run._budgets)
    thresholds = tuple(-chance.choice((0, 10, 400)) * chance.random() for _ in run._groups)
    SEEN["asked"] += 1
    if run._price_all(bounding.Duals(0.0, worths, thresholds, charges)) is not None:
        SEEN["answered"] += 1
        assert run._best <= travel_s * bounding.PARTS


def test_a_proof_that_takes_too_long_is_rare_and_claims_nothing():
    test_any_worths_and_charges_give_a_sound_bound()
    assert SEEN["answered"] >= 0.95 * SEEN["asked"]


def test_budgets_are_of_those_who_are_on_several_vehicles():
    fleet = [vehicle(span=(0, 100)), vehicle(span=(50, 200), people=("v1", "v2")), vehicle(people=("v3",))]
    found = budgets_of(problem([job(5)], fleet), {0: 0, 1: 1, 2: 2})
    assert [(sorted(each.kinds), each.most, each.timed) for each in found] == [
        ([0, 1], 100, False),
        ([0, 1], 200, True),
    ]


@pytest.mark.parametrize("scale", [1, 7])
def test_worths_are_rounded_down_in_whole_parts(scale):
    # 1/1024 s and a little: one part for each of the scale
    assert list(bounding._parts([scale * 1.5 / 1024])) == [int(1.5 * scale)]
    assert np.issubdtype(bounding._parts([0.5]).dtype, np.int64)
