"""Several routes on one day: people, passes, stops, isolation; and how two days compare."""

from dataclasses import replace

import pytest

from routing.domain.orders import Tier
from routing.domain.reasons import ReasonCode
from routing.solver.problem import exclude_each_other
from routing.solver.solution import Solution
from tests.solver.tiny import DAY, job, lost, problem, vehicle

LOAD = ~0


def two_duties(*jobs, one=None, other=None):
    """The same volunteer in the morning and in the afternoon, say on two vehicles."""
    return problem(jobs or [job(2), job(3)], [vehicle(**(one or {})), vehicle(duty_id="v1.2", **(other or {}))])


def with_routes(posed, *routes):
    solution = Solution(posed, {})
    for number, tokens in routes:
        solution = solution.with_route(number, tokens)
        if isinstance(solution, ReasonCode):
            return solution
    return solution


def test_routes_of_the_same_person_do_not_overlap():
    solution = with_routes(two_duties(), (0, (LOAD, 0)), (1, (LOAD, 1)))
    # The first is out from 0 to 360 (load 60, 2 x 120, service 60); the second follows.
    assert [(plan.start_s, plan.end_s) for _, plan in solution.routes.values()] == [(0, 360), (360, 840)]


@pytest.mark.parametrize(("ends_s", "expected"), [(839, ReasonCode.SHIFT_TOO_SHORT), (840, None), (841, None)])
def test_the_second_route_has_to_fit_into_what_is_left(ends_s, expected):
    posed = two_duties(other={"span": (0, ends_s)})
    found = with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1)))
    assert (found if isinstance(found, ReasonCode) else None) == expected


def test_what_is_left_of_a_span_lies_before_and_after():
    posed = two_duties(job(2, windows=((1000, 1000),)), job(3))
    solution = with_routes(posed, (0, (LOAD, 0)))
    # Out from 820, load to 880, there at 1000, back at 1180.
    assert solution.spans_left(1) == [(0, 820), (1180, DAY[1])]
    assert solution.spans_left(0) == [DAY]


def test_another_person_is_free_all_the_time():
    posed = problem([job(2), job(3)], [vehicle(), vehicle(people=("v2",))])
    solution = with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1)))
    assert [plan.start_s for _, plan in solution.routes.values()] == [0, 0]


@pytest.mark.parametrize("away", [{"end": 5}, {"start": 5, "end": 5}])
def test_a_second_duty_starts_where_the_first_ended(away):
    posed = two_duties(other=away)
    assert exclude_each_other(*posed.vehicles)
    assert with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1))) is ReasonCode.RULES_COMBINED


def test_a_pass_for_one_trip_is_used_once():
    once = {"single_use": frozenset({"p1"})}
    posed = two_duties(one=once, other=once)
    assert exclude_each_other(*posed.vehicles)
    assert with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1))) is ReasonCode.RULES_COMBINED
    assert not exclude_each_other(vehicle(**once), vehicle(single_use=frozenset({"p2"})))


@pytest.mark.parametrize(("most", "lawful"), [(2, False), (3, True), (4, True)])
def test_stops_are_counted_over_all_routes_of_a_person(most, lawful):
    stops = {"stops_of": {"v1": most}}
    posed = two_duties(job(2), job(3), job(4), one=stops, other=stops)
    found = with_routes(posed, (0, (LOAD, 0, 1)), (1, (LOAD, 2)))
    assert isinstance(found, Solution) is lawful


def test_stops_accompanied_count_too():
    pair = vehicle(duty_id="v1.1+v2.1", people=("v1", "v2"), stops_of={"v1": 9, "v2": 1})
    second = vehicle(duty_id="v2.1", people=("v2",), stops_of={"v2": 1})
    posed = problem([job(2), job(3)], [pair, second])
    assert with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1))) is ReasonCode.RULES_COMBINED
    assert with_routes(posed, (1, (LOAD, 0)), (0, (LOAD, 1))) is ReasonCode.RULES_COMBINED


def test_both_of_a_pair_are_away_while_it_is_out():
    posed = problem([job(2), job(3)], [vehicle(people=("v1", "v2")), vehicle(people=("v2",)), vehicle(people=("v3",))])
    solution = with_routes(posed, (0, (LOAD, 0)))
    assert [solution.spans_left(number) for number in (1, 2)] == [[(360, DAY[1])], [DAY]]


def test_after_an_isolating_client_nobody_else_is_visited_on_the_next_route():
    posed = two_duties(job(2), job(3, isolating=True, isolating_last=True), job(4))
    assert with_routes(posed, (0, (LOAD, 0, 1)), (1, (LOAD, 2))) is ReasonCode.RULES_COMBINED
    assert isinstance(with_routes(posed, (1, (LOAD, 2)), (0, (LOAD, 0, 1))), Solution)


def test_a_route_of_isolating_clients_alone_goes_last_and_leaves_room_before():
    posed = two_duties(job(2, isolating=True, isolating_last=True), job(3))
    found = with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1)))
    assert found.routes[1][1].end_s <= found.routes[0][1].start_s


def test_a_route_without_visits_is_no_route():
    posed = two_duties()
    assert with_routes(posed, (0, (LOAD,))).routes == {}
    assert with_routes(posed, (0, (LOAD, 0)), (0, ())).routes == {}


def test_a_route_that_is_exchanged_does_not_stand_in_its_own_way():
    solution = with_routes(two_duties(), (0, (LOAD, 0)), (0, (LOAD, 0, 1)))
    assert solution.served == {0, 1}


# ----------------------------------------------------------------------------------------------- the objective


def test_the_objective_of_a_day():
    jobs = [job(2), job(3, lost=(0, 0, 7, 0, 5, 0)), job(9, lost=lost(Tier.T1, 4))]
    solution = with_routes(problem(jobs), (0, (LOAD, 0)))
    # Nothing locked; lost: T1 7 + 4, T3 5; 2 x 2 minutes of travel, 400 m.
    assert solution.objective == (0, 0, 0, 11, 0, 5, 0, 240, 400)


def test_one_unit_of_a_higher_tier_outweighs_all_below():
    jobs = [job(2, lost=lost(Tier.T1, 1)), job(3, lost=lost(Tier.T2, 1000)), job(4, lost=lost(Tier.T3, 1000))]
    posed = problem(jobs)
    assert with_routes(posed, (0, (LOAD, 0))).objective < with_routes(posed, (0, (LOAD, 1, 2))).objective


def test_a_visit_that_has_a_price_for_one_vehicle_costs_it_there_alone():
    posed = problem([job(2), job(3)], [vehicle(), vehicle(people=("v2",), visit_s={0: 120})])
    liked = with_routes(posed, (0, (LOAD, 0)), (1, (LOAD, 1)))
    other = with_routes(posed, (1, (LOAD, 0)), (0, (LOAD, 1)))
    assert other.objective[-2] - liked.objective[-2] == 120


def test_a_locked_job_left_out_is_worse_than_all_tiers():
    posed = replace(problem([job(2, lost=lost(Tier.T4, 1)), job(3, lost=lost(Tier.T0A, 9))]), must=frozenset({0}))
    assert with_routes(posed, (0, (LOAD, 0))).objective < with_routes(posed, (0, (LOAD, 1))).objective


@pytest.mark.parametrize(("visits", "price"), [(0, 0), (1, 0), (2, 40), (3, 120), (4, 240)])
def test_each_visit_more_of_one_person_costs_more(visits, price):
    # The second 40, the third 80, the fourth 120.
    assert replace(problem([job()]), exposure_s=40).burden_s(visits, 0) == price


@pytest.mark.parametrize(("hours", "price"), [(0, 0), (1, 50), (2, 200), (4, 800)])
def test_each_hour_more_of_one_person_costs_more(hours, price):
    assert replace(problem([job()]), balance_s=100).burden_s(0, 3600 * hours) == price


def test_a_pair_is_two_people_who_are_out():
    posed = replace(problem([job(2)], [vehicle(people=("v1", "v2"))]), balance_s=3600)
    # Both are out from 0 to 360 (load 60, 2 x 120, service 60): 3600 x 360 x 360 / (2 x 3600 x 3600) = 18 each.
    assert with_routes(posed, (0, (LOAD, 0))).preferences_s == 36
