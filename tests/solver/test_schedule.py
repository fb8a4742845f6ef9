"""One route on the clock. The usual one: load at 0-60, visit place 5 at 360-420, home at 720."""

from dataclasses import replace

import numpy as np
import pytest

from routing.domain.reasons import ReasonCode
from routing.network.travel import UNREACHABLE
from routing.solver.problem import Rest
from routing.solver.schedule import Schedule, schedule
from tests.solver.tiny import DAY, controlled, depot, job, planned, problem, row, run, steps, vehicle

LOAD = ~0


def outcome(found):
    return "fits" if isinstance(found, Schedule) else found


def test_the_usual_route():
    found = planned(problem([job()]), LOAD, 0)
    assert steps(found) == [("load", 0, 0, 60), ("visit", 360, 360, 420)]
    assert (found.start_s, found.end_s, found.travel_s, found.distance_m) == (0, 720, 600, 1000)


@pytest.mark.parametrize(
    ("rule", "code", "at"),
    [
        (lambda limit: problem([job(windows=((0, limit),))]), ReasonCode.TIME_WINDOW, 360),
        (lambda limit: problem([job(latest_s=limit)]), ReasonCode.AFTER_LATEST_SAFE, 420),
        (lambda limit: problem([job()], [vehicle(span=(0, limit))]), ReasonCode.SHIFT_TOO_SHORT, 720),
        # The call of a minute lies wholly within the hours; the visit's service need not.
        (lambda limit: problem([job()], depots=[depot(windows=((0, limit),))]), ReasonCode.SITE_CLOSED, 60),
        (lambda limit: problem([job()], [vehicle(max_mass_g=limit)]), ReasonCode.TOO_HEAVY, 1000),
        (lambda limit: problem([job()], [vehicle(max_volume_ml=limit)]), ReasonCode.TOO_BULKY, 1000),
        (lambda limit: problem([controlled()], [vehicle(custody={"p1": limit})]), ReasonCode.CUSTODY_CEILING, 120),
        # Home at 720, then a minute to count in.
        (lambda limit: problem([controlled()], [vehicle(span=(0, limit))]), ReasonCode.SHIFT_TOO_SHORT, 780),
        (lambda limit: problem([controlled()], depots=[depot(windows=((0, limit),))]), ReasonCode.SITE_CLOSED, 780),
    ],
)
def test_a_limit_below_at_and_above(rule, code, at):
    found = [outcome(run(rule(limit), LOAD, 0)) for limit in (at - 1, at, at + 1)]
    assert found == [code, "fits", "fits"]


@pytest.mark.parametrize(("ready_s", "expected"), [(939, "fits"), (940, "fits"), (941, ReasonCode.SITE_CLOSED)])
def test_goods_are_loaded_once_they_are_ready(ready_s, expected):
    found = run(problem([job()], depots=[depot(windows=((0, 1000),), ready_s=ready_s)]), LOAD, 0)
    assert outcome(found) == expected
    if isinstance(found, Schedule):
        assert found.calls[0].begin_s == ready_s


def test_counting_in_does_not_wait_for_readiness():
    found = planned(problem([controlled()], depots=[depot(windows=((0, 5000),), ready_s=0)]), LOAD, 0)
    assert steps(found)[-1] == ("return", 720, 720, 780)


def test_a_controlled_product_without_a_ceiling_is_not_carried():
    assert run(problem([controlled()], [vehicle(custody={})]), LOAD, 0) is ReasonCode.CUSTODY_CEILING
    assert run(problem([controlled()], [vehicle(custody={"p2": 9999})]), LOAD, 0) is ReasonCode.CUSTODY_CEILING


@pytest.mark.parametrize(("most", "expected"), [(1999, ReasonCode.TOO_HEAVY), (2000, "fits"), (2001, "fits")])
def test_what_is_aboard_adds_up_between_loads(most, expected):
    posed = problem([job(2), job(3)], [vehicle(max_mass_g=most)])
    assert outcome(run(posed, LOAD, 0, 1)) == expected
    assert outcome(run(posed, LOAD, 0, LOAD, 1)) == "fits"


def test_custody_adds_up_over_depots():
    two = {(0, "p1"): 60, (1, "p1"): 61}
    goods = job(mass_g={0: 1, 1: 1}, volume_ml={0: 1, 1: 1}, custody=two)
    posed = problem([goods], [vehicle(custody={"p1": 120})], [depot(0), depot(1)])
    assert run(posed, ~0, ~1, 0) is ReasonCode.CUSTODY_CEILING
    assert outcome(run(replace(posed, vehicles=(vehicle(custody={"p1": 121}),)), ~0, ~1, 0)) == "fits"


@pytest.mark.parametrize(("most", "expected"), [(1, ReasonCode.RULES_COMBINED), (2, "fits"), (3, "fits")])
def test_most_stops_of_a_day(most, expected):
    posed = problem([job(2), job(3)], [vehicle(stops_of={"v1": most})])
    assert outcome(run(posed, LOAD, 0, 1)) == expected


def test_the_stricter_of_two_people_counts():
    posed = problem([job(2), job(3)], [vehicle(people=("v1", "v2"), stops_of={"v1": 9, "v2": 1})])
    assert run(posed, LOAD, 0, 1) is ReasonCode.RULES_COMBINED


# --------------------------------------------------------------------------------- what is loaded and counted in


def test_loads_that_serve_nothing_are_left_out():
    posed = problem([job()])
    assert planned(posed, LOAD, LOAD, 0, LOAD) == planned(posed, LOAD, 0)


def test_goods_that_were_never_loaded_are_not_handed_over():
    assert run(problem([job()]), 0) is ReasonCode.RULES_COMBINED
    assert run(problem([job()]), 0, LOAD) is ReasonCode.RULES_COMBINED


def test_goods_count_in_at_the_next_load_after_the_last_controlled_visit():
    posed = problem([controlled(2), job(3)])
    # Load 0-60, visit 180-240, back at 360: count in to 420, load to 480, visit 660-720, home 900: nothing to count.
    assert steps(planned(posed, LOAD, 0, LOAD, 1)) == [
        ("load", 0, 0, 60), ("visit", 180, 180, 240), ("return", 360, 360, 420), ("load", 420, 420, 480),
        ("visit", 660, 660, 720),
    ]  # fmt: skip
    assert planned(posed, LOAD, 0, LOAD, 1).end_s == 900


def test_goods_count_in_on_the_way_home_after_the_last_trip():
    kinds = [call.kind for call in planned(problem([job(2), controlled(3)]), LOAD, 0, LOAD, 1).calls]
    assert kinds == ["load", "visit", "load", "visit", "return"]


def test_the_nearest_depot_is_counted_in_at_first():
    goods = job(5, mass_g={0: 1, 1: 1}, volume_ml={}, custody={}, returns_to=frozenset({0, 1}))
    goods = replace(goods, volume_ml={0: 1, 1: 1})
    # Depots at 1 and at 3, the client at 5: in at 3, then at 1, then home to 0.
    posed = problem([goods], depots=[depot(1), depot(3)])
    calls = planned(posed, ~0, ~1, 0).calls
    assert [(call.kind, call.place) for call in calls[-2:]] == [("return", 3), ("return", 1)]


# --------------------------------------------------------------------------------------------- order of stops


def test_after_an_isolating_client_only_isolating_ones_follow():
    last = job(2, isolating=True, isolating_last=True)
    urgent = job(4, isolating=True)
    posed = problem([last, job(3), urgent])
    assert run(posed, LOAD, 0, 1) is ReasonCode.RULES_COMBINED
    assert outcome(run(posed, LOAD, 1, 0)) == "fits"
    assert outcome(run(posed, LOAD, 1, 0, 2)) == "fits"
    assert outcome(run(posed, LOAD, 2, 1)) == "fits"  # urgent: may come before others


def test_isolation_holds_over_a_reload():
    posed = problem([job(2, isolating=True, isolating_last=True), job(3)])
    assert run(posed, LOAD, 0, LOAD, 1) is ReasonCode.RULES_COMBINED


def test_an_institution_is_alone_on_its_trip():
    posed = problem([job(2, institution=True), job(3), replace(job(2, institution=True), order_ids=("c2.y",))])
    assert run(posed, LOAD, 0, 1) is ReasonCode.RULES_COMBINED
    assert run(posed, LOAD, 1, 0) is ReasonCode.RULES_COMBINED
    assert outcome(run(posed, LOAD, 0, LOAD, 1)) == "fits"
    assert outcome(run(posed, LOAD, 1, LOAD, 0)) == "fits"
    assert outcome(run(posed, LOAD, 0, 2)) == "fits"  # two parcels for one institution


def test_goods_loaded_earlier_at_another_depot_are_not_aboard_on_the_way_to_an_institution():
    far = job(6, mass_g={1: 1}, volume_ml={1: 1})
    posed = problem([job(2, institution=True), far], depots=[depot(0), depot(1)])
    assert run(posed, ~1, ~0, 0, 1) is ReasonCode.RULES_COMBINED
    assert outcome(run(posed, ~0, 0, ~1, 1)) == "fits"


# --------------------------------------------------------------------------------------------------- the clock


def test_the_next_of_several_windows_is_waited_for():
    # There at 360 at the earliest and served from 500 on: so load from 140 on.
    found = planned(problem([job(windows=((0, 359), (500, 600)))]), LOAD, 0)
    assert steps(found) == [("load", 140, 140, 200), ("visit", 500, 500, 560)]
    assert found.start_s == 140


def test_waiting_between_visits_stays_where_it_is():
    found = planned(problem([job(5), job(6, windows=((900, 1000),))]), LOAD, 0, 1)
    assert steps(found)[-1] == ("visit", 480, 900, 960)


def test_nobody_leaves_earlier_than_the_first_stop_needs():
    # The depot at place 1 opens at 1000: leaving at 940 is early enough.
    found = planned(problem([job()], depots=[depot(1, windows=((1000, 5000),))]), LOAD, 0)
    assert (found.start_s, steps(found)[0]) == (940, ("load", 1000, 1000, 1060))


def test_loads_move_towards_the_first_visit_as_far_as_the_depot_is_open():
    goods = job(windows=((1000, 2000),))
    closing = depot(0, windows=((0, 300),))
    assert steps(planned(problem([goods], depots=[closing]), LOAD, 0)) == [
        ("load", 240, 240, 300),
        ("visit", 600, 1000, 1060),
    ]
    # Leaving by 700: a call from 640 on would be the latest, and 600 to 650 is too short for one.
    reopening = depot(0, windows=((0, 300), (600, 650), (655, 720)))
    assert steps(planned(problem([goods], depots=[reopening]), LOAD, 0))[0] == ("load", 240, 240, 300)
    longer = depot(0, windows=((0, 300), (600, 660), (665, 720)))
    assert steps(planned(problem([goods], depots=[longer]), LOAD, 0))[0] == ("load", 600, 600, 660)


def test_streets_that_do_not_join_are_no_way():
    apart = row(60)
    apart[5, 0] = UNREACHABLE
    assert run(problem([job()], time_s=apart, distance_m=apart), LOAD, 0) is ReasonCode.SHIFT_TOO_SHORT


def test_another_end_than_the_start():
    found = planned(problem([job()], [vehicle(end=9)]), LOAD, 0)
    assert (found.end_s, found.travel_s) == (420 + 240, 540)


def test_a_narrower_span_holds_instead_of_the_vehicles():
    posed = problem([job()])
    found = schedule(posed, posed.vehicles[0], (LOAD, 0), (1000, 1720))
    assert isinstance(found, Schedule)
    assert (found.start_s, found.end_s) == (1000, 1720)
    assert schedule(posed, posed.vehicles[0], (LOAD, 0), (1000, 1719)) is ReasonCode.SHIFT_TOO_SHORT


def test_no_travel_between_two_parcels_for_one_door():
    found = planned(problem([job(5), job(5)]), LOAD, 0, 1)
    assert steps(found)[1:] == [("visit", 360, 360, 420), ("visit", 420, 420, 480)]


# ------------------------------------------------------------------------------------------------------- rests


def resting(*rests, **fields):
    return problem([job(**fields)], [vehicle(rests=rests)])


def test_a_rest_is_taken_before_it_is_too_late():
    # Home at 720 is after 500: rest at the client's, from 420.
    found = planned(resting(Rest(earliest_s=400, latest_s=500, duration_s=100)), LOAD, 0)
    assert steps(found)[-1] == ("rest", 420, 420, 520)
    assert found.end_s == 820


def test_a_rest_that_cannot_begin_yet_is_waited_for():
    found = planned(resting(Rest(earliest_s=650, latest_s=700, duration_s=100)), LOAD, 0)
    assert steps(found)[-1] == ("rest", 420, 650, 750)
    assert found.end_s == 1050


@pytest.mark.parametrize(("latest_s", "rests"), [(719, 1), (720, 0), (721, 0)])
def test_a_rest_whose_last_beginning_is_the_end_of_the_route_is_none_of_it(latest_s, rests):
    found = planned(resting(Rest(earliest_s=0, latest_s=latest_s, duration_s=60)), LOAD, 0)
    assert sum(call.kind == "rest" for call in found.calls) == rests


@pytest.mark.parametrize(("latest_s", "rests"), [(999, 0), (1000, 1), (1001, 1)])
def test_a_rest_that_should_have_begun_before_the_route_is_none_of_it(latest_s, rests):
    rest = Rest(earliest_s=900, latest_s=latest_s, duration_s=60)
    found = planned(problem([job()], [vehicle(span=(1000, 9000), rests=(rest,))]), LOAD, 0)
    assert sum(call.kind == "rest" for call in found.calls) == rests


def test_a_rest_that_nothing_leaves_time_for():
    # In the visit from 360 to 1360 its whole span passes; before it, waiting would last beyond the window.
    posed = resting(Rest(earliest_s=900, latest_s=1000, duration_s=60), service_s=1000, windows=((0, 400),))
    assert run(posed, LOAD, 0) is ReasonCode.TIME_WINDOW


@pytest.mark.parametrize(("opens_s", "rests_at"), [(1099, None), (1100, 500), (1101, 500)])
def test_a_rest_costs_nothing_while_waiting(opens_s, rests_at):
    # At 60 a rest from 500 to 800, then the way of 300 s: there at 1100.
    rest = Rest(earliest_s=500, latest_s=5000, duration_s=300)
    found = planned(resting(rest, windows=((opens_s, 9000),)), LOAD, 0)
    begins = [call.begin_s for call in found.calls if call.kind == "rest"]
    assert begins == ([rests_at] if rests_at else [])
    assert found.calls[-1].begin_s == opens_s


def test_a_rest_comes_early_where_late_does_not_fit():
    # Late: visits 500-560 and 620-680, rest 680-980, home at 1340. Early: rest 60-360, visits 660 and 780, home 1200.
    rest = Rest(earliest_s=60, latest_s=800, duration_s=300)
    jobs = [job(5, windows=((500, 9000),)), job(6)]
    assert planned(problem(jobs, [vehicle(rests=(rest,))]), LOAD, 0, 1).end_s == 1340
    tight = problem(jobs, [vehicle(rests=(rest,), span=(0, 1250))])
    found = planned(tight, LOAD, 0, 1)
    assert (found.end_s, steps(found)[1]) == (1200, ("rest", 60, 60, 360))
    assert run(problem(jobs, [vehicle(rests=(rest,), span=(0, 1199))]), LOAD, 0, 1) is ReasonCode.SHIFT_TOO_SHORT


def test_two_rests_are_both_taken():
    first, second = (Rest(earliest_s=a, latest_s=a + 100, duration_s=60) for a in (100, 500))
    found = planned(problem([job()], [vehicle(rests=(first, second))]), LOAD, 0)
    # The first before leaving at 60 (waiting for 100), the second at the client's after 100 + 60 + 300 + 60 = 520.
    assert [call.begin_s for call in found.calls if call.kind == "rest"] == [100, 520]


def test_unusual_figures_are_whole_seconds():
    found = planned(problem([job()], [vehicle(span=DAY)]), LOAD, 0)
    assert all(isinstance(value, int) and not isinstance(value, np.integer) for value in (found.end_s, found.travel_s))
