"""A vehicle in the midst of its day: goods aboard need no load, stay till handed over, and are counted in if not.

The row of places: a minute from each to the next, the depot at 0; a load, a visit, a count-in last a minute each.
"""

from dataclasses import replace

import pytest

from routing.domain.reasons import ReasonCode
from routing.solver.insertion import insert, insert_all
from routing.solver.ortools_routes import improve
from routing.solver.schedule import Schedule
from routing.solver.solution import Solution
from tests.solver.tiny import controlled, depot, job, planned, problem, run, steps, vehicle

LOAD = ~0


def on_the_road(place: int = 4, **fields):
    """Return a vehicle at a place with the goods of job 0 aboard, on its way to the depot's place 0."""
    return vehicle(**{"start": place, "aboard": frozenset({0}), "on_the_road": True, **fields})


def test_goods_aboard_need_no_load():
    found = planned(problem([job(5)], [on_the_road()]), 0)
    # From 4 to 5 a minute, the visit a minute, home five.
    assert steps(found) == [("visit", 60, 60, 120)]
    assert (found.start_s, found.end_s, found.travel_s) == (0, 420, 360)


def test_a_load_for_goods_aboard_is_left_out():
    posed = problem([job(5)], [on_the_road()])
    assert planned(posed, LOAD, 0) == planned(posed, 0)


def test_goods_of_others_are_loaded_all_the_same():
    posed = problem([job(5), job(6)], [on_the_road()])
    assert run(posed, 0, 1) is ReasonCode.RULES_COMBINED
    assert steps(planned(posed, 0, LOAD, 1)) == [
        ("visit", 60, 60, 120),
        ("load", 420, 420, 480),
        ("visit", 840, 840, 900),
    ]


def test_controlled_goods_aboard_are_counted_in_after_the_visit():
    # 4 to 5 and a minute there: 120. To the depot at 420, counted in till 480, and home is there.
    found = planned(problem([controlled(5)], [on_the_road()]), 0)
    assert steps(found) == [("visit", 60, 60, 120), ("return", 420, 420, 480)]


def test_controlled_goods_aboard_that_nobody_is_handed_are_counted_in():
    posed = problem([controlled(5), job(3)], [on_the_road(aboard=frozenset({0, 1}))])
    assert steps(planned(posed, 1)) == [("visit", 60, 60, 120), ("return", 300, 300, 360)]
    assert steps(planned(posed)) == [("return", 240, 240, 300)]


def test_other_goods_aboard_that_nobody_is_handed_come_home():
    posed = problem([job(5), job(3)], [on_the_road(aboard=frozenset({0, 1}))])
    assert steps(planned(posed, 1)) == [("visit", 60, 60, 120)]


def test_goods_not_handed_over_are_counted_in_at_the_next_load_there():
    posed = problem([controlled(5), job(6)], [on_the_road()])
    found = planned(posed, LOAD, 1)
    assert [call.kind for call in found.calls] == ["return", "load", "visit"]


def test_a_vehicle_counts_in_where_it_owes_it():
    there = replace(vehicle(), start=4, counts_in=frozenset({1}))
    posed = problem([job(5)], [there], [depot(0), depot(2)])
    assert steps(planned(posed)) == [("return", 120, 120, 180)]
    assert [call.kind for call in planned(posed, LOAD, 0).calls] == ["load", "visit", "return"]


@pytest.mark.parametrize(("most", "expected"), [(1999, ReasonCode.TOO_HEAVY), (2000, "fits"), (2001, "fits")])
def test_goods_aboard_fill_the_vehicle_until_they_are_handed_over(most, expected):
    # Job 1 is loaded before job 0, whose kilogram is aboard from the start, is visited.
    posed = problem([job(5), job(6)], [on_the_road(max_mass_g=most)])
    found = run(posed, LOAD, 0, 1)
    assert ("fits" if isinstance(found, Schedule) else found) == expected
    # After job 0 there is room.
    assert isinstance(run(posed, 0, LOAD, 1), Schedule)


@pytest.mark.parametrize(("most", "expected"), [(239, ReasonCode.CUSTODY_CEILING), (240, "fits"), (241, "fits")])
def test_goods_aboard_count_in_custody(most, expected):
    posed = problem([controlled(5), controlled(6)], [on_the_road(custody={"p1": most})])
    found = run(posed, LOAD, 0, 1)
    assert ("fits" if isinstance(found, Schedule) else found) == expected


def test_goods_counted_in_make_room():
    """What nobody is handed is aboard until the call at its depot, which comes before the load."""
    posed = problem([controlled(5), controlled(6)], [on_the_road(custody={"p1": 120})])
    assert isinstance(run(posed, LOAD, 1), Schedule)


def test_goods_aboard_for_others_keep_away_from_institutions():
    prison = job(6, client_id="prison", institution=True)
    posed = problem([job(5), prison], [on_the_road(aboard=frozenset({0, 1}))])
    assert run(posed, 1, 0) is ReasonCode.RULES_COMBINED
    alone = problem([job(5), prison], [on_the_road(aboard=frozenset({1}))])
    assert isinstance(run(alone, 1), Schedule)


def test_insertion_loads_nothing_that_is_aboard():
    posed = problem([job(5), job(6)], [on_the_road()])
    found = insert(Solution(posed, {}), 0)
    assert found is not None
    assert found.routes[0][0] == (0,)
    # Of two vehicles the one that has the goods takes them: the other would have to load.
    both = problem([job(5)], [vehicle(duty_id="v2.1", people=("v2",), stops_of={"v2": 9}), on_the_road(3)])
    found = insert(Solution(both, {}), 0)
    assert found is not None
    assert set(found.routes) == {1}


def test_goods_aboard_may_be_prepared_anew_for_another():
    """The vehicle with the goods may not go there; it counts them in, and the other loads new ones."""
    far = on_the_road(9, allowed=frozenset())
    other = vehicle(duty_id="v2.1", people=("v2",), stops_of={"v2": 9})
    posed = problem([controlled(5)], [far, other])
    found = insert(Solution(posed, {}), 0)
    assert found is not None
    assert {number: tokens for number, (tokens, _) in found.routes.items()} == {1: (LOAD, 0)}
    assert [call.kind for call in planned(posed).calls] == ["return"]


def test_whoever_is_on_the_road_comes_home_even_for_nothing():
    posed = problem([job(5)], [on_the_road(4, homeward_s=240)])
    assert Solution(posed, {}).objective[-2] == 240
    assert Solution(posed, {0: ((0,), planned(posed, 0))}).objective[-2] == 360


def test_of_several_duties_on_the_road_one_way_home_counts():
    ways = [on_the_road(4, homeward_s=seconds) for seconds in (300, 240)]
    assert Solution(problem([job(5)], ways), {}).objective[-2] == 240


def test_engines_keep_what_is_aboard_where_it_is():
    """From 4, the order 9, 5, 7 of goods aboard takes 5 + 4 + 2 + 7 minutes; there and back 5 + 9."""
    aboard = frozenset({0, 1, 2})
    posed = problem([job(5), job(7), job(9)], [on_the_road(4, aboard=aboard)])
    found = improve(insert_all(Solution(posed, {}), [2, 0, 1]))
    crossed = Solution(posed, {}).with_route(0, (2, 0, 1))
    assert isinstance(crossed, Solution)
    better = improve(crossed)
    assert crossed.objective[-2] == 18 * 60
    for each in (found, better):
        assert each.served == {0, 1, 2}
        assert each.objective[-2] == 14 * 60


def test_engines_schedule_a_move_that_loads_anew():
    """Job 0 is aboard the first vehicle and done by the second, with a load: the model keeps both as they are."""
    first = on_the_road(4, duty_id="v1.1")
    second = vehicle(duty_id="v2.1", people=("v2",), stops_of={"v2": 9})
    posed = problem([job(5), job(6)], [first, second])
    mixed = Solution(posed, {}).with_route(1, (LOAD, 0, 1))
    assert isinstance(mixed, Solution)
    assert improve(mixed).objective <= mixed.objective


def two_depots(**fields):
    """Return a job with a kilogram from each of two depots."""
    return job(5, mass_g={0: 1000, 1: 1000}, volume_ml={0: 1000, 1: 1000}, **fields)


def partly(**fields):
    """Return a vehicle at 4 with the goods of depot 0 for job 0 aboard, and not those of depot 1."""
    return on_the_road(**{"aboard": frozenset(), "partly": {0: frozenset({0})}, **fields})


def test_of_goods_partly_aboard_the_rest_is_loaded():
    posed = problem([two_depots()], [partly()], [depot(0), depot(2)])
    assert run(posed, 0) is ReasonCode.RULES_COMBINED
    assert [(str(call.kind), call.index) for call in planned(posed, ~0, ~1, 0).calls] == [("load", 1), ("visit", 0)]


@pytest.mark.parametrize(("most", "expected"), [(1999, ReasonCode.TOO_HEAVY), (2000, "fits")])
def test_goods_partly_aboard_add_up_with_those_loaded(most, expected):
    found = run(problem([two_depots()], [partly(max_mass_g=most)], [depot(0), depot(2)]), ~1, 0)
    assert ("fits" if isinstance(found, Schedule) else found) == expected


def test_controlled_goods_partly_aboard_are_counted_in_at_their_own_depot():
    goods = two_depots(custody={(0, "p1"): 10, (1, "p1"): 10}, returns_to=frozenset({0, 1}))
    posed = problem([goods, job(3)], [partly()], [depot(0), depot(2)])
    assert [(str(call.kind), call.index) for call in planned(posed).calls] == [("return", 0)]


def test_insertion_loads_what_is_not_aboard():
    posed = problem([two_depots()], [partly()], [depot(0), depot(2)])
    found = insert(Solution(posed, {}), 0)
    assert found is not None
    assert found.routes[0][0] == (~1, 0)
    assert improve(found).served == {0}


def test_a_day_under_way_is_known_by_any_vehicle_of_it():
    """Engines that know nothing of goods aboard ask this."""
    plain = problem([job(5)])
    ways = (
        {"on_the_road": True},
        {"aboard": frozenset({0})},
        {"partly": {0: frozenset({0})}},
        {"counts_in": frozenset({0})},
    )
    assert not plain.under_way
    assert all(problem([job(5)], [vehicle(), vehicle(**fields)]).under_way for fields in ways)
