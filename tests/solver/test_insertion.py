"""The first plan: tier before cost, trips, depots."""

from dataclasses import replace

from routing.domain.orders import Tier
from routing.solver.insertion import insert, insert_all, urgency
from routing.solver.solution import Solution
from tests.solver.tiny import controlled, depot, job, lost, problem, vehicle


def inserted(posed):
    return insert_all(Solution(posed, {}), sorted(range(len(posed.jobs)), key=urgency(posed)))


def test_the_order_of_urgency():
    posed = problem(
        [
            job(1, lost=lost(Tier.T2, 500)),
            job(2, lost=lost(Tier.T1, 10)),
            job(3, lost=lost(Tier.T1, 20)),
            job(4, lost=lost(Tier.T1, 20), latest_s=9000),
            job(5, lost=(0, 0, 1, 0, 5, 0)),
        ]
    )
    # Tier, then weight, then deadline: of the two of weight 20 the one with a deadline first.
    assert sorted(range(5), key=urgency(posed)) == [3, 2, 1, 4, 0]


def test_a_higher_tier_far_away_goes_before_a_lower_one_nearby():
    near, far = job(1, lost=lost(Tier.T2, 1000)), job(9, lost=lost(Tier.T1, 1))
    assert inserted(problem([near, far], [vehicle(stops_of={"v1": 1})])).served == {1}


def test_a_weightier_client_goes_first_within_a_tier():
    light, heavy = job(1, lost=lost(Tier.T2, 10)), job(9, lost=lost(Tier.T2, 11))
    assert inserted(problem([light, heavy], [vehicle(stops_of={"v1": 1})])).served == {1}


def test_what_does_not_fit_at_once_is_fetched_on_a_second_trip():
    posed = problem([job(2), job(4)], [vehicle(max_mass_g=1000)])
    solution = inserted(posed)
    tokens, _ = solution.routes[0]
    assert solution.served == {0, 1}
    assert tokens.count(~0) == 2
    # 2 x 2 x 2 + 2 x 4 minutes of travel in all: 4 + 8.
    assert solution.objective[-2:] == (12 * 60, 1200)


def test_goods_from_two_depots_are_loaded_at_both():
    goods = job(5, mass_g={0: 1, 1: 1}, volume_ml={0: 1, 1: 1})
    solution = inserted(problem([goods], depots=[depot(0), depot(2)]))
    assert [(call.kind, call.place) for call in solution.routes[0][1].calls] == [
        ("load", 0), ("load", 2), ("visit", 5),
    ]  # fmt: skip
    assert solution.objective[-2] == 10 * 60


def test_a_second_client_of_another_depot_adds_its_load():
    posed = problem([job(5), job(6, mass_g={1: 1}, volume_ml={1: 1})], depots=[depot(0), depot(2)])
    solution = inserted(posed)
    assert solution.served == {0, 1}
    assert {~0, ~1} <= set(solution.routes[0][0])


def test_the_cheaper_of_two_vehicles_takes_the_job():
    posed = problem([job(8)], [vehicle(), vehicle(people=("v2",), start=9, end=9)], [depot(9)])
    assert list(inserted(posed).routes) == [1]


def test_a_job_nobody_may_do_stays_out():
    posed = problem([job(2)], [vehicle(allowed=frozenset())])
    assert insert(Solution(posed, {}), 0) is None
    assert inserted(posed).routes == {}


def test_a_job_that_fits_nowhere_leaves_the_others_alone():
    posed = problem([job(2), job(5, windows=((0, 10),), lost=lost(Tier.T0A))])
    assert inserted(posed).served == {0}


def test_an_institution_gets_a_trip_of_its_own():
    posed = problem([job(2), job(3, institution=True), job(4)])
    solution = inserted(posed)
    assert solution.served == {0, 1, 2}
    assert solution.routes[0][0].count(~0) == 2


def test_a_pair_and_one_of_it_alone_share_the_day():
    together = vehicle(duty_id="v1.1+v2.1", people=("v1", "v2"), allowed=frozenset({0}))
    alone = vehicle(allowed=frozenset({1}))
    posed = problem([job(2, pair=True), controlled(3)], [together, alone])
    solution = inserted(posed)
    assert solution.served == {0, 1}
    spans = sorted((plan.start_s, plan.end_s) for _, plan in solution.routes.values())
    assert spans[0][1] <= spans[1][0]


def test_the_order_of_loading_follows_the_way():
    goods = job(1, mass_g={0: 1, 1: 1}, volume_ml={0: 1, 1: 1})
    far_first = replace(problem([goods], depots=[depot(2), depot(5)]))
    # 0 -> 2 -> 5 -> 1 -> 0: 10 minutes; the other order 0 -> 5 -> 2 -> 1 -> 0 as well: nobody travels more.
    assert inserted(far_first).objective[-2] == 10 * 60
